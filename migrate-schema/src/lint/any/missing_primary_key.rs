use crate::{
    Code, Finding,
    lint::{ALL, Check, Context, Example, Lint, Page},
    tree::{Action, Alter, ConstraintKind, CreateTable},
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::MissingPrimaryKey,
        products: ALL,
        summary: "A table has no primary key.",
        why: "A row cannot be named, so it can be neither updated nor deleted alone, and logical replication has no way to tell rows apart. \
              MySQL uses a hidden key of its own, which no replica shares.",
        instead: "Write `PRIMARY KEY` behind the column, or behind the columns, by which a row is known.",
        examples: &[Example::new(
            "mysql",
            &[],
            "CREATE TABLE visits (page varchar(100), day date)",
            "CREATE TABLE visits (id bigint AUTO_INCREMENT PRIMARY KEY, page varchar(100), day date)",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::CreateTable(create) = action else {
        return;
    };
    if lacks_primary_key(context, create) {
        findings.push(
            Finding::new(
                Code::MissingPrimaryKey,
                format!(
                    "table `{}` has no primary key: its rows cannot be told apart",
                    create.name
                ),
                create.name.range(),
            )
            .help("write `PRIMARY KEY` behind the column by which a row is known"),
        );
    }
}

/// Whether nothing makes a primary key for the table, here or later in the method.
pub(in crate::lint) fn lacks_primary_key(context: &Context<'_>, create: &CreateTable) -> bool {
    let from_elsewhere = !create.like.is_empty()
        || !create.inherits.is_empty()
        || create.partition_of.is_some()
        || create.of_type.is_some()
        || create.virtual_table.is_some()
        || create.query.is_some()
        || create.foreign
        || create.temporary;
    let is_key = |kind: &ConstraintKind| {
        matches!(
            kind,
            ConstraintKind::PrimaryKey(_)
                | ConstraintKind::UsingIndex {
                    primary_key: true,
                    ..
                }
        )
    };
    !from_elsewhere
        && create
            .columns
            .iter()
            .all(|column| column.primary_key.is_none())
        && !create
            .constraints
            .iter()
            .any(|constraint| is_key(&constraint.kind))
        && !context
            .later_about(&create.name)
            .any(|action| match action {
                Action::AlterTable(alter) => {
                    context.same_path(&alter.name, &create.name)
                        && alter.changes.iter().any(|change| match change {
                            Alter::AddConstraint(constraint) => is_key(&constraint.kind),
                            Alter::AddColumn { column, .. } | Alter::Redefine { column, .. } => {
                                column.primary_key.is_some()
                            }
                            _ => false,
                        })
                }
                _ => false,
            })
}
