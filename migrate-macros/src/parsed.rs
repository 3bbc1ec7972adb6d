//! SQL that was parsed in this process: `sql!`, the attribute and the replay ask for the same texts.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use migrate_schema::{
    grammar::{self, Parsed},
    settings::Target,
};

type Texts = HashMap<String, Arc<Parsed>>;

/// How many texts are kept. A compiler never has as many, but the server of an editor lives on.
const LIMIT: usize = 50_000;

/// The text, parsed for a database.
pub(crate) fn parsed(sql: &str, target: &Target) -> Arc<Parsed> {
    static KNOWN: LazyLock<Mutex<HashMap<Target, Texts>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let texts = match known.get_mut(target) {
        Some(texts) => texts,
        None => known.entry(target.clone()).or_default(),
    };
    if let Some(parsed) = texts.get(sql) {
        return Arc::clone(parsed);
    }
    if texts.len() >= LIMIT {
        texts.clear();
    }
    let parsed = Arc::new(grammar::parse(sql, target));
    texts.insert(sql.to_owned(), Arc::clone(&parsed));
    parsed
}
