//! The types: a closed set.

use super::{
    definition, foreign,
    parser::{Parse, Parser},
    token::Kind,
};
use crate::{
    Code, Finding, nearest,
    tree::{Name, Path, TypeName},
};

/// What may stand behind a type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// `INT(11) UNSIGNED ZEROFILL`
    Integer,
    /// `DECIMAL(10, 2) UNSIGNED`
    Decimal,
    /// `DOUBLE(10, 2) UNSIGNED`: both numbers or none
    Double,
    /// `CHAR(10)`, with a character set
    Text,
    /// `VARCHAR(10)`: the length has to be there
    VariableText,
    /// `VARBINARY(10)`: the length has to be there
    VariableBytes,
    /// `BIT(1)`, `BINARY(16)`, `DATETIME(6)`, `YEAR(4)`
    Length,
    /// `ENUM('a')`
    Labels,
    /// Nothing
    Plain,
}

const TYPES: &[(&str, Shape)] = &[
    ("bigint", Shape::Integer),
    ("binary", Shape::Length),
    ("bit", Shape::Length),
    ("blob", Shape::Length),
    ("bool", Shape::Plain),
    ("boolean", Shape::Plain),
    ("char", Shape::Text),
    ("character", Shape::Text),
    ("date", Shape::Plain),
    ("datetime", Shape::Length),
    ("dec", Shape::Decimal),
    ("decimal", Shape::Decimal),
    ("double", Shape::Double),
    ("enum", Shape::Labels),
    ("fixed", Shape::Decimal),
    ("float", Shape::Decimal),
    ("float4", Shape::Decimal),
    ("float8", Shape::Double),
    ("geomcollection", Shape::Length),
    ("geometry", Shape::Length),
    ("geometrycollection", Shape::Length),
    ("inet4", Shape::Plain),
    ("inet6", Shape::Plain),
    ("int", Shape::Integer),
    ("int1", Shape::Integer),
    ("int2", Shape::Integer),
    ("int3", Shape::Integer),
    ("int4", Shape::Integer),
    ("int8", Shape::Integer),
    ("integer", Shape::Integer),
    ("json", Shape::Plain),
    ("linestring", Shape::Length),
    ("long", Shape::Text),
    ("longblob", Shape::Plain),
    ("longtext", Shape::Text),
    ("mediumblob", Shape::Plain),
    ("mediumint", Shape::Integer),
    ("mediumtext", Shape::Text),
    ("middleint", Shape::Integer),
    ("multilinestring", Shape::Length),
    ("multipoint", Shape::Length),
    ("multipolygon", Shape::Length),
    ("national", Shape::Text),
    ("nchar", Shape::Text),
    ("numeric", Shape::Decimal),
    ("nvarchar", Shape::VariableText),
    ("point", Shape::Length),
    ("polygon", Shape::Length),
    ("real", Shape::Double),
    ("serial", Shape::Plain),
    ("set", Shape::Labels),
    ("smallint", Shape::Integer),
    ("text", Shape::Text),
    ("time", Shape::Length),
    ("timestamp", Shape::Length),
    ("tinyblob", Shape::Plain),
    ("tinyint", Shape::Integer),
    ("tinytext", Shape::Text),
    ("uuid", Shape::Plain),
    ("varbinary", Shape::VariableBytes),
    ("varchar", Shape::VariableText),
    ("varcharacter", Shape::VariableText),
    ("vector", Shape::Length),
    ("xmltype", Shape::Plain),
    ("year", Shape::Length),
];

impl Parser<'_> {
    /// The type of a column, an argument or a variable.
    pub(super) fn data_type(&mut self) -> Parse<TypeName> {
        let token = self.token();
        let shape = match token.kind {
            Kind::Word => shape_of(self.text()),
            _ => None,
        };
        let Some(shape) = shape else {
            return self.no_type();
        };
        let mut name = self.text().to_owned();
        self.advance();
        let shape = self.rest_of_name(&mut name, shape)?;
        let mut ty = TypeName {
            path: Path::bare(Name {
                text: name,
                quoted: false,
                range: self.since(token.start),
            }),
            arguments: Vec::new(),
            words: Vec::new(),
            array: false,
            special: false,
            range: token.range(),
        };
        self.type_arguments(shape, &mut ty)?;
        self.type_words(shape, &mut ty)?;
        ty.range = self.since(token.start);
        Ok(ty)
    }

    /// The second and third word of `DOUBLE PRECISION`, `NATIONAL CHAR VARYING`, ….
    fn rest_of_name(&mut self, name: &mut String, shape: Shape) -> Parse<Shape> {
        let mut shape = shape;
        let allowed: &[&'static str] = match name.to_ascii_lowercase().as_str() {
            "double" => &["precision"],
            "char" | "character" | "nchar" => &["varying", "varchar", "byte"],
            "national" => &["char", "character", "varchar", "varcharacter", "varying"],
            "long" => &["varchar", "varcharacter", "varbinary", "char", "varying"],
            _ => return Ok(shape),
        };
        let long = name.eq_ignore_ascii_case("long");
        if name.eq_ignore_ascii_case("national") && !self.is_any(allowed) {
            return self.unexpected();
        }
        while let Some(word) = self.one_of(allowed) {
            name.push(' ');
            name.push_str(word);
            if word.starts_with("var") && !long {
                shape = Shape::VariableText;
            }
        }
        Ok(shape)
    }

    fn type_arguments(&mut self, shape: Shape, ty: &mut TypeName) -> Parse<()> {
        let required = matches!(
            shape,
            Shape::VariableText | Shape::VariableBytes | Shape::Labels
        );
        if shape == Shape::Plain || !(required || self.symbol_at(0, "(")) {
            return Ok(());
        }
        if !self.symbol_at(0, "(") {
            let name = ty.path.name.text.clone();
            let help = match shape {
                Shape::Labels => format!("write `{name}('one', 'two')`"),
                _ => format!("write `{name}(255)`"),
            };
            let message = match shape {
                Shape::Labels => format!("`{name}` needs its labels in brackets"),
                _ => format!("`{name}` needs a length in brackets"),
            };
            return self
                .refuse(Finding::new(Code::SqlSyntax, message, ty.range.clone()).help(help));
        }
        if shape == Shape::Labels {
            ty.words = self.in_brackets(|p| p.list(Self::label))?;
        } else {
            ty.arguments = self.in_brackets(|p| {
                let mut numbers = vec![p.number()?];
                if shape == Shape::Double {
                    p.expect_symbol(",")?;
                    numbers.push(p.number()?);
                } else if shape == Shape::Decimal && p.symbol(",") {
                    numbers.push(p.number()?);
                }
                Ok(numbers)
            })?;
        }
        Ok(())
    }

    fn label(&mut self) -> Parse<String> {
        if self.token().kind == Kind::Word && self.text().starts_with('_') {
            self.advance();
        }
        self.string()
    }

    /// `UNSIGNED`, `CHARACTER SET utf8mb4`, `BINARY`, …, in any order. (`COLLATE` is the column's.)
    fn type_words(&mut self, shape: Shape, ty: &mut TypeName) -> Parse<()> {
        match shape {
            Shape::Integer | Shape::Decimal | Shape::Double => {
                while let Some(word) = self.one_of(&["unsigned", "zerofill", "signed"]) {
                    ty.words.push(word.to_owned());
                }
            }
            Shape::Text | Shape::VariableText | Shape::Labels => loop {
                if self.words(&["character", "set"])
                    || self.words(&["char", "set"])
                    || self.word("charset")
                {
                    self.charset()?;
                } else if self
                    .one_of(&["ascii", "unicode", "byte", "binary"])
                    .is_none()
                {
                    break;
                }
            },
            _ => {}
        }
        // MariaDB: `TEXT COMPRESSED`, `TEXT COMPRESSED=zlib`.
        if self.word("compressed") && self.symbol("=") {
            self.name("a method of compression")?;
        }
        Ok(())
    }

    /// The name of a character set or a collation: a word, a string, `BINARY` or `DEFAULT`.
    pub(super) fn character_set(&mut self) -> Parse<String> {
        match self.token().kind {
            Kind::Text => self.string(),
            Kind::Word if self.any_at(0, &["binary", "default"]) => Ok(self.take_name().text),
            _ => Ok(self.name("the name of a character set or collation")?.text),
        }
    }

    /// The name of a character set.
    pub(super) fn charset(&mut self) -> Parse<Name> {
        let name = self.set_name()?;
        self.faults.extend(definition::of_charset(&name));
        Ok(name)
    }

    /// The name of a collation.
    pub(super) fn collation(&mut self) -> Parse<Name> {
        let name = self.set_name()?;
        self.faults.extend(definition::of_collation(&name));
        Ok(name)
    }

    fn set_name(&mut self) -> Parse<Name> {
        let start = self.start();
        let text = self.character_set()?;
        Ok(Name {
            text,
            quoted: false,
            range: self.since(start),
        })
    }

    fn no_type<T>(&mut self) -> Parse<T> {
        let token = self.token();
        if !matches!(token.kind, Kind::Word | Kind::Quoted) {
            return self.expected_here("a type");
        }
        let word = self.text();
        let bare = word.trim_matches('`');
        if let Some(finding) = foreign::of_type(bare, token.range()) {
            return self.refuse(finding);
        }
        let near = nearest(bare, TYPES.iter().map(|(name, _)| *name));
        if token.kind == Kind::Word && self.is_reserved_at(0) && near.is_none() {
            return self.expected_here("a type");
        }
        let finding = Finding::new(
            Code::UnknownType,
            format!("there is no type `{bare}`"),
            token.range(),
        );
        self.refuse(match near {
            Some(near) => finding
                .help(format!("did you mean `{}`?", near.to_ascii_uppercase()))
                .fix(token.range(), near.to_ascii_uppercase()),
            None => finding.help("the types are a closed set: INT, BIGINT, DECIMAL, VARCHAR, TEXT, BLOB, DATETIME, JSON, …"),
        })
    }
}

fn shape_of(word: &str) -> Option<Shape> {
    let word = word.to_ascii_lowercase();
    let at = TYPES
        .binary_search_by_key(&word.as_str(), |(name, _)| name)
        .ok()?;
    Some(TYPES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(TYPES.is_sorted_by_key(|(name, _)| name));
    }
}
