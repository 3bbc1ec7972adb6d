//! The statements that most migrations are made of, read at once into the tree.
//!
//! squawk's parser makes a tree of every word, which is read twice before ours is made of it; in a compiler, where nothing
//! is optimised, that takes longer than all else that is done with a migration. So what is written plainly is read here,
//! and everything else is left to squawk: whatever this does not know to the last token is none of its business. What it
//! takes, squawk takes too, and gives the same tree; nothing is refused here (`tests.rs`).

mod alter;
mod cursor;
mod expression;
mod object;
mod query;
mod rows;
mod table;
mod types;
mod words;

use self::cursor::Cursor;
use super::cst::Kind;
use crate::tree::Action;

/// What a statement does, if it is a plain one; nothing is said of any other.
pub(super) fn read(text: &str, base: usize) -> Option<Vec<Action>> {
    let tokens = words::tokens(text)?;
    let mut cursor = Cursor::new(text, base, &tokens);
    let actions = cursor.statement()?;
    cursor.is_at_end().then_some(actions)
}

impl Cursor<'_> {
    fn statement(&mut self) -> Option<Vec<Action>> {
        let first = self.kind();
        self.advance();
        match first {
            Kind::CREATE_KW => self.create(),
            Kind::ALTER_KW => self.alter(),
            Kind::DROP_KW => self.drop_objects(),
            Kind::INSERT_KW => self.insert(),
            Kind::UPDATE_KW => self.update(),
            Kind::DELETE_KW => self.delete(),
            Kind::COMMENT_KW => self.comment(),
            _ => None,
        }
    }

    fn create(&mut self) -> Option<Vec<Action>> {
        let first = self.kind();
        self.advance();
        match first {
            Kind::TABLE_KW => self.create_table(),
            Kind::TEMP_KW | Kind::TEMPORARY_KW => {
                self.need(Kind::TABLE_KW)?;
                let mut actions = self.create_table()?;
                if let Some(Action::CreateTable(table)) = actions.first_mut() {
                    table.temporary = true;
                }
                Some(actions)
            }
            Kind::UNIQUE_KW => {
                self.need(Kind::INDEX_KW)?;
                self.create_index(true)
            }
            Kind::INDEX_KW => self.create_index(false),
            Kind::VIEW_KW => self.create_view(false),
            Kind::OR_KW => {
                self.need(Kind::REPLACE_KW)?;
                self.need(Kind::VIEW_KW)?;
                self.create_view(true)
            }
            Kind::TYPE_KW => self.create_enum(),
            Kind::SCHEMA_KW => self.create_schema(),
            Kind::EXTENSION_KW => self.create_extension(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
