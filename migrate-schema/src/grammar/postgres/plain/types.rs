//! Names of types.

use super::{super::cst::Kind, cursor::Cursor};
use crate::tree::{Name, Path, TypeName};

impl Cursor<'_> {
    /// A type of one name, or of the words that the grammar spells out.
    pub(super) fn type_name(&mut self) -> Option<TypeName> {
        let place = self.place();
        let first = self.kind();
        let mut ty = match first {
            Kind::VARCHAR_KW | Kind::CHAR_KW | Kind::CHARACTER_KW => {
                self.advance();
                let mut text = self.last().to_ascii_lowercase();
                if !matches!(first, Kind::VARCHAR_KW) && self.eat(Kind::VARYING_KW) {
                    text.push_str(" varying");
                }
                let arguments = self.length(1)?;
                self.of_words(place, text, arguments)
            }
            Kind::TIMESTAMP_KW | Kind::TIME_KW => {
                self.advance();
                let mut text = self.last().to_ascii_lowercase();
                let arguments = self.length(1)?;
                if self.eat(Kind::WITH_KW) {
                    text.push_str(" with time zone");
                    self.time_zone()?;
                } else if self.eat(Kind::WITHOUT_KW) {
                    text.push_str(" without time zone");
                    self.time_zone()?;
                }
                self.of_words(place, text, arguments)
            }
            Kind::DOUBLE_KW => {
                self.advance();
                self.need(Kind::PRECISION_KW)?;
                self.of_words(place, "double precision".to_owned(), Vec::new())
            }
            Kind::NUMERIC_KW | Kind::DECIMAL_KW => {
                self.advance();
                let name = self.last_as_name()?;
                let arguments = self.length(2)?;
                self.of_path(place, Path::bare(name), arguments)
            }
            Kind::INT_KW
            | Kind::INTEGER_KW
            | Kind::SMALLINT_KW
            | Kind::BIGINT_KW
            | Kind::BOOLEAN_KW
            | Kind::REAL_KW
            | Kind::JSON_KW
            | Kind::TEXT_KW => {
                self.advance();
                let name = self.last_as_name()?;
                self.of_path(place, Path::bare(name), Vec::new())
            }
            Kind::IDENT => {
                let path = self.path()?;
                self.of_path(place, path, Vec::new())
            }
            _ => return None,
        };
        while self.eat(Kind::L_BRACK) {
            self.need(Kind::R_BRACK)?;
            ty.array = true;
        }
        ty.range = self.since(place);
        Some(ty)
    }

    fn time_zone(&mut self) -> Option<()> {
        self.need(Kind::TIME_KW)?;
        self.need(Kind::ZONE_KW)
    }

    /// `(10)`, `(10, 2)`, or nothing at all.
    fn length(&mut self, most: usize) -> Option<Vec<String>> {
        let mut arguments = Vec::new();
        if !self.eat(Kind::L_PAREN) {
            return Some(arguments);
        }
        loop {
            self.need(Kind::INT_NUMBER)?;
            arguments.push(self.last().to_owned());
            if self.eat(Kind::R_PAREN) {
                return (arguments.len() <= most).then_some(arguments);
            }
            self.need(Kind::COMMA)?;
        }
    }

    fn of_words(&self, place: usize, text: String, arguments: Vec<String>) -> TypeName {
        let name = Name {
            text,
            quoted: false,
            range: self.since(place),
        };
        self.of_path(place, Path::bare(name), arguments)
    }

    fn of_path(&self, place: usize, path: Path, arguments: Vec<String>) -> TypeName {
        TypeName {
            path,
            arguments,
            words: Vec::new(),
            array: false,
            special: false,
            range: self.since(place),
        }
    }
}
