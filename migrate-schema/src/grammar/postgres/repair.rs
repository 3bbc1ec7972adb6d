//! The small change that would make a statement valid: what was probably meant.

use std::ops::Range;

use squawk_syntax::SourceFile;

use super::{
    depth,
    fault::{Expected, shown},
};
use crate::{
    lex::{Token, TokenKind},
    nearest,
};

/// Longer statements are not tried again and again.
const LONGEST: usize = 16 << 10;

/// A change after which the statement is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repair {
    /// The token that the message is about.
    pub(super) token: usize,
    /// What is wrong.
    pub(super) message: String,
    /// What to write instead.
    pub(super) help: String,
    /// The bytes that go and what comes in their place, where nothing else can have been meant.
    pub(super) fix: Option<(Range<usize>, String)>,
}

/// A change near the token `at`, of which squawk says that it cannot stand there.
pub(super) fn find(
    text: &str,
    tokens: &[Token],
    at: usize,
    expected: Option<Expected>,
) -> Option<Repair> {
    if text.len() > LONGEST || !depth::is_shallow(text) {
        return None;
    }
    let search = Search { text, tokens, at };
    search
        .statement_begins()
        .or_else(|| search.misspelt())
        .or_else(|| search.other_word())
        .or_else(|| search.twice())
        .or_else(|| search.superfluous())
        .or_else(|| search.without_type())
        .or_else(|| search.reserved())
        .or_else(|| search.name_in_quotes())
        .or_else(|| search.missing(expected))
        .or_else(|| search.wrong_way_round())
        .or_else(|| search.column_if_exists())
}

/// What stands behind the end of a statement, or of a part of it, that is complete.
pub(super) fn surplus(text: &str, tokens: &[Token], at: usize) -> Option<Repair> {
    if text.len() > LONGEST || !depth::is_shallow(text) {
        return None;
    }
    Search { text, tokens, at }.surplus()
}

struct Search<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
}

impl Search<'_> {
    fn token(&self, at: usize) -> Option<Token> {
        self.tokens.get(at).copied()
    }

    fn own(&self, at: usize) -> &str {
        self.token(at).map_or("", |token| token.text(self.text))
    }

    fn shown(&self, at: usize) -> String {
        self.token(at)
            .map_or_else(|| "the end".to_owned(), |token| shown(self.text, token))
    }

    /// Whether the statement is valid with this in place of some bytes.
    fn mends(&self, range: &Range<usize>, with: &str) -> bool {
        let (Some(before), Some(after)) =
            (self.text.get(..range.start), self.text.get(range.end..))
        else {
            return false;
        };
        let changed = format!("{before}{with}{after}");
        SourceFile::parse(&changed).errors().is_empty()
    }

    fn place_before(&self, at: usize) -> usize {
        self.token(at).map_or(self.text.len(), |token| token.start)
    }

    /// The tokens that may be to blame, the likeliest first.
    fn suspects(&self) -> impl Iterator<Item = usize> {
        let at = self.at;
        [
            Some(at),
            at.checked_sub(1),
            at.checked_sub(2),
            at.checked_sub(3),
            Some(at + 1),
        ]
        .into_iter()
        .flatten()
        .filter(|at| *at < self.tokens.len())
    }

    fn statement_begins(&self) -> Option<Repair> {
        self.suspects().find_map(|at| {
            let word = self.own(at);
            let starts = at > 0 && STARTS.iter().any(|start| word.eq_ignore_ascii_case(start));
            let place = self.place_before(at);
            (starts && self.mends(&(place..place), "; ")).then(|| Repair {
                token: at,
                message: format!("`{word}` begins another statement"),
                help: format!("is a `;` missing before `{word}`?"),
                fix: Some((place..place, ";\n".to_owned())),
            })
        })
    }

    fn misspelt(&self) -> Option<Repair> {
        self.suspects().find_map(|at| {
            let token = self.token(at)?;
            let word = self.own(at);
            let is_word = token.kind == TokenKind::Word && word.len() > 1;
            let keyword = nearest(word, KEYWORDS.split_whitespace()).filter(|_| is_word)?;
            let range = token.start..token.end;
            let mends = !keyword.eq_ignore_ascii_case(word) && self.mends(&range, keyword);
            mends.then(|| Repair {
                token: at,
                message: format!("unexpected `{word}`"),
                help: format!("did you mean `{keyword}`?"),
                fix: Some((range, keyword.to_owned())),
            })
        })
    }

    /// A word of everyday English, or of another database, for the one that SQL has.
    fn other_word(&self) -> Option<Repair> {
        self.suspects().find_map(|at| {
            let token = self.token(at)?;
            let word = self.own(at);
            let range = token.start..token.end;
            let mut meant = OTHER_WORDS
                .iter()
                .filter(|(own, _)| word.eq_ignore_ascii_case(own));
            let (_, keyword) = meant.find(|(_, keyword)| self.mends(&range, keyword))?;
            Some(Repair {
                token: at,
                message: format!("unexpected `{word}`"),
                help: format!("write `{keyword}` instead of it"),
                fix: None,
            })
        })
    }

    fn twice(&self) -> Option<Repair> {
        self.suspects().find_map(|at| {
            let token = self.token(at)?;
            let word = self.own(at);
            let again = at > 0 && word.eq_ignore_ascii_case(self.own(at - 1));
            let range = token.start..token.end;
            (again && self.mends(&range, "")).then(|| Repair {
                token: at,
                message: match word {
                    "," => "two commas in a row".to_owned(),
                    _ => format!("`{word}` stands here twice"),
                },
                help: "leave one of them out".to_owned(),
                fix: Some((range, String::new())),
            })
        })
    }

    fn superfluous(&self) -> Option<Repair> {
        self.suspects().find_map(|at| {
            let token = self.token(at)?;
            let sign = self.own(at);
            let message = match sign {
                "," => format!(
                    "nothing stands between this comma and {}",
                    self.shown(at + 1)
                ),
                ")" => "this `)` closes nothing".to_owned(),
                "(" => "this `(` is never closed".to_owned(),
                _ => return None,
            };
            let range = token.start..token.end;
            self.mends(&range, "").then(|| Repair {
                token: at,
                message,
                help: "leave it out".to_owned(),
                fix: (sign == ",").then(|| (range, String::new())),
            })
        })
    }

    /// A keyword that is meant as a name.
    fn reserved(&self) -> Option<Repair> {
        self.suspects().find_map(|at| {
            let token = self.token(at)?;
            let word = self.own(at).to_ascii_lowercase();
            let range = token.start..token.end;
            let quoted = format!("\"{word}\"");
            let is_reserved = token.kind == TokenKind::Word
                && RESERVED.split_whitespace().any(|reserved| reserved == word);
            (is_reserved && self.mends(&range, &quoted)).then(|| Repair {
                token: at,
                message: format!("`{word}` is a keyword and cannot be a name here"),
                help: format!("put it in double quotes: `{quoted}`"),
                fix: Some((range, quoted)),
            })
        })
    }

    /// `ADD COLUMN c NOT NULL`.
    fn without_type(&self) -> Option<Repair> {
        self.suspects().find_map(|at| {
            let word = self.own(at).to_ascii_lowercase();
            let ends_type = [
                "check",
                "default",
                "not",
                "null",
                "primary",
                "references",
                "unique",
            ]
            .contains(&word.as_str());
            let place = self.place_before(at);
            let name = self.shown(at.checked_sub(1).filter(|_| ends_type)?);
            self.mends(&(place..place), "integer ").then(|| Repair {
                token: at - 1,
                message: format!("the column {name} has no type"),
                help: format!(
                    "write its type behind its name: `{} integer`",
                    self.own(at - 1)
                ),
                fix: None,
            })
        })
    }

    /// A name that stands in the quotes of a string.
    fn name_in_quotes(&self) -> Option<Repair> {
        self.suspects().find_map(|at| {
            let token = self
                .token(at)
                .filter(|token| token.kind == TokenKind::Text)?;
            let name = self.own(at).strip_prefix('\'')?.strip_suffix('\'')?;
            let range = token.start..token.end;
            let quoted = format!("\"{name}\"");
            (!name.is_empty() && self.mends(&range, &quoted)).then(|| Repair {
                token: at,
                message: format!("{} is text where a name is meant", self.shown(at)),
                help: format!("write `{quoted}`: names stand in double quotes"),
                fix: Some((range, quoted)),
            })
        })
    }

    /// `DROP IF EXISTS COLUMN c`.
    fn column_if_exists(&self) -> Option<Repair> {
        let at = self
            .suspects()
            .find(|at| self.own(*at).eq_ignore_ascii_case("column"))?;
        let first =
            (at.saturating_sub(3)..at).find(|at| self.own(*at).eq_ignore_ascii_case("if"))?;
        let range = self.place_before(first)..self.token(at)?.end;
        let condition = self
            .text
            .get(range.start..self.place_before(at))?
            .trim_end();
        let right = format!("COLUMN {condition}");
        self.mends(&range, &right).then(|| Repair {
            token: at,
            message: format!("`COLUMN` stands before `{condition}`, not behind it"),
            help: format!("write `{right}`"),
            fix: Some((range, right)),
        })
    }

    /// Words behind the end of what is complete: `DROP COLUMN c integer`.
    fn surplus(&self) -> Option<Repair> {
        [Some(self.at), self.at.checked_sub(1)]
            .into_iter()
            .flatten()
            .find_map(|at| {
                let mut depth = 0_i32;
                let ends = |at: &usize| match self.own(*at) {
                    "(" => {
                        depth += 1;
                        false
                    }
                    ")" => {
                        depth -= 1;
                        depth < 0
                    }
                    "," | ";" => depth == 0,
                    _ => false,
                };
                let end = (at..self.tokens.len())
                    .find(ends)
                    .unwrap_or(self.tokens.len());
                let last = self.token(end.checked_sub(1)?)?;
                let range = self.token(at)?.start..last.end;
                let surplus = self.text.get(range.clone())?;
                let short = end > at && end - at <= 6 && at > 0;
                (short && self.mends(&range, "")).then(|| Repair {
                    token: at,
                    message: format!("nothing can stand behind {} here", self.shown(at - 1)),
                    help: format!("leave `{surplus}` out"),
                    fix: None,
                })
            })
    }

    fn missing(&self, expected: Option<Expected>) -> Option<Repair> {
        let mut tokens: Vec<String> = Vec::new();
        if let Some(Expected::Token(token)) = expected {
            tokens.push(token);
        }
        tokens.extend([")", "(", ","].map(str::to_owned));
        tokens.extend(match self.own(self.at).to_ascii_lowercase().as_str() {
            "exists" => vec!["NOT".to_owned(), "IF".to_owned()],
            "not" => vec!["IF".to_owned()],
            _ => Vec::new(),
        });
        if self.at > 0 {
            tokens.extend(["ON", "TABLE", "AS", "IS"].map(str::to_owned));
        }
        tokens.iter().find_map(|missing| {
            let places = [Some(self.at), self.at.checked_sub(1)];
            places.into_iter().flatten().find_map(|at| {
                let place = self.place_before(at);
                self.mends(&(place..place), &format!(" {missing} "))
                    .then(|| self.insert(at, missing))
            })
        })
    }

    fn insert(&self, at: usize, missing: &str) -> Repair {
        let before = self.shown(at);
        Repair {
            token: at.min(self.tokens.len().saturating_sub(1)),
            message: format!("`{missing}` is missing before {before}"),
            help: match missing {
                ")" => "close the bracket, or leave out the one that opens it".to_owned(),
                "," => "write a comma between them".to_owned(),
                _ => format!("write `{missing}` before {before}"),
            },
            fix: None,
        }
    }

    fn wrong_way_round(&self) -> Option<Repair> {
        self.suspects().find_map(|at| {
            let (first, second) = (self.token(at.checked_sub(1)?)?, self.token(at)?);
            let between = self.text.get(first.end..second.start)?;
            let (one, other) = (self.own(at - 1), self.own(at));
            let swapped = format!("{other}{between} {one}");
            let words = first.kind != TokenKind::Symbol && second.kind != TokenKind::Symbol;
            (words && self.mends(&(first.start..second.end), &swapped)).then(|| Repair {
                token: at,
                message: format!("unexpected {}", self.shown(at)),
                help: format!("write `{other} {one}`, the other way round"),
                fix: None,
            })
        })
    }
}

/// Whether a word is a keyword that is no name without quotes.
pub(super) fn is_reserved(word: &str) -> bool {
    let mut all = RESERVED.split_whitespace();
    all.any(|reserved| word.eq_ignore_ascii_case(reserved)) || word.eq_ignore_ascii_case("exists")
}

/// The words with which a statement begins that may stand behind a forgotten `;`.
const STARTS: [&str; 12] = [
    "alter", "comment", "create", "delete", "do", "drop", "grant", "insert", "select", "truncate",
    "update", "with",
];

/// What is written for a word of SQL.
const OTHER_WORDS: [(&str, &str); 8] = [
    ("add", "SET"),
    ("change", "ALTER"),
    ("delete", "DROP"),
    ("drop", "DELETE"),
    ("modify", "ALTER"),
    ("remove", "DROP"),
    ("remove", "DELETE"),
    ("set", "ADD"),
];

/// Keywords that are no names without quotes.
const RESERVED: &str = "all analyse analyze and any array as asc asymmetric authorization binary both case cast check \
    collate collation column concurrently constraint create cross current_catalog current_date current_role \
    current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except \
    false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join \
    lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer \
    overlaps placing primary references returning right select session_user similar some symmetric table tablesample \
    then to trailing true union unique user using variadic verbose when where window with";

/// What may have been misspelt.
const KEYWORDS: &str = "ADD AFTER AGGREGATE ALL ALTER ALWAYS AND ANY ARRAY AS ASC ATTACH ATTRIBUTE AUTHORIZATION \
    BEFORE BEGIN BETWEEN BY CASCADE CASE CAST CHECK COLLATE COLUMN COMMENT CONCURRENTLY CONFLICT CONSTRAINT COPY \
    CREATE CROSS CURRENT_TIMESTAMP DATA DATABASE DEFAULT DEFERRABLE DEFERRED DELETE DESC DETACH DISABLE DISTINCT DO \
    DOMAIN DROP EACH ELSE ENABLE END ENUM EXCEPT EXCLUDE EXECUTE EXISTS EXTENSION FIRST FOR FOREIGN FROM FULL FUNCTION \
    GENERATED GRANT GROUP HAVING IDENTITY IF IMMUTABLE IN INCLUDE INCLUDING INDEX INHERITS INITIALLY INNER INSERT \
    INSTEAD INTERSECT INTO IS JOIN KEY LANGUAGE LAST LATERAL LEFT LEVEL LIKE LIMIT LOCK MATERIALIZED NATURAL NO NOT \
    NOTHING NULL NULLS OF OFFSET ON ONLY OR ORDER OUTER OVER OWNED OWNER PARTITION POLICY PRECISION PRIMARY PRIVILEGES \
    PROCEDURE RANGE RECURSIVE REFERENCES REFRESH REINDEX RENAME REPLACE RESTRICT RETURNING RETURNS REVOKE RIGHT ROLE \
    ROW ROWS SCHEMA SECURITY SELECT SEQUENCE SET STATEMENT STORED TABLE TABLESPACE TEMPORARY THEN TO TRIGGER TRUNCATE \
    TYPE UNION UNIQUE UPDATE USING VALID VALIDATE VALUE VALUES VARYING VIEW WHEN WHERE WITH WITHOUT ZONE \
    INT INTEGER TEXT VARCHAR COALESCE EXTRACT OVERLAY POSITION SUBSTRING TRIM";
