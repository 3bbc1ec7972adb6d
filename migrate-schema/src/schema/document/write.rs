//! A schema as a database of a document, in an order that depends on nothing but the schema.

use super::{meaning::dangles, short::written, types::is_ambiguous};
use crate::{
    Dialect,
    schema::{
        Check, Column, Deferrable, ForeignKey, Identity, Index, IndexOn, IndexPart, Key,
        ObjectName, Routine, RoutineKind, Schema, Table, TableKind, Trigger, Type, TypeShape, View,
        json::Json,
    },
};

/// An object, from the first member to the last.
#[derive(Default)]
struct Object(Vec<(String, Json)>);

impl Object {
    fn with(mut self, key: &str, value: Json) -> Self {
        self.0.push((key.to_owned(), value));
        self
    }

    fn text(self, key: &str, text: &str) -> Self {
        self.with(key, Json::Text(text.to_owned()))
    }

    fn optional(self, key: &str, text: Option<&String>) -> Self {
        match text {
            Some(text) => self.text(key, text),
            None => self,
        }
    }

    /// Written where it is true.
    fn flag(self, key: &str, flag: bool) -> Self {
        if flag {
            self.with(key, Json::Boolean(true))
        } else {
            self
        }
    }

    /// Written where there is something.
    fn list(self, key: &str, elements: Vec<Json>) -> Self {
        if elements.is_empty() {
            self
        } else {
            self.with(key, Json::Array(elements))
        }
    }

    fn texts(self, key: &str, texts: &[String]) -> Self {
        self.list(key, texts.iter().cloned().map(Json::Text).collect())
    }

    fn names(self, key: &str, names: &[ObjectName]) -> Self {
        self.list(
            key,
            names.iter().map(|name| Json::Text(written(name))).collect(),
        )
    }

    /// Members by name, in the order of the names. Written where there are some.
    fn map(self, key: &str, members: Vec<(String, Json)>) -> Self {
        if members.is_empty() {
            self
        } else {
            self.with(key, sorted(members))
        }
    }

    fn done(self) -> Json {
        Json::Object(self.0)
    }
}

fn sorted(mut members: Vec<(String, Json)>) -> Json {
    members.sort_by(|a, b| a.0.cmp(&b.0));
    Json::Object(members)
}

pub(super) fn database(schema: &Schema) -> Json {
    let in_order = |names: &[String]| {
        let mut names = names.to_vec();
        names.sort();
        names
    };
    let tables = schema.tables.iter();
    let tables = tables.map(|table| (written(&table.name), self::table(table, schema)));
    let views = schema.views.iter();
    let views = views.map(|view| (written(&view.name), self::view(view, schema.dialect)));
    let types = schema.types.iter();
    let types = types.map(|one| (written(&one.name), made_type(one)));
    let sequences = schema.sequences.iter().map(|one| {
        let object = Object::default().optional("definition", one.sql.as_ref());
        (written(&one.name), object.done())
    });
    let mut routines: Vec<&Routine> = schema.routines.iter().collect();
    routines.sort_by(|a, b| (&a.name, &a.arguments).cmp(&(&b.name, &b.arguments)));
    Object::default()
        .text("dialect", schema.dialect.name())
        .texts("namespaces", &in_order(&schema.namespaces))
        .texts("extensions", &in_order(&schema.extensions))
        .map("types", types.collect())
        .map("sequences", sequences.collect())
        .list("routines", routines.into_iter().map(routine).collect())
        .with("tables", sorted(tables.collect()))
        .map("views", views.collect())
        .texts("unknown", &in_order(&schema.unknown))
        .done()
}

fn table(table: &Table, schema: &Schema) -> Json {
    let dialect = schema.dialect;
    let columns = table
        .columns
        .iter()
        .map(|column| self::column(column, dialect));
    let object = match &table.kind {
        TableKind::Plain => Object::default(),
        TableKind::Other(sql) => Object::default().text("definition", sql),
        TableKind::Partitioned(by) => Object::default().text("partition_by", by),
        TableKind::Child { parents, bounds } => Object::default()
            .names("parents", parents)
            .optional("bounds", bounds.as_ref()),
    };
    let options = table.options.iter();
    let options = options.map(|(name, value)| (name.clone(), Json::Text(value.clone())));
    object
        .with("columns", Json::Array(columns.collect()))
        .with("indexes", Json::Array(indexes(&table.indexes)))
        .with("constraints", Json::Array(constraints(table, schema)))
        .list("triggers", triggers(&table.triggers, dialect))
        .flag("strict", table.strict)
        .flag("without_rowid", table.without_rowid)
        .map("options", options.collect())
        .optional("comment", table.comment.as_ref())
        .flag("open", table.open)
        .done()
}

fn column(column: &Column, dialect: Dialect) -> Json {
    let key = if is_ambiguous(&column.data_type, dialect) {
        "sql_type"
    } else {
        "type"
    };
    let mut object = Object::default()
        .text("name", &column.name)
        .text(key, &column.data_type)
        .with("nullable", Json::Boolean(column.nullable))
        .optional("default", column.default.as_ref());
    if let Some(generated) = &column.generated {
        let from = Object::default()
            .text("expression", &generated.expression)
            .flag("stored", generated.stored);
        object = object.with("generated", from.done());
    }
    match column.identity {
        Some(Identity::Always) => object = object.text("identity", "always"),
        Some(Identity::ByDefault) => object = object.text("identity", "by_default"),
        None => {}
    }
    object
        .flag("auto_increment", column.auto_increment)
        .optional("on_update", column.on_update.as_ref())
        .flag("invisible", column.invisible)
        .optional("collation", column.collation.as_ref())
        .optional("comment", column.comment.as_ref())
        .done()
}

fn constraints(table: &Table, schema: &Schema) -> Vec<Json> {
    let mut all = Vec::new();
    let key = |kind: &str, key: &Key| {
        constraint(key.name.as_ref(), kind)
            .list("columns", key.parts.iter().map(part).collect())
            .texts("include", &key.include)
            .flag("nulls_not_distinct", key.nulls_not_distinct)
            .optional("deferrable", deferrable(key.deferrable).as_ref())
            .optional("on_conflict", key.on_conflict.as_ref())
            .done()
    };
    all.extend(table.primary_key.iter().map(|one| key("primary_key", one)));
    all.extend(by_text(table.uniques.iter().map(|one| key("unique", one))));
    all.extend(by_text(
        table
            .foreign_keys
            .iter()
            .map(|one| foreign_key(one, schema)),
    ));
    all.extend(by_text(table.checks.iter().map(check)));
    let exclusion = |one: &crate::schema::Exclusion| {
        constraint(one.name.as_ref(), "exclude")
            .text("definition", &one.definition)
            .done()
    };
    all.extend(by_text(table.exclusions.iter().map(exclusion)));
    all
}

/// What has no order of its own, in that of its text, so that it does not depend on who was made first.
fn by_text(all: impl Iterator<Item = Json>) -> Vec<Json> {
    let mut all: Vec<Json> = all.collect();
    all.sort_by_cached_key(Json::to_string);
    all
}

fn constraint(name: Option<&String>, kind: &str) -> Object {
    Object::default().optional("name", name).text("type", kind)
}

fn foreign_key(key: &ForeignKey, schema: &Schema) -> Json {
    let references = Object::default()
        .text("table", &written(&key.table))
        .texts("columns", &key.referred);
    constraint(key.name.as_ref(), "foreign_key")
        .texts("columns", &key.columns)
        .with("references", references.done())
        .optional("on_delete", key.on_delete.as_ref())
        .optional("on_update", key.on_update.as_ref())
        .optional("deferrable", deferrable(key.deferrable).as_ref())
        .flag("not_valid", key.not_valid)
        .flag("dangling", dangles(schema, key))
        .done()
}

fn check(check: &Check) -> Json {
    constraint(check.name.as_ref(), "check")
        .text("expression", &check.expression)
        .optional("column", check.column.as_ref())
        .flag("no_inherit", check.no_inherit)
        .flag("not_valid", check.not_valid)
        .done()
}

fn deferrable(deferrable: Deferrable) -> Option<String> {
    let word = match deferrable {
        Deferrable::No => return None,
        Deferrable::Immediate => "immediate",
        Deferrable::Deferred => "deferred",
    };
    Some(word.to_owned())
}

fn indexes(indexes: &[Index]) -> Vec<Json> {
    let mut indexes: Vec<&Index> = indexes.iter().collect();
    indexes.sort_by(|a, b| a.name.cmp(&b.name));
    indexes.into_iter().map(index).collect()
}

fn index(index: &Index) -> Json {
    Object::default()
        .text("name", &index.name)
        .list("columns", index.parts.iter().map(part).collect())
        .with("unique", Json::Boolean(index.unique))
        .optional("method", index.method.as_ref())
        .texts("include", &index.include)
        .flag("nulls_not_distinct", index.nulls_not_distinct)
        .optional("where", index.predicate.as_ref())
        .optional("comment", index.comment.as_ref())
        .done()
}

fn part(part: &IndexPart) -> Json {
    let object = match &part.on {
        IndexOn::Column(name) if *part == IndexPart::column(name) => {
            return Json::Text(name.clone());
        }
        IndexOn::Column(name) => Object::default().text("column", name),
        IndexOn::Expression(expression) => Object::default().text("expression", expression),
    };
    let object = object
        .optional("collation", part.collation.as_ref())
        .optional("operator_class", part.operator_class.as_ref())
        .flag("descending", part.descending);
    let object = match part.nulls_first {
        Some(true) => object.text("nulls", "first"),
        Some(false) => object.text("nulls", "last"),
        None => object,
    };
    match part.length {
        Some(length) => object.with("length", Json::Number(length.into())).done(),
        None => object.done(),
    }
}

fn triggers(triggers: &[Trigger], dialect: Dialect) -> Vec<Json> {
    let mut triggers: Vec<&Trigger> = triggers.iter().collect();
    // On MySQL they fire in the order in which they were made.
    if dialect != Dialect::Mysql {
        triggers.sort_by(|a, b| a.name.cmp(&b.name));
    }
    let trigger = |one: &Trigger| {
        Object::default()
            .text("name", &one.name)
            .text("definition", &one.sql)
            .done()
    };
    triggers.into_iter().map(trigger).collect()
}

fn view(view: &View, dialect: Dialect) -> Json {
    let columns = view
        .columns
        .iter()
        .map(|column| self::column(column, dialect));
    let mut reads = view.reads.clone();
    reads.sort();
    Object::default()
        .flag("materialized", view.materialized)
        .texts("column_names", &view.column_names)
        .list("columns", columns.collect())
        .text("query", &view.query)
        .names("reads", &reads)
        .list("indexes", indexes(&view.indexes))
        .list("triggers", triggers(&view.triggers, dialect))
        .optional("comment", view.comment.as_ref())
        .done()
}

fn made_type(made: &Type) -> Json {
    match &made.shape {
        TypeShape::Enum(labels) => {
            let labels = labels.iter().cloned().map(Json::Text).collect();
            Object::default().with("enum", Json::Array(labels)).done()
        }
        TypeShape::Composite(attributes) => {
            let attribute = |(name, data_type): &(String, String)| {
                Object::default()
                    .text("name", name)
                    .text("type", data_type)
                    .done()
            };
            let attributes = attributes.iter().map(attribute).collect();
            Object::default()
                .with("composite", Json::Array(attributes))
                .done()
        }
        TypeShape::Domain {
            base,
            not_null,
            default,
            checks,
        } => {
            let check = |(name, expression): &(Option<String>, String)| {
                Object::default()
                    .optional("name", name.as_ref())
                    .text("expression", expression)
                    .done()
            };
            let domain = Object::default()
                .text("base", base)
                .flag("not_null", *not_null)
                .optional("default", default.as_ref())
                .list("checks", by_text(checks.iter().map(check)));
            Object::default().with("domain", domain.done()).done()
        }
        TypeShape::Other(sql) => Object::default()
            .optional("definition", sql.as_ref())
            .done(),
    }
}

fn routine(routine: &Routine) -> Json {
    let kind = match routine.kind {
        RoutineKind::Function => "function",
        RoutineKind::Procedure => "procedure",
        RoutineKind::Aggregate => "aggregate",
    };
    Object::default()
        .text("name", &written(&routine.name))
        .text("kind", kind)
        .texts("arguments", &routine.arguments)
        .text("definition", &routine.sql)
        .done()
}
