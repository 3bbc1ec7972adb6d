//! Text for addresses.

/// Lower-case letters and digits, with a hyphen for everything between them: `Hello, World!` is `hello-world`.
pub(crate) fn slug(text: &str) -> String {
    let words: Vec<String> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    match words.is_empty() {
        true => "untitled".to_owned(),
        false => words.join("-"),
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs() {
        for (text, expected) in [
            ("Hello, World!", "hello-world"),
            ("  Größe 42 ", "größe-42"),
            ("???", "untitled"),
            ("", "untitled"),
        ] {
            assert_eq!(slug(text), expected);
        }
    }
}
