//! SQL that was parsed in this process: `sql!`, the attribute and the replay ask for the same texts.

use std::sync::{Arc, Mutex, PoisonError};

use migrate_schema::{
    grammar::{self, Parsed},
    hash::HashMap,
    settings::Target,
};

/// The texts that were parsed for a database.
struct Texts {
    target: Target,
    parsed: HashMap<String, Arc<Parsed>>,
}

/// How many texts are kept. A compiler never has as many, but the server of an editor lives on.
const LIMIT: usize = 50_000;

/// The text, parsed for a database.
pub(crate) fn parsed(sql: &str, target: &Target) -> Arc<Parsed> {
    static KNOWN: Mutex<Vec<Texts>> = Mutex::new(Vec::new());
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    for texts in known().iter() {
        if texts.target == *target
            && let Some(parsed) = texts.parsed.get(sql)
        {
            return Arc::clone(parsed);
        }
    }
    // Nobody waits for it who has other work.
    let parsed = Arc::new(grammar::parse(sql, target));
    let mut known = known();
    if !known.iter().any(|texts| texts.target == *target) {
        known.push(Texts {
            target: target.clone(),
            parsed: HashMap::default(),
        });
    }
    for texts in known.iter_mut().filter(|texts| texts.target == *target) {
        if texts.parsed.len() >= LIMIT {
            texts.parsed.clear();
        }
        texts.parsed.insert(sql.to_owned(), Arc::clone(&parsed));
    }
    parsed
}
