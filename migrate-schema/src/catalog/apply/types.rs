//! Types and domains.

use std::sync::Arc;

use super::{Findings, rewrite};
use crate::{
    Code, Finding,
    catalog::{
        Catalog, Class, ConstraintKind, Key, Lookup, Node, Relation, Text, Type, Use, store::Fact,
    },
    nearest,
    tree::{Alter, AlterType, Behavior, ColumnChange, CreateType, Name, Path, Target, TypeShape},
};

impl Catalog {
    pub(super) fn create_type(&mut self, ty: &CreateType, findings: &mut Findings) {
        let key = self.new_key(Class::Type, &ty.name, false);
        self.check_schema(&ty.name, findings);
        if let Some(own) = self.store.types().get(&key)
            && self.is_certain(&key.1, own.known_since)
            && !self.path_is_uncertain(&ty.name)
        {
            findings.push(self.already(("a type", own.origin), &ty.name.name, ""));
            return;
        }
        if let Some(relation) = self.relation_by_key(&key)
            && relation.kind != crate::catalog::RelationKind::Sequence
            && !self.path_is_uncertain(&ty.name)
        {
            let by = ("a table, which is a type too,", relation.origin);
            findings.push(self.already(by, &ty.name.name, ""));
            return;
        }
        let uses = self.check_shape(&ty.shape, findings);
        if findings.refuse() {
            return;
        }
        let known_since = self.tick();
        let made = Type {
            schema: key.0.clone(),
            name: ty.name.name.text.clone(),
            shape: ty.shape.clone(),
            open: matches!(ty.shape, TypeShape::Other),
            uses,
            texts: self.texts_of(&ty.shape),
            definition: self.definition(&ty.name, None),
            made: known_since,
            origin: self.origin(),
            known_since,
        };
        self.unbury(Class::Type, &key);
        self.set(Fact::Type(key, Some(Arc::new(made))));
    }

    fn check_shape(&self, shape: &TypeShape, findings: &mut Findings) -> Vec<Use> {
        match shape {
            TypeShape::Enum(labels) => {
                for (at, label) in labels.iter().enumerate() {
                    if labels[..at].iter().any(|other| other.text == label.text) {
                        let message = format!("the label `{label}` stands there twice");
                        findings.push(
                            Finding::new(Code::AlreadyExists, message, label.range.clone())
                                .help("leave one of them out"),
                        );
                    }
                }
                Vec::new()
            }
            TypeShape::Composite(columns) => {
                let mut uses = Vec::new();
                for (at, column) in columns.iter().enumerate() {
                    if columns[..at]
                        .iter()
                        .any(|other| other.name.text == column.name.text)
                    {
                        let message = format!("the attribute `{}` stands there twice", column.name);
                        findings.push(Finding::new(
                            Code::DuplicateColumn,
                            message,
                            column.name.range.clone(),
                        ));
                    }
                    if let Some(ty) = &column.ty {
                        self.check_type(ty, false, findings);
                        uses.extend(self.type_uses(ty));
                    }
                }
                uses
            }
            TypeShape::Domain { base, checks, .. } => {
                self.check_type(base, false, findings);
                for (_, check) in checks {
                    self.check_expression(
                        None,
                        check,
                        crate::catalog::query::Context::Check,
                        findings,
                    );
                }
                self.type_uses(base)
            }
            TypeShape::Other => Vec::new(),
        }
    }

    /// The type that a statement changes, or that it is not there.
    fn existing_type(&self, path: &Path, findings: &mut Findings) -> Option<(Key, Type)> {
        match self.type_(path) {
            Lookup::Known(ty) => Some((self.type_key(path)?, ty.clone())),
            Lookup::Unknown => None,
            Lookup::Absent => {
                let built_in = crate::catalog::builtin::is_type(self.dialect(), &path.name.text);
                let is_table = !matches!(self.relation(path), Lookup::Absent);
                if built_in == Some(false) && !is_table {
                    findings.extend(self.no_such_type(path));
                }
                None
            }
        }
    }

    pub(super) fn alter_type(&mut self, alter: &AlterType, findings: &mut Findings) {
        match alter {
            AlterType::AddValue {
                name,
                label,
                if_not_exists,
                beside,
                before,
            } => {
                let beside = beside.as_ref().map(|beside| (beside, *before));
                self.add_value(name, label, *if_not_exists, beside, findings);
            }
            AlterType::RenameValue { name, from, to } => {
                self.change_labels(name, findings, |catalog, ty, labels, findings| {
                    if labels.iter().any(|label| label.text == to.text) {
                        let by = ("a label", ty.origin);
                        findings.push(catalog.already(by, to, ""));
                    }
                    match labels.iter_mut().find(|label| label.text == from.text) {
                        Some(label) => label.text.clone_from(&to.text),
                        None => findings.push(no_such_label(ty, labels, from)),
                    }
                });
            }
            AlterType::Attributes(alter) => self.alter_attributes(alter, findings),
            AlterType::AddConstraint {
                name,
                constraint,
                check,
            } => {
                let Some((key, mut ty)) = self.existing_type(name, findings) else {
                    return;
                };
                if let (TypeShape::Domain { checks, .. }, Some(check)) = (&mut ty.shape, check) {
                    checks.push((constraint.clone(), check.as_ref().clone()));
                    ty.texts.1.push(self.text());
                }
                self.set(Fact::Type(key, Some(Arc::new(ty))));
            }
            AlterType::DropConstraint {
                name,
                constraint,
                if_exists,
            } => self.change_domain(name, constraint, findings, |ty, at| match at {
                Some(at) => {
                    if let TypeShape::Domain { checks, .. } = &mut ty.shape {
                        checks.remove(at);
                    }
                    if at < ty.texts.1.len() {
                        ty.texts.1.remove(at);
                    }
                    true
                }
                None => *if_exists,
            }),
            AlterType::Domain { name, change } => self.alter_domain(name, change, findings),
            AlterType::RenameConstraint { name, from, to } => {
                self.change_domain(name, from, findings, |ty, at| match at {
                    Some(at) => {
                        if let TypeShape::Domain { checks, .. } = &mut ty.shape {
                            checks[at].0 = Some(to.clone());
                        }
                        true
                    }
                    None => false,
                });
            }
            AlterType::Other { name } => {
                self.existing_type(name, findings);
            }
        }
    }

    fn add_value(
        &mut self,
        name: &Path,
        label: &Name,
        if_not_exists: bool,
        beside: Option<(&Name, bool)>,
        findings: &mut Findings,
    ) {
        self.change_labels(name, findings, |catalog, ty, labels, findings| {
            if labels.iter().any(|own| own.text == label.text) {
                if !if_not_exists {
                    let by = ("a label", ty.origin);
                    let mut finding = catalog.already(
                        by,
                        label,
                        "write `IF NOT EXISTS` if it may be there already",
                    );
                    finding.message =
                        format!("the type `{}` already has the label `{label}`", ty.name);
                    findings.push(finding);
                }
                return;
            }
            let Some((beside, before)) = beside else {
                labels.push(label.clone());
                return;
            };
            match labels.iter().position(|own| own.text == beside.text) {
                Some(at) => labels.insert(if before { at } else { at + 1 }, label.clone()),
                None => findings.push(no_such_label(ty, labels, beside)),
            }
        });
    }

    fn change_labels(
        &mut self,
        name: &Path,
        findings: &mut Findings,
        change: impl FnOnce(&Self, &Type, &mut Vec<Name>, &mut Findings),
    ) {
        let Some((key, mut ty)) = self.existing_type(name, findings) else {
            return;
        };
        let TypeShape::Enum(labels) = &ty.shape else {
            if !ty.open {
                let message = format!("`{}` is no enum: it has no labels", ty.name);
                findings.push(Finding::new(Code::InvalidDefinition, message, name.range()));
            }
            return;
        };
        let mut labels = labels.clone();
        change(self, &ty, &mut labels, findings);
        if findings.refuse() {
            return;
        }
        ty.shape = TypeShape::Enum(labels);
        self.set(Fact::Type(key, Some(Arc::new(ty))));
    }

    fn change_domain(
        &mut self,
        name: &Path,
        constraint: &Name,
        findings: &mut Findings,
        change: impl FnOnce(&mut Type, Option<usize>) -> bool,
    ) {
        let Some((key, mut ty)) = self.existing_type(name, findings) else {
            return;
        };
        let title = ty.name.clone();
        if let TypeShape::Domain { checks, .. } = &ty.shape {
            let mut names = checks.iter().map(|check| check.0.as_ref());
            let at = names.position(|own| own.is_some_and(|own| own.text == constraint.text));
            // A check without a name has one that the engine chose.
            let generated = constraint.text.starts_with(&format!("{title}_check"));
            if !change(&mut ty, at) && !generated {
                let message = format!("no such constraint: {constraint} on the domain `{title}`");
                let finding =
                    Finding::new(Code::NoSuchConstraint, message, constraint.range.clone());
                findings.push(finding);
                return;
            }
        }
        self.set(Fact::Type(key, Some(Arc::new(ty))));
    }

    /// The texts of the parts of a type that is made.
    fn texts_of(&self, shape: &TypeShape) -> (Text, Vec<Text>) {
        let parts = match shape {
            TypeShape::Composite(columns) => columns.len(),
            TypeShape::Domain { checks, .. } => checks.len(),
            TypeShape::Enum(_) | TypeShape::Other => 0,
        };
        (self.text(), vec![self.text(); parts])
    }

    /// `ALTER DOMAIN … SET DEFAULT`, `SET NOT NULL` and their kin.
    fn alter_domain(&mut self, name: &Path, change: &ColumnChange, findings: &mut Findings) {
        let Some((key, mut ty)) = self.existing_type(name, findings) else {
            return;
        };
        let text = self.text();
        if let TypeShape::Domain {
            not_null, default, ..
        } = &mut ty.shape
        {
            match change {
                ColumnChange::SetDefault(expression) => {
                    *default = Some(Box::new(expression.clone()));
                    ty.texts.0 = text;
                }
                ColumnChange::DropDefault => *default = None,
                ColumnChange::SetNotNull => *not_null = true,
                ColumnChange::DropNotNull => *not_null = false,
                _ => {}
            }
        }
        self.set(Fact::Type(key, Some(Arc::new(ty))));
    }

    /// `ADD`, `DROP`, `RENAME ATTRIBUTE`.
    fn alter_attributes(&mut self, alter: &crate::tree::AlterTable, findings: &mut Findings) {
        let Some((key, mut ty)) = self.existing_type(&alter.name, findings) else {
            return;
        };
        let title = ty.name.clone();
        let TypeShape::Composite(columns) = &mut ty.shape else {
            return;
        };
        let missing = |name: &Name, columns: &[crate::tree::Column]| {
            let names = columns.iter().map(|column| column.name.text.as_str());
            let message = format!("no such attribute: {title}.{name}");
            let finding = Finding::new(Code::NoSuchColumn, message, name.range.clone());
            match nearest(&name.text, names) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding,
            }
        };
        for change in &alter.changes {
            match change {
                Alter::AddColumn { column, .. } => {
                    if columns.iter().any(|own| own.name.text == column.name.text) {
                        let message = format!(
                            "the type `{title}` already has an attribute `{}`",
                            column.name
                        );
                        findings.push(Finding::new(
                            Code::DuplicateColumn,
                            message,
                            column.name.range.clone(),
                        ));
                    } else {
                        columns.push(column.as_ref().clone());
                        ty.texts.1.push(self.text());
                    }
                }
                Alter::DropColumn {
                    name, if_exists, ..
                } => {
                    if !if_exists && columns.iter().all(|own| own.name.text != name.text) {
                        findings.push(missing(name, columns));
                    }
                    let at = columns.iter().position(|own| own.name.text == name.text);
                    if let Some(at) = at {
                        columns.remove(at);
                        if at < ty.texts.1.len() {
                            ty.texts.1.remove(at);
                        }
                    }
                }
                Alter::RenameColumn { from, to } => {
                    match columns.iter().position(|own| own.name.text == from.text) {
                        Some(at) => columns[at].name = to.clone(),
                        None => findings.push(missing(from, columns)),
                    }
                }
                Alter::AlterColumn { name, change } => {
                    match columns.iter().position(|own| own.name.text == name.text) {
                        None => findings.push(missing(name, columns)),
                        Some(at) => {
                            if let ColumnChange::Type { ty: new, .. } = change {
                                columns[at].ty = Some(new.clone());
                                if let Some(text) = ty.texts.1.get_mut(at) {
                                    *text = self.text();
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        if !findings.refuse() {
            self.set(Fact::Type(key, Some(Arc::new(ty))));
        }
    }

    pub(super) fn drop_type(
        &mut self,
        target: &Target,
        (if_exists, behavior): (bool, Behavior),
        findings: &mut Findings,
    ) {
        let path = &target.path;
        if matches!(self.type_(path), Lookup::Absent) && if_exists {
            return;
        }
        if matches!(self.type_(path), Lookup::Unknown) {
            if let Some(key) = self.type_key(path) {
                self.set(Fact::Type(key, None));
            }
            self.bury_name(Class::Type, path);
            return;
        }
        let Some((key, ty)) = self.existing_type(path, findings) else {
            return;
        };
        let node = Node::new(Class::Type, key.clone());
        if behavior != Behavior::Cascade
            && let Some(user) = self.user_of_node(&node)
        {
            let noun = target.kind.noun();
            let message = format!("the {noun} `{}` is still used by {user}", ty.name);
            findings.push(
                Finding::new(Code::StillReferenced, message, path.range())
                    .help("drop that first, or write CASCADE to drop it too"),
            );
            return;
        }
        let dependents: Vec<Node> = self.store.dependents(&node).cloned().collect();
        self.set(Fact::Type(key.clone(), None));
        self.bury_key(Class::Type, &key, None);
        for dependent in dependents {
            self.cascade_to(&dependent, &node);
        }
    }

    /// Something that needs a type or a function, in words.
    pub(super) fn user_of_node(&self, node: &Node) -> Option<String> {
        let needs = |uses: &[Use]| uses.iter().any(|one| one.node == *node);
        for dependent in self.dependents(node) {
            match dependent.class {
                Class::Relation => {
                    let Some(relation) = self.relation_by_key(&dependent.key) else {
                        continue;
                    };
                    let name = &relation.name;
                    if relation.kind.is_view() && needs(&relation.uses) {
                        return Some(format!("the {} `{name}`", relation.kind.noun()));
                    }
                    if let Some(column) = relation.columns.iter().find(|one| needs(&one.uses)) {
                        return Some(format!("the column `{name}.{}`", column.name));
                    }
                    if let Some(one) = relation.triggers.iter().find(|one| needs(&one.uses)) {
                        return Some(format!("the trigger `{}` of `{name}`", one.name));
                    }
                    if let Some(one) = relation.constraints.iter().find(|one| needs(&one.uses)) {
                        return Some(format!("the constraint `{}` of `{name}`", one.name));
                    }
                    if let Some(one) = relation.indexes.iter().find(|one| needs(&one.uses)) {
                        return Some(format!("the index `{}` of `{name}`", one.name));
                    }
                }
                Class::Type => return Some(format!("the type `{}`", dependent.key.1)),
                Class::Function => return Some(format!("the function `{}`", dependent.key.1)),
                _ => {}
            }
        }
        None
    }

    /// What `CASCADE` does to something that needs a type or a function which is gone.
    pub(super) fn cascade_to(&mut self, dependent: &Node, node: &Node) {
        match dependent.class {
            Class::Relation => {}
            Class::Type => {
                self.set(Fact::Type(dependent.key.clone(), None));
                self.bury_key(Class::Type, &dependent.key, None);
                return;
            }
            Class::Function => {
                self.set(Fact::Functions(dependent.key.clone(), None));
                self.bury_key(Class::Function, &dependent.key, None);
                return;
            }
            _ => return,
        }
        let Some(relation) = self.store.relations().get(&dependent.key).cloned() else {
            return;
        };
        let needs = |uses: &[Use]| uses.iter().any(|one| one.node == *node);
        if relation.kind.is_view() && needs(&relation.uses) {
            self.drop_with_dependents(&dependent.key);
            return;
        }
        let mut draft = relation.as_ref().clone();
        if node.class == Class::Type {
            draft.columns.retain(|column| !needs(&column.uses));
        } else {
            for column in &mut draft.columns {
                if needs(&column.uses) {
                    let column = Arc::make_mut(column);
                    column.default = None;
                    column.uses.retain(|one| one.node != *node);
                }
            }
        }
        draft.triggers.retain(|one| !needs(&one.uses));
        draft.constraints.retain(|one| !needs(&one.uses));
        draft.indexes.retain(|one| !needs(&one.uses));
        self.set(Fact::Relation(dependent.key.clone(), Some(Arc::new(draft))));
    }

    /// `ALTER TYPE … RENAME TO`.
    pub(super) fn rename_type(&mut self, path: &Path, to: &Path, findings: &mut Findings) {
        let before = findings.len();
        let Some((key, mut ty)) = self.existing_type(path, findings) else {
            if findings.len() == before {
                self.poison(&[path.name.text.clone(), to.name.text.clone()]);
            }
            return;
        };
        let schema = match &to.schema {
            Some(schema) => schema.text.clone(),
            None => key.0.clone(),
        };
        let new = (schema, self.fold(&to.name.text));
        if new == key && to.schema.is_some() {
            return;
        }
        if let Some(other) = self.store.types().get(&new) {
            findings.push(self.already(("a type", other.origin), &to.name, ""));
            return;
        }
        ty.schema.clone_from(&new.0);
        ty.name.clone_from(&to.name.text);
        ty.known_since = self.tick();
        let node = Node::new(Class::Type, key.clone());
        let renamed = Node::new(Class::Type, new.clone());
        let dependents: Vec<Node> = self.store.dependents(&node).cloned().collect();
        self.set(Fact::Type(key.clone(), None));
        self.bury_key(Class::Type, &key, Some(&to.name.text));
        self.unbury(Class::Type, &new);
        self.set(Fact::Type(new, Some(Arc::new(ty))));
        for dependent in dependents {
            self.replace_use(&dependent, &node, &renamed);
        }
    }

    /// A type or function has another name now.
    pub(super) fn replace_use(&mut self, dependent: &Node, from: &Node, to: &Node) {
        let replace = |uses: &mut Vec<Use>| {
            for one in uses {
                if one.node == *from {
                    one.node = to.clone();
                }
            }
        };
        let needs = |uses: &[Use]| uses.iter().any(|one| one.node == *from);
        match dependent.class {
            Class::Relation => {
                let Some(relation) = self.store.relations().get(&dependent.key) else {
                    return;
                };
                let mut draft = relation.as_ref().clone();
                replace(&mut draft.uses);
                if self.keeps_texts {
                    rename_inside(&mut draft, from, to);
                }
                for one in draft.columns.iter_mut().filter(|one| needs(&one.uses)) {
                    let column = Arc::make_mut(one);
                    replace(&mut column.uses);
                    if let Some(ty) = &mut column.ty
                        && from.class == Class::Type
                        && ty.path.name.text == from.key.1
                    {
                        ty.path.name.text.clone_from(&to.key.1);
                    }
                }
                for one in draft.triggers.iter_mut().filter(|one| needs(&one.uses)) {
                    replace(&mut Arc::make_mut(one).uses);
                }
                for one in draft.constraints.iter_mut().filter(|one| needs(&one.uses)) {
                    replace(&mut Arc::make_mut(one).uses);
                }
                for one in draft.indexes.iter_mut().filter(|one| needs(&one.uses)) {
                    replace(&mut Arc::make_mut(one).uses);
                }
                self.set(Fact::Relation(dependent.key.clone(), Some(Arc::new(draft))));
            }
            Class::Type => {
                if let Some(ty) = self.store.types().get(&dependent.key) {
                    let mut ty = ty.as_ref().clone();
                    replace(&mut ty.uses);
                    self.set(Fact::Type(dependent.key.clone(), Some(Arc::new(ty))));
                }
            }
            Class::Function => {
                if let Some(all) = self.store.functions().get(&dependent.key) {
                    let mut all = all.as_ref().clone();
                    all.iter_mut().for_each(|one| replace(&mut one.uses));
                    self.set(Fact::Functions(dependent.key.clone(), Some(Arc::new(all))));
                }
            }
            _ => {}
        }
    }
}

/// Gives a type or a function another name in all expressions of a relation.
struct Inside<'a> {
    from: &'a Node,
    to: &'a Node,
}

impl rewrite::Rewriter for Inside<'_> {
    fn table(&mut self, _path: &mut Path) {}
    fn column(&mut self, _table: &mut Option<Path>, _name: &mut Name) {}
    fn target(&mut self, _table: &Path, _name: &mut Name) {}
    fn own(&mut self, _name: &Name) {}
    fn nested(&mut self) {}
    fn ty(&mut self, ty: &mut crate::tree::TypeName) {
        if self.from.class == Class::Type && ty.path.name.text == self.from.key.1 {
            ty.path.name.text.clone_from(&self.to.key.1);
        }
    }
    fn call(&mut self, name: &mut Path) {
        if self.from.class == Class::Function && name.name.text == self.from.key.1 {
            name.name.text.clone_from(&self.to.key.1);
        }
    }
}

fn rename_inside(draft: &mut Relation, from: &Node, to: &Node) {
    let mut renamer = Inside { from, to };
    for column in &mut draft.columns {
        let column = Arc::make_mut(column);
        if let Some(one) = &mut column.default {
            rewrite::expression(one, &mut renamer);
        }
        if let Some(one) = &mut column.generated {
            rewrite::expression(&mut one.expression, &mut renamer);
        }
    }
    for constraint in &mut draft.constraints {
        if let ConstraintKind::Check(one) = &mut Arc::make_mut(constraint).kind {
            rewrite::expression(one, &mut renamer);
        }
    }
    for index in &mut draft.indexes {
        let index = Arc::make_mut(index);
        let parts = index.parts.iter_mut().map(|part| &mut part.expression);
        for one in parts.chain(&mut index.predicate) {
            rewrite::expression(one, &mut renamer);
        }
    }
    for trigger in &mut draft.triggers {
        let trigger = Arc::make_mut(trigger);
        if let Some(one) = &mut trigger.when {
            rewrite::expression(one, &mut renamer);
        }
        if let crate::tree::TriggerBody::Function(name) = &mut trigger.body {
            rewrite::Rewriter::call(&mut renamer, name);
        }
    }
    if let Some(query) = &mut draft.query {
        rewrite::query(Arc::make_mut(query), &mut renamer);
    }
}

fn no_such_label(ty: &Type, labels: &[Name], name: &Name) -> Finding {
    let message = format!("the type `{}` has no label `{name}`", ty.name);
    let finding = Finding::new(Code::NoSuchObject, message, name.range.clone());
    match nearest(&name.text, labels.iter().map(|label| label.text.as_str())) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding,
    }
}
