//! Events: statements that the server runs by itself.

use super::parser::{Parse, Parser, Stop};
use crate::tree::Action;

impl Parser<'_> {
    /// Behind `CREATE EVENT`. An event does something to the schema only where its body says so.
    pub(super) fn create_event(&mut self) -> Parse<Vec<Action>> {
        self.if_not_exists()?;
        self.path("the name of the event")?;
        self.expect_words(&["on", "schedule"])?;
        self.schedule()?;
        self.event_options()?;
        self.expect("do")?;
        self.event_body()
    }

    /// Behind `ALTER EVENT`.
    pub(super) fn alter_event(&mut self) -> Parse<Vec<Action>> {
        self.path("the name of the event")?;
        if self.words(&["on", "schedule"]) {
            self.schedule()?;
        }
        self.event_options()?;
        if self.word("do") {
            return self.event_body();
        }
        Ok(Vec::new())
    }

    fn event_body(&mut self) -> Parse<Vec<Action>> {
        let changes = ["alter", "call", "create", "drop", "execute", "rename"];
        let any = (self.at..self.tokens.len()).any(|at| self.any_at(at - self.at, &changes));
        self.body(Vec::new())?;
        if any {
            return Err(Stop::Opaque);
        }
        Ok(Vec::new())
    }

    /// `AT time`, `EVERY 1 DAY STARTS time ENDS time`
    fn schedule(&mut self) -> Parse<()> {
        if self.word("at") {
            self.expression()?;
            return Ok(());
        }
        self.expect("every")?;
        self.expression()?;
        self.unit()?;
        if self.word("starts") {
            self.expression()?;
        }
        if self.word("ends") {
            self.expression()?;
        }
        Ok(())
    }

    fn event_options(&mut self) -> Parse<()> {
        loop {
            if self.words(&["on", "completion"]) {
                self.word("not");
                self.expect("preserve")?;
            } else if self.words(&["rename", "to"]) {
                self.path("the new name of the event")?;
            } else if self.word("enable") {
            } else if self.word("disable") {
                if self.word("on") && self.one_of(&["slave", "replica"]).is_none() {
                    return self.unexpected();
                }
            } else if self.word("comment") {
                self.string()?;
            } else {
                return Ok(());
            }
        }
    }
}
