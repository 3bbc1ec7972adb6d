use crate::{
    Code, Finding,
    lex::TokenKind,
    lint::{Check, Context, Example, Lint, Page, text, walk},
    replay::Placed,
    tree::{Action, Alter, Expression, ExpressionKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::UnsupportedByTarget,
        products: crate::lint::ALL,
        summary: "SQL that needs a newer version than the target, or that the target product does not have.",
        why: "The migration works with the newest version, and fails where the program runs: on an old phone, or on a server that is upgraded next year.",
        instead: "Write it in a way that the oldest version takes. Or say in the settings that no older one is used: `dialects = [\"sqlite>=3.38\"]`.",
        examples: &[
            Example::new(
                "sqlite>=3.34",
                &["CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)"],
                "ALTER TABLE users DROP COLUMN email",
                "UPDATE users SET email = NULL WHERE email = ''",
            ),
            Example::new(
                "sqlite>=3.34",
                &["CREATE TABLE users (id INTEGER PRIMARY KEY, seen INTEGER)"],
                "UPDATE users SET seen = unixepoch() WHERE seen IS NULL",
                "UPDATE users SET seen = strftime('%s', 'now') WHERE seen IS NULL",
            ),
        ],
    },
    down: true,
    check: Check::End(check),
};

/// Functions that came with a version 3.x: from which x.
const FUNCTIONS: &[(u32, &[&str])] = &[
    (
        25,
        &[
            "row_number",
            "rank",
            "dense_rank",
            "percent_rank",
            "cume_dist",
            "ntile",
            "lag",
            "lead",
            "first_value",
            "last_value",
            "nth_value",
        ],
    ),
    (32, &["iif"]),
    (
        35,
        &[
            "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "ceiling", "cos",
            "cosh", "degrees", "exp", "floor", "ln", "log", "log10", "log2", "mod", "pi", "pow",
            "power", "radians", "sign", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
        ],
    ),
    (38, &["unixepoch", "format"]),
    (41, &["unhex"]),
    (42, &["json_error_position"]),
    (43, &["timediff", "octet_length"]),
    (44, &["concat", "concat_ws", "string_agg"]),
    (
        45,
        &[
            "jsonb",
            "jsonb_array",
            "jsonb_extract",
            "jsonb_group_array",
            "jsonb_group_object",
            "jsonb_insert",
            "jsonb_object",
            "jsonb_patch",
            "jsonb_remove",
            "jsonb_replace",
            "jsonb_set",
        ],
    ),
    (46, &["json_pretty"]),
    (48, &["if"]),
    (50, &["unistr", "unistr_quote"]),
];

fn check(context: &Context<'_>, placed: &mut Vec<Placed>) {
    let Some((3, oldest)) = context.target().version else {
        return;
    };
    for (at, place) in context.method.statements.iter().enumerate() {
        let here = Context { at, ..*context };
        let mut needs: Vec<(u32, &str, std::ops::Range<usize>)> = Vec::new();
        for action in &place.tree.actions {
            syntax(&here, action, &mut needs);
            walk::expressions(action, |expression| function(&here, expression, &mut needs));
        }
        words(&here, &mut needs);
        for (version, what, range) in needs {
            if oldest < version {
                placed.push(context.placed(
                    place,
                    Finding::new(
                        Code::UnsupportedByTarget,
                        format!("{what} needs SQLite 3.{version}; the oldest that this has to work on is 3.{oldest}"),
                        range,
                    )
                    .help(format!("write it in an older way, or `sqlite>=3.{version}` in the settings")),
                ));
            }
        }
    }
}

fn function<'a>(
    context: &Context<'_>,
    expression: &'a Expression,
    needs: &mut Vec<(u32, &'a str, std::ops::Range<usize>)>,
) {
    let ExpressionKind::Call { name, .. } = &expression.kind else {
        return;
    };
    let lower = name.name.text.to_ascii_lowercase();
    // The application may have registered one of this name.
    if context
        .method
        .settings
        .external
        .functions
        .iter()
        .any(|own| own.eq_ignore_ascii_case(&lower))
    {
        return;
    }
    for (version, names) in FUNCTIONS {
        if names.contains(&lower.as_str()) {
            needs.push((*version, &name.name.text, name.range()));
        }
    }
}

fn syntax<'a>(
    context: &Context<'_>,
    action: &'a Action,
    needs: &mut Vec<(u32, &'a str, std::ops::Range<usize>)>,
) {
    let statement = context.statement();
    let has_returning = match action {
        Action::Insert(insert) => {
            if !insert.conflicts.is_empty() {
                needs.push((24, "`ON CONFLICT … DO`", statement.clone()));
            }
            !insert.returning.is_empty()
        }
        Action::Update(update) => {
            if !update.from.is_empty() {
                needs.push((33, "`UPDATE … FROM`", statement.clone()));
            }
            !update.returning.is_empty()
        }
        Action::Delete(delete) => !delete.returning.is_empty(),
        Action::CreateTable(create) => {
            if create.strict {
                needs.push((37, "`STRICT`", create.name.range()));
            }
            for column in &create.columns {
                if let Some(generated) = &column.generated {
                    needs.push((31, "a generated column", generated.expression.range.clone()));
                }
            }
            false
        }
        Action::AlterTable(alter) => {
            for change in &alter.changes {
                match change {
                    Alter::DropColumn { name, .. } => {
                        needs.push((35, "`DROP COLUMN`", name.range.clone()))
                    }
                    Alter::RenameColumn { from, .. } => {
                        needs.push((25, "`RENAME COLUMN`", from.range.clone()))
                    }
                    Alter::AddColumn { column, .. } if column.generated.is_some() => {
                        needs.push((31, "a generated column", column.range.clone()));
                    }
                    _ => {}
                }
            }
            false
        }
        _ => false,
    };
    if has_returning {
        let range = text::word(context, "returning").unwrap_or(statement);
        needs.push((35, "`RETURNING`", range));
    }
}

/// What the tree does not tell.
fn words(context: &Context<'_>, needs: &mut Vec<(u32, &str, std::ops::Range<usize>)>) {
    let sql = context.sql();
    let tokens = text::tokens(context);
    for (at, token) in tokens.iter().enumerate() {
        let behind = |words: &[&str]| {
            tokens
                .get(at + 1)
                .is_some_and(|next| words.iter().any(|word| next.is_word(sql, word)))
        };
        let symbol = |offset: usize, symbol: char| {
            tokens.get(at + offset).is_some_and(|next| {
                next.is_symbol(sql, symbol) && next.start == token.start + offset
            })
        };
        let before_dot = at
            .checked_sub(1)
            .and_then(|before| tokens.get(before))
            .is_some_and(|before| before.is_symbol(sql, '.'));
        let found = match token.kind {
            TokenKind::Word if before_dot => None,
            TokenKind::Word if token.is_word(sql, "right") && behind(&["join", "outer"]) => {
                Some((39, "`RIGHT JOIN`"))
            }
            TokenKind::Word if token.is_word(sql, "full") && behind(&["join", "outer"]) => {
                Some((39, "`FULL JOIN`"))
            }
            TokenKind::Word if token.is_word(sql, "nulls") && behind(&["first", "last"]) => {
                Some((30, "`NULLS FIRST`"))
            }
            TokenKind::Word if token.is_word(sql, "vacuum") && at == 0 && behind(&["into"]) => {
                Some((27, "`VACUUM INTO`"))
            }
            TokenKind::Word
                if token.is_word(sql, "over")
                    && tokens
                        .get(at + 1)
                        .is_some_and(|next| next.is_symbol(sql, '(')) =>
            {
                Some((25, "a window function"))
            }
            TokenKind::Symbol if token.is_symbol(sql, '-') && symbol(1, '>') => Some((38, "`->`")),
            _ => None,
        };
        if let Some((version, what)) = found {
            needs.push((version, what, token.start..token.end));
        }
    }
}
