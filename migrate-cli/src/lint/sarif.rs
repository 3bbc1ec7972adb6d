//! What was found as SARIF 2.1.0, the form that code hosts and editors read.

use std::{collections::BTreeSet, ops::Range};

use migrate_schema::{Code, lint::pages};
use serde_json::{Value, json};

use super::{
    Checked, Found,
    files::{File, Files},
    report::word,
};

/// The whole log.
pub(super) fn log(files: &Files, checked: &Checked) -> Value {
    let codes: BTreeSet<Code> = checked.found.iter().map(|one| one.finding.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let results: Vec<Value> = checked
        .found
        .iter()
        .map(|one| {
            let index = codes.binary_search(&one.finding.code).unwrap_or_default();
            result(&files.files[one.file], one, index)
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo-migrate",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: Code) -> Value {
    let page = pages().find(|page| page.code == code);
    let summary = page.map_or(code.name(), |page| page.summary);
    json!({
        "id": code.name(),
        "shortDescription": { "text": summary },
        "helpUri": format!("docs/lints/{code}.md"),
        "defaultConfiguration": { "level": word(code.level()) },
    })
}

fn result(file: &File, one: &Found, rule: usize) -> Value {
    let finding = &one.finding;
    let mut text = finding.message.clone();
    for line in finding.help.iter().chain(&finding.notes) {
        text.push('\n');
        text += line;
    }
    let location = json!({ "uri": uri(&file.shown) });
    let mut result = json!({
        "ruleId": finding.code.name(),
        "ruleIndex": rule,
        "level": word(one.level),
        "message": { "text": text },
        "locations": [{ "physicalLocation": {
            "artifactLocation": location,
            "region": region(file, &finding.range),
        }}],
    });
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([{
            "artifactChanges": [{
                "artifactLocation": location,
                "replacements": [{
                    "deletedRegion": region(file, &fix.range),
                    "insertedContent": { "text": fix.text },
                }],
            }],
        }]);
    }
    result
}

fn region(file: &File, range: &Range<usize>) -> Value {
    let (start_line, start_column) = file.place(range.start);
    let (end_line, end_column) = file.place(range.end.max(range.start));
    json!({
        "startLine": start_line,
        "startColumn": start_column,
        "endLine": end_line,
        "endColumn": end_column,
    })
}

/// A path as a URI reference: what has another meaning there is written in hexadecimal.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}
