//! Casts.

use super::parser::{Parse, Parser};
use crate::{
    Code, Finding,
    tree::{Expression, ExpressionKind, Name, Path},
};

impl Parser<'_> {
    /// `CAST(e AS type)`
    pub(super) fn cast(&mut self, start: usize) -> Parse<Expression> {
        let (expression, ty) = self.in_brackets(|p| {
            let expression = p.expression()?;
            if p.is_at(0, "at") {
                // MySQL: `CAST(e AT TIME ZONE '+00:00' AS DATETIME)`
                p.expect_words(&["at", "time", "zone"])?;
                p.word("interval");
                p.string()?;
            }
            p.expect("as")?;
            Ok((expression, p.cast_type()?))
        })?;
        Ok(self.made(
            start,
            ExpressionKind::Cast {
                expression: Box::new(expression),
                ty,
            },
        ))
    }

    /// `CONVERT(e, type)`, `CONVERT(e USING utf8mb4)`
    pub(super) fn convert_call(&mut self, start: usize) -> Parse<Expression> {
        self.in_brackets(|p| {
            let expression = p.expression()?;
            if p.word("using") {
                p.character_set()?;
                return Ok(expression);
            }
            p.expect_symbol(",")?;
            p.cast_type()?;
            Ok(expression)
        })
        .map(|mut expression| {
            expression.range = self.since(start);
            expression
        })
    }

    /// A type of columns that is none of casts.
    fn no_cast<T>(&self) -> Parse<T> {
        let word = self.text().to_ascii_uppercase();
        let instead = match word.as_str() {
            "TIMESTAMP" => "DATETIME",
            "VARBINARY" | "BIT" => "BINARY",
            _ if word.contains("TEXT") || word == "ENUM" || word == "SET" => "CHAR",
            _ if word.contains("BLOB") => "BINARY",
            _ => "SIGNED or UNSIGNED",
        };
        self.refuse(
            Finding::new(
                Code::SqlSyntax,
                format!("nothing can be cast to {word}"),
                self.token().range(),
            )
            .help(format!("write {instead}")),
        )
    }

    /// The types of casts: `SIGNED`, `UNSIGNED`, and some of the others.
    fn cast_type(&mut self) -> Parse<crate::tree::TypeName> {
        let start = self.start();
        if self.one_of(&["signed", "unsigned"]).is_some() {
            self.one_of(&["integer", "int"]);
            let range = self.since(start);
            let array = self.word("array");
            let text = self.sql.get(range.clone()).unwrap_or_default().to_owned();
            return Ok(crate::tree::TypeName {
                path: Path::bare(Name {
                    text,
                    quoted: false,
                    range: range.clone(),
                }),
                arguments: Vec::new(),
                words: Vec::new(),
                array,
                special: false,
                range,
            });
        }
        let never = [
            "text",
            "tinytext",
            "mediumtext",
            "longtext",
            "blob",
            "tinyblob",
            "mediumblob",
            "longblob",
            "bigint",
            "tinyint",
            "smallint",
            "mediumint",
            "bool",
            "boolean",
            "timestamp",
            "bit",
            "enum",
            "set",
            "serial",
            "varbinary",
        ];
        if self.any_at(0, &never) {
            return self.no_cast();
        }
        let mut ty = self.data_type()?;
        ty.array = self.word("array");
        Ok(ty)
    }
}
