use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page},
    settings::Product,
    tree::{Action, Alter, Behavior, ObjectKind},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::DropCascade,
        products: &[Product::Postgres, Product::Cockroach],
        summary: "`DROP … CASCADE` takes along what depends on the thing, without naming it.",
        why: "Views, foreign keys, functions and defaults go too: those that are known here, and those that somebody made by hand in production. `down` brings none of them back.",
        instead: "Drop what depends on it by name, and then the thing without `CASCADE`: if something was forgotten, the database says so.",
        examples: &[Example::new(
            "postgres",
            &[
                "CREATE TABLE users (id bigint PRIMARY KEY)",
                "CREATE VIEW names AS SELECT id FROM users",
            ],
            "ALTER TABLE users ADD COLUMN number bigint;\nDROP VIEW names CASCADE",
            "ALTER TABLE users ADD COLUMN number bigint;\nDROP VIEW names",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    match action {
        // A schema’s CASCADE is about what is in it: `drop_schema`. Nothing depends on a trigger.
        Action::Drop(drop) if drop.behavior == Behavior::Cascade => {
            for target in drop
                .targets
                .iter()
                .filter(|target| !matches!(target.kind, ObjectKind::Schema | ObjectKind::Trigger))
            {
                found(
                    context,
                    &format!("{} `{}`", target.kind.noun(), target.path),
                    target.path.range(),
                    findings,
                );
            }
        }
        Action::AlterTable(alter) => {
            for change in &alter.changes {
                match change {
                    Alter::DropColumn {
                        name,
                        behavior: Behavior::Cascade,
                        ..
                    } => {
                        found(
                            context,
                            &format!("column `{name}`"),
                            name.range.clone(),
                            findings,
                        );
                    }
                    Alter::DropConstraint {
                        name: Some(name),
                        behavior: Behavior::Cascade,
                        ..
                    } => {
                        found(
                            context,
                            &format!("constraint `{name}`"),
                            name.range.clone(),
                            findings,
                        );
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn found(_: &Context<'_>, what: &str, range: std::ops::Range<usize>, findings: &mut Vec<Finding>) {
    findings.push(
        Finding::new(
            Code::DropCascade,
            format!("`CASCADE` drops with {what} whatever depends on it"),
            range,
        )
        .help("drop what depends on it by name, and leave `CASCADE` out"),
    );
}
