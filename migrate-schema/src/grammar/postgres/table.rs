//! `CREATE TABLE`: columns and constraints.

use super::cst::{
    Kind, Node, Reader, child, child_of, children, has, has_child, if_not_exists, is_query, words,
};
use std::ops::Range;

use crate::tree::{
    Action, Body, Column, Constraint, ConstraintKind, CreateTable, Deferrable, Expression,
    ExpressionKind, ForeignKey, Generated, Identity, IndexPart, Like, Name, PrimaryKeyMark, Query,
    Terms, UniqueMark,
};

impl Reader {
    /// `CREATE TABLE`, `CREATE TABLE AS`, `CREATE FOREIGN TABLE`.
    pub(super) fn create_table(&self, node: &Node) -> Option<Action> {
        let mut table = self.empty_table(node, Kind::TABLE_NAME)?;
        table.if_not_exists = if_not_exists(node);
        table.foreign = node.kind() == Kind::CREATE_FOREIGN_TABLE;
        let arguments = child(node, Kind::TABLE_ARG_LIST);
        for argument in arguments.iter().flat_map(Node::children) {
            match argument.kind() {
                Kind::COLUMN => table.columns.push(self.column(&argument)?),
                Kind::LIKE_CLAUSE => table.like.push(self.like(&argument)?),
                _ => table.constraints.push(self.constraint(&argument)?),
            }
        }
        if let Some(inherits) = child(node, Kind::INHERITS) {
            table.inherits = self.child_paths(&inherits, Kind::TABLE_NAME_REF);
        }
        if let Some(parent) = child(node, Kind::PARTITION_OF) {
            table.partition_of = self.child_path(&parent, Kind::TABLE_NAME_REF);
            table.bounds = self.bounds(node);
        }
        if let Some(by) = child(node, Kind::PARTITION_BY) {
            table.partitioned = true;
            table.partition_range = self.partition_range(&by);
            table.partition_by = child(&by, Kind::PARTITION_ITEM_LIST)
                .map(|items| self.index_parts(&items))
                .unwrap_or_default()
                .into_iter()
                .map(|part| part.expression)
                .collect();
        }
        if let Some(of) = child(node, Kind::OF_TYPE) {
            table.of_type = self.child_type(&of).map(|ty| ty.path);
        }
        if node.kind() == Kind::CREATE_TABLE_AS {
            let query = node.children().find(|child| is_query(child.kind()));
            table.query = Some(query.map_or_else(
                || unknown_query(self.range(node)),
                |query| self.query(&query),
            ));
        }
        table.options = self.options(node);
        Some(Action::CreateTable(Box::new(table)))
    }

    /// `SELECT … INTO table`.
    pub(super) fn select_into(&self, node: &Node) -> Option<Action> {
        let into = child(node, Kind::INTO_CLAUSE)?;
        let mut table = self.empty_table(&into, Kind::TABLE_NAME)?;
        table.query = Some(self.query(node));
        Some(Action::CreateTable(Box::new(table)))
    }

    fn empty_table(&self, node: &Node, name: Kind) -> Option<CreateTable> {
        Some(CreateTable {
            temporary: has_child(node, Kind::TEMP),
            ..CreateTable::new(self.child_path(node, name)?)
        })
    }

    /// `SET (name = value)`, `RESET (name)`.
    pub(super) fn set_options(&self, node: &Node) -> Vec<(String, Option<String>)> {
        let list = child(node, Kind::ATTRIBUTE_LIST);
        let options = list
            .iter()
            .flat_map(|list| children(list, Kind::ATTRIBUTE_OPTION));
        options
            .map(|option| {
                let text = |kind| child(&option, kind).map(|part| part.text().to_string());
                let name = text(Kind::ATTRIBUTE_NAME).unwrap_or_default();
                (name.to_ascii_lowercase(), text(Kind::ATTRIBUTE_VALUE))
            })
            .collect()
    }

    /// `WITH (…)`, `TABLESPACE`, `UNLOGGED`, `USING method`.
    fn options(&self, node: &Node) -> Vec<(String, String)> {
        let mut options = Vec::new();
        if has_child(node, Kind::UNLOGGED) {
            options.push(("unlogged".to_owned(), String::new()));
        }
        let parameters = child(node, Kind::WITH_PARAMS);
        let list = parameters.and_then(|parameters| child(&parameters, Kind::ATTRIBUTE_LIST));
        for option in list
            .iter()
            .flat_map(|list| children(list, Kind::ATTRIBUTE_OPTION))
        {
            let text = |kind| child(&option, kind).map(|part| part.text().to_string());
            let name = text(Kind::ATTRIBUTE_NAME).unwrap_or_default();
            options.push((
                name.to_ascii_lowercase(),
                text(Kind::ATTRIBUTE_VALUE).unwrap_or_default(),
            ));
        }
        for (clause, part, name) in [
            (Kind::TABLESPACE_CLAUSE, Kind::TABLESPACE_REF, "tablespace"),
            (Kind::USING_METHOD, Kind::ACCESS_METHOD_REF, "using"),
            (Kind::SERVER_CLAUSE, Kind::SERVER_REF, "server"),
        ] {
            let value = child(node, clause).and_then(|clause| self.child_name(&clause, part));
            options.extend(value.map(|value| (name.to_owned(), value.text)));
        }
        options
    }

    fn like(&self, node: &Node) -> Option<Like> {
        let mut including: Vec<String> = Vec::new();
        for option in node.children() {
            let property = option.children().next().map(|node| words(&node));
            let Some(property) = property.map(|property| property.to_ascii_lowercase()) else {
                continue;
            };
            match option.kind() {
                Kind::INCLUDING_PROPERTY => including.push(property),
                Kind::EXCLUDING_PROPERTY if property == "all" => including.clear(),
                Kind::EXCLUDING_PROPERTY => {
                    // `INCLUDING ALL EXCLUDING INDEXES`: all the others.
                    if including.iter().any(|word| word == "all") {
                        including = LIKE_PROPERTIES.map(str::to_owned).to_vec();
                    }
                    including.retain(|word| *word != property);
                }
                _ => {}
            }
        }
        Some(Like {
            table: self.child_path(node, Kind::RELATION_NAME_REF)?,
            including,
        })
    }

    /// A column of a table, also that of `ADD COLUMN`.
    pub(super) fn column(&self, node: &Node) -> Option<Column> {
        let mut column = Column {
            name: self.child_name(node, Kind::COLUMN_NAME)?,
            ty: self.child_type(node),
            not_null: None,
            default: None,
            primary_key: None,
            unique: None,
            checks: Vec::new(),
            references: Vec::new(),
            generated: None,
            identity: None,
            auto_increment: false,
            invisible: false,
            collation: child(node, Kind::COLLATE)
                .and_then(|collate| self.child_path(&collate, Kind::COLLATION_REF)),
            comment: None,
            on_update: None,
            position: None,
            range: self.range(node),
        };
        // That of `ADD COLUMN c …` begins at its name, and that of `c int UNIQUE ,` ends before the space.
        column.range.start = column.name.range.start;
        column.range.end = self.end(node).unwrap_or(column.range.end);
        for clause in node.children() {
            self.column_constraint(&clause, &mut column);
        }
        Some(column)
    }

    fn column_constraint(&self, node: &Node, column: &mut Column) {
        let name = self.constraint_name(node);
        match node.kind() {
            Kind::NOT_NULL_CONSTRAINT => column.not_null = Some(true),
            Kind::NULL_CONSTRAINT => column.not_null = Some(false),
            Kind::DEFAULT_CONSTRAINT => column.default = self.child_expression(node),
            Kind::PRIMARY_KEY_CONSTRAINT => {
                column.primary_key = Some(PrimaryKeyMark {
                    name,
                    autoincrement: false,
                    descending: false,
                    terms: self.terms(node),
                });
            }
            Kind::UNIQUE_CONSTRAINT => {
                column.unique = Some(UniqueMark {
                    name,
                    terms: self.terms(node),
                });
            }
            Kind::CHECK_CONSTRAINT => {
                let check = self.child_expression(node);
                column.checks.extend(check.map(|check| (name, check)));
            }
            Kind::REFERENCES_CONSTRAINT => column.references.extend(self.reference(node, name)),
            Kind::GENERATED_CONSTRAINT => self.generated(node, column),
            _ => {}
        }
    }

    fn generated(&self, node: &Node, column: &mut Column) {
        if let Some(identity) = child(node, Kind::GENERATED_IDENTITY) {
            column.identity = Some(identity_kind(&identity));
        } else if let Some(stored) = child(node, Kind::GENERATED_STORED) {
            column.generated = self.child_expression(&stored).map(|expression| Generated {
                expression,
                stored: has_child(&stored, Kind::STORED),
            });
        }
    }

    fn reference(&self, node: &Node, name: Option<Name>) -> Option<ForeignKey> {
        Some(ForeignKey {
            name,
            columns: Vec::new(),
            table: self.child_path(node, Kind::TABLE_NAME_REF)?,
            referred: self.child_names(node, Kind::COLUMN_NAME_REF),
            on_delete: referential_action(node, Kind::ON_DELETE_ACTION),
            on_update: referential_action(node, Kind::ON_UPDATE_ACTION),
            deferrable: deferrable(node).unwrap_or_default(),
        })
    }

    /// What a constraint says besides what it is on.
    fn terms(&self, node: &Node) -> Option<Box<Terms>> {
        let parameters = child(node, Kind::INDEX_PARAMETERS);
        let inside = parameters.as_ref().unwrap_or(node);
        let include = child(inside, Kind::CONSTRAINT_INCLUDE_CLAUSE);
        let is_foreign = matches!(
            node.kind(),
            Kind::FOREIGN_KEY_CONSTRAINT | Kind::REFERENCES_CONSTRAINT
        );
        let terms = Terms {
            // That of a foreign key is its own.
            deferrable: deferrable(node).filter(|_| !is_foreign).unwrap_or_default(),
            nulls_not_distinct: has_child(inside, Kind::NULLS_NOT_DISTINCT),
            include: include.map_or_else(Vec::new, |include| self.included(&include)),
            no_inherit: has_child(node, Kind::NO_INHERIT),
            ..Terms::default()
        };
        terms.boxed()
    }

    /// The columns of `INCLUDE`, however deep the list stands.
    fn included(&self, node: &Node) -> Vec<Name> {
        let columns = node.descendants();
        columns
            .filter(|node| matches!(node.kind(), Kind::COLUMN_NAME_REF | Kind::NAME_REF))
            .filter(|node| node.children().next().is_none())
            .map(|column| self.name(&column))
            .collect()
    }

    /// The bytes of all that stands behind `PARTITION BY`.
    fn partition_range(&self, node: &Node) -> Option<Range<usize>> {
        let by = super::cst::token(node, Kind::BY_KW)?;
        Some(self.token_range(&by).end..self.end(node)?)
    }

    /// The bytes of `FOR VALUES …` or `DEFAULT`.
    pub(super) fn bounds(&self, node: &Node) -> Option<Range<usize>> {
        let bounds = child_of(
            node,
            &[
                Kind::PARTITION_FOR_VALUES_FROM,
                Kind::PARTITION_FOR_VALUES_IN,
                Kind::PARTITION_FOR_VALUES_WITH,
                Kind::PARTITION_DEFAULT,
            ],
        )?;
        Some(self.range(&bounds).start..self.end(&bounds)?)
    }

    fn constraint_name(&self, node: &Node) -> Option<Name> {
        let clause = child(node, Kind::CONSTRAINT_NAME_CLAUSE)?;
        self.child_name(&clause, Kind::CONSTRAINT_NAME)
    }

    /// A constraint of a table.
    pub(super) fn constraint(&self, node: &Node) -> Option<Constraint> {
        let name = self.constraint_name(node);
        Some(Constraint {
            kind: self.constraint_kind(node, name.clone())?,
            name,
            terms: self.terms(node),
            not_valid: has_child(node, Kind::NOT_VALID),
            if_not_exists: false,
            range: self.range(node),
        })
    }

    fn constraint_kind(&self, node: &Node, name: Option<Name>) -> Option<ConstraintKind> {
        Some(match node.kind() {
            Kind::PRIMARY_KEY_CONSTRAINT => match self.using_index(node) {
                Some(index) => ConstraintKind::UsingIndex {
                    primary_key: true,
                    index,
                },
                None => ConstraintKind::PrimaryKey(self.key_parts(node)),
            },
            Kind::UNIQUE_CONSTRAINT => match self.using_index(node) {
                Some(index) => ConstraintKind::UsingIndex {
                    primary_key: false,
                    index,
                },
                None => ConstraintKind::Unique(self.key_parts(node)),
            },
            Kind::FOREIGN_KEY_CONSTRAINT => {
                ConstraintKind::ForeignKey(self.foreign_key(node, name)?)
            }
            Kind::CHECK_CONSTRAINT => ConstraintKind::Check(self.child_expression(node)?),
            Kind::EXCLUDE_CONSTRAINT => ConstraintKind::Exclude(self.exclusion(node)),
            Kind::NOT_NULL_CONSTRAINT => {
                ConstraintKind::NotNull(self.child_name(node, Kind::COLUMN_NAME_REF)?)
            }
            _ => return None,
        })
    }

    fn using_index(&self, node: &Node) -> Option<Name> {
        let using = child(node, Kind::USING_INDEX_NAME)?;
        self.child_path(&using, Kind::INDEX_REF)
            .map(|path| path.name)
    }

    fn key_parts(&self, node: &Node) -> Vec<IndexPart> {
        let parameters = child(node, Kind::INDEX_PARAMETERS);
        let list =
            parameters.and_then(|parameters| child(&parameters, Kind::CONSTRAINT_COLUMN_REF_LIST));
        list.iter()
            .flat_map(|list| children(list, Kind::COLUMN_NAME_REF))
            .map(|column| plain_part(self.name(&column)))
            .collect()
    }

    fn foreign_key(&self, node: &Node, name: Option<Name>) -> Option<ForeignKey> {
        let mut lists = children(node, Kind::FOREIGN_KEY_COLUMN_LIST);
        let columns = lists.next()?;
        let referred = lists.next();
        Some(ForeignKey {
            name,
            columns: self.period_columns(&columns),
            table: self.child_path(node, Kind::TABLE_NAME_REF)?,
            referred: referred.map_or_else(Vec::new, |list| self.period_columns(&list)),
            on_delete: referential_action(node, Kind::ON_DELETE_ACTION),
            on_update: referential_action(node, Kind::ON_UPDATE_ACTION),
            deferrable: deferrable(node).unwrap_or_default(),
        })
    }

    fn period_columns(&self, list: &Node) -> Vec<Name> {
        let mut columns = self.child_names(list, Kind::COLUMN_NAME_REF);
        let period = child(list, Kind::PERIOD_COLUMN);
        columns.extend(period.and_then(|period| self.child_name(&period, Kind::COLUMN_NAME_REF)));
        columns
    }

    fn exclusion(&self, node: &Node) -> Vec<IndexPart> {
        let list = child(node, Kind::CONSTRAINT_EXCLUSION_LIST);
        list.iter()
            .flat_map(|list| children(list, Kind::CONSTRAINT_EXCLUSION))
            .filter_map(|item| self.index_part(&item))
            .collect()
    }

    /// The parts of an index, of a partition key.
    pub(super) fn index_parts(&self, list: &Node) -> Vec<IndexPart> {
        children(list, Kind::PARTITION_ITEM)
            .filter_map(|item| self.index_part(&item))
            .collect()
    }

    fn index_part(&self, item: &Node) -> Option<IndexPart> {
        let mut expression = self.child_expression(item)?;
        let mut collation = None;
        if let ExpressionKind::Collate {
            expression: inner,
            collation: path,
        } = expression.kind
        {
            collation = Some(path);
            expression = *inner;
        }
        Some(IndexPart {
            expression,
            collation,
            operator_class: self.child_path(item, Kind::OP_CLASS_REF),
            descending: has_child(item, Kind::SORT_DESC),
            nulls_first: if has_child(item, Kind::NULLS_FIRST) {
                Some(true)
            } else {
                has_child(item, Kind::NULLS_LAST).then_some(false)
            },
            length: None,
        })
    }
}

/// What `LIKE … INCLUDING` can name, but `ALL`.
const LIKE_PROPERTIES: [&str; 9] = [
    "comments",
    "compression",
    "constraints",
    "defaults",
    "generated",
    "identity",
    "indexes",
    "statistics",
    "storage",
];

/// `ALWAYS`, `BY DEFAULT`.
pub(super) fn identity_kind(node: &Node) -> Identity {
    if has_child(node, Kind::GENERATED_ALWAYS) || has(node, Kind::ALWAYS_KW) {
        Identity::Always
    } else {
        Identity::ByDefault
    }
}

/// `[NOT] DEFERRABLE`, `INITIALLY …`; none where nothing is said.
pub(super) fn deferrable(node: &Node) -> Option<Deferrable> {
    if has_child(node, Kind::INITIALLY_DEFERRED_CONSTRAINT_OPTION) {
        Some(Deferrable::Deferred)
    } else if has_child(node, Kind::DEFERRABLE_CONSTRAINT_OPTION) {
        Some(Deferrable::Immediate)
    } else {
        has_child(node, Kind::NOT_DEFERRABLE_CONSTRAINT_OPTION).then_some(Deferrable::No)
    }
}

fn referential_action(node: &Node, kind: Kind) -> Option<String> {
    let action = child(node, kind)?;
    let what = child_of(
        &action,
        &[
            Kind::NO_ACTION,
            Kind::RESTRICT,
            Kind::CASCADE,
            Kind::SET_NULL_COLUMNS,
            Kind::SET_DEFAULT_COLUMNS,
        ],
    )?;
    Some(match what.kind() {
        Kind::SET_NULL_COLUMNS => "SET NULL".to_owned(),
        Kind::SET_DEFAULT_COLUMNS => "SET DEFAULT".to_owned(),
        _ => words(&what),
    })
}

fn plain_part(name: Name) -> IndexPart {
    IndexPart {
        expression: Expression {
            range: name.range.clone(),
            kind: ExpressionKind::Column { table: None, name },
        },
        collation: None,
        operator_class: None,
        descending: false,
        nulls_first: None,
        length: None,
    }
}

/// A query of which nothing is known.
pub(super) fn unknown_query(range: std::ops::Range<usize>) -> Query {
    Query {
        range,
        recursive: false,
        with: Vec::new(),
        body: Body::Opaque,
        order_by: Vec::new(),
        limit: Vec::new(),
    }
}
