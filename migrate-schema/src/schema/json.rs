//! JSON as it is written: members in their order, and a name that stands there twice is told.

use std::{collections::HashSet, fmt};

use serde::{
    de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
    ser::{Serialize, SerializeMap, Serializer},
};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true`, `false`.
    Boolean(bool),
    /// A number.
    Number(serde_json::Number),
    /// A string.
    Text(String),
    /// `[…]`.
    Array(Vec<Json>),
    /// `{…}`: the members, in their order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a text that is one JSON value.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, with line and column; a member that stands twice in one object is an error too.
    pub fn read(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// The same, and members that stand twice are both there, for a reader that tells of them itself.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, with line and column.
    pub fn read_all(text: &str) -> Result<Self, String> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let json = Reader { twice: true }.deserialize(&mut reader);
        json.and_then(|json| reader.end().map(|()| json))
            .map_err(|error| error.to_string())
    }

    /// A member of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => {
                (members.iter()).find_map(|(member, value)| (member == name).then_some(value))
            }
            _ => None,
        }
    }

    /// The text that it is.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Its elements; none where it is no array.
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::Array(elements) => elements,
            _ => &[],
        }
    }

    /// Its members; none where it is no object.
    pub fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// As text on lines of their own, with a line break at the end.
    pub fn pretty(&self) -> String {
        // Only what is no JSON could fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// What it is, for people: "a string".
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader { twice: false }.deserialize(deserializer)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Array(elements) => serializer.collect_seq(elements),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// JSON without white space.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).unwrap_or_default())
    }
}

#[derive(Clone, Copy)]
struct Reader {
    /// Whether members may stand twice.
    twice: bool,
}

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Boolean(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Json, E> {
        let number = serde_json::Number::from_f64(value);
        number
            .map(Json::Number)
            .ok_or_else(|| E::custom("a number that is too large"))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Json, A::Error> {
        let mut all = Vec::new();
        while let Some(element) = elements.next_element_seed(self)? {
            all.push(element);
        }
        Ok(Json::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut all: Vec<(String, Json)> = Vec::new();
        let mut seen = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(self)?;
            if !self.twice && !seen.insert(name.clone()) {
                return Err(de::Error::custom(format!("`{name}` stands there twice")));
            }
            all.push((name, value));
        }
        Ok(Json::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_stays() {
        let text = r#"{"b": [1, -2, 0.5, "x", null, true], "a": {}}"#;
        let Json::Object(members) = Json::read(text).unwrap() else {
            panic!("no object")
        };
        let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["b", "a"]);
        let Json::Array(elements) = &members[0].1 else {
            panic!("no array")
        };
        assert_eq!(elements.len(), 6);
    }

    #[test]
    fn what_is_written_is_what_was_read() {
        let text = r#"{"b":[1,-2,0.5,"x\"\n",null,true],"a":{}}"#;
        assert_eq!(Json::read(text).unwrap().to_string(), text);
    }

    #[test]
    fn twice_is_an_error() {
        let error = Json::read("{\"a\": 1,\n \"a\": 2}").unwrap_err();
        assert_eq!(error, "`a` stands there twice at line 2 column 8");
    }

    #[test]
    fn twice_is_for_the_caller_to_tell_where_it_wants_to() {
        let json = Json::read_all("{\"a\": 1, \"a\": [null]}").unwrap();
        assert_eq!(json.members().len(), 2);
        assert_eq!(json.to_string(), "{\"a\":1,\"a\":[null]}");
        assert_eq!(json.get("a").map(Json::noun), Some("a number"));
        assert!(Json::read_all("{} x").is_err());
        assert_eq!(Json::Array(Vec::new()).pretty(), "[]\n");
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_crash() {
        let text = "[".repeat(100_000);
        assert!(Json::read(&text).unwrap_err().contains("recursion limit"));
    }
}
