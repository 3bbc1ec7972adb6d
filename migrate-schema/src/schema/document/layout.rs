//! A document as text: what belongs together on one line, as far as it fits.

use crate::schema::json::Json;

/// How long a line may be.
const WIDTH: usize = 100;
/// From here on, the columns and constraints of tables are reached: each on a line of its own.
const PARTS: usize = 6;

/// The text, with a line break at the end.
pub(super) fn text(json: &Json) -> String {
    let mut text = String::new();
    write(json, 0, 0, &mut text);
    text.push('\n');
    text
}

fn write(json: &Json, depth: usize, before: usize, text: &mut String) {
    if depth >= PARTS || is_flat(json) {
        let line = line(json);
        if 2 * depth + before + line.chars().count() <= WIDTH {
            text.push_str(&line);
            return;
        }
    }
    match json {
        Json::Array(elements) if !elements.is_empty() => {
            text.push('[');
            for (at, element) in elements.iter().enumerate() {
                start(at, depth, text);
                write(element, depth + 1, 1, text);
            }
            end(']', depth, text);
        }
        Json::Object(members) if !members.is_empty() => {
            text.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                start(at, depth, text);
                let name = Json::Text(name.clone()).to_string();
                text.push_str(&name);
                text.push_str(": ");
                write(value, depth + 1, name.chars().count() + 3, text);
            }
            end('}', depth, text);
        }
        other => text.push_str(&other.to_string()),
    }
}

fn start(at: usize, depth: usize, text: &mut String) {
    text.push_str(if at > 0 { ",\n" } else { "\n" });
    text.push_str(&"  ".repeat(depth + 1));
}

fn end(bracket: char, depth: usize, text: &mut String) {
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
    text.push(bracket);
}

/// Whether nothing is in it that has something in itself.
fn is_flat(json: &Json) -> bool {
    let is_simple = |json: &Json| json.elements().is_empty() && json.members().is_empty();
    match json {
        Json::Array(elements) => elements.iter().all(is_simple),
        Json::Object(members) => members.is_empty(),
        _ => true,
    }
}

/// On one line, with white space.
fn line(json: &Json) -> String {
    match json {
        Json::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(line).collect();
            format!("[{}]", elements.join(", "))
        }
        Json::Object(members) => {
            let member = |(name, value): &(String, Json)| {
                format!("{}: {}", Json::Text(name.clone()), line(value))
            };
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_together_stands_on_one_line() {
        let compact = r#"{"version":1,"databases":{"main":{"namespaces":["a"],"tables":{"t":{"columns":[{"name":"a","type":"integer"},{"name":"b","default":"'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc'"}],"indexes":[]}}}}}"#;
        let json = Json::read(compact).unwrap();
        let long = "c".repeat(86);
        let expected = format!(
            r#"{{
  "version": 1,
  "databases": {{
    "main": {{
      "namespaces": ["a"],
      "tables": {{
        "t": {{
          "columns": [
            {{"name": "a", "type": "integer"}},
            {{
              "name": "b",
              "default": "'{long}'"
            }}
          ],
          "indexes": []
        }}
      }}
    }}
  }}
}}
"#
        );
        assert_eq!(text(&json), expected);
        assert_eq!(Json::read(&expected).unwrap(), json);
    }
}
