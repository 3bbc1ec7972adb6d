//! Triggers.

use std::sync::Arc;

use super::Findings;
use crate::{
    Code, Dialect, Finding,
    catalog::{
        Catalog, Class, Lookup, Node, Relation, RelationKind, Trigger, Use, query, store::Fact,
    },
    nearest,
    tree::{CreateTrigger, Name, ObjectKind, Path, Target, TriggerBody, TriggerEvent, TriggerTime},
};

impl Catalog {
    pub(super) fn create_trigger(&mut self, trigger: &CreateTrigger, findings: &mut Findings) {
        let Some((key, table)) = self.to_alter(&trigger.table, ObjectKind::Table, false, findings)
        else {
            return;
        };
        let name = &trigger.name.name;
        if let Some(own) = self
            .trigger_of_name(&table, trigger)
            .filter(|_| !table.open)
        {
            if trigger.if_not_exists {
                return;
            }
            if !trigger.or_replace {
                let by = ("a trigger", own.origin);
                findings.push(self.already(by, name, "drop it first, or write another name"));
                return;
            }
        }
        self.check_trigger_kind(&table, trigger, findings);
        for event in &trigger.events {
            if let TriggerEvent::Update(columns) = event
                && self.dialect() == Dialect::Postgres
            {
                for column in columns {
                    self.own_column(&table, column, findings);
                }
            }
        }
        if let TriggerBody::Function(path) = &trigger.body
            && matches!(self.functions(path), Lookup::Absent)
            && crate::catalog::builtin::function(self.dialect(), &path.name.text).is_none()
        {
            findings.extend(self.no_such_function(path, "function"));
        }
        if findings.refuse() {
            return;
        }
        let made = Trigger {
            name: name.text.clone(),
            time: trigger.time,
            events: trigger.events.clone(),
            when: trigger.when.clone(),
            body: trigger.body.clone(),
            uses: self.uses_of_trigger(trigger, &key),
            definition: self.definition(&trigger.name, Some(&trigger.table)),
            origin: self.origin(),
        };
        let faults = query::trigger(self, &table, trigger, findings.sql);
        let broken = !faults.is_empty();
        findings.extend(faults);
        if findings.refuse() {
            return;
        }
        let mut draft = table.as_ref().clone();
        draft
            .triggers
            .retain(|own| !self.same(&own.name, &name.text));
        draft.triggers.push(Arc::new(made));
        let node = (key.0.clone(), self.fold(&name.text));
        self.unbury(Class::Trigger, &node);
        if broken {
            self.store.mark_stale(key.clone());
        }
        self.set(Fact::Relation(key, Some(Arc::new(draft))));
    }

    fn uses_of_trigger(&self, trigger: &CreateTrigger, key: &crate::catalog::Key) -> Vec<Use> {
        match &trigger.body {
            TriggerBody::Function(path) => {
                let function = self.function_key(path);
                (function.into_iter())
                    .map(|key| Use::of(Class::Function, key))
                    .collect()
            }
            TriggerBody::Statements(actions) => self.uses_of_body(actions, key),
            TriggerBody::Opaque { .. } => Vec::new(),
        }
    }

    /// The trigger that has this name already.
    fn trigger_of_name<'a>(
        &'a self,
        table: &'a Relation,
        trigger: &CreateTrigger,
    ) -> Option<&'a Arc<Trigger>> {
        if self.dialect() == Dialect::Postgres {
            return self.trigger(table, &trigger.name.name.text);
        }
        match self.trigger_by_name(&trigger.name) {
            Lookup::Known(owner) => self.trigger(owner, &trigger.name.name.text),
            _ => None,
        }
    }

    fn check_trigger_kind(
        &self,
        table: &Relation,
        trigger: &CreateTrigger,
        findings: &mut Findings,
    ) {
        if !table.is_surely_its_kind() {
            return;
        }
        let wrong = match (table.kind, trigger.time) {
            (RelationKind::View, TriggerTime::InsteadOf) => return,
            (RelationKind::View, _) if self.dialect() == Dialect::Sqlite => {
                "a view can only have INSTEAD OF triggers"
            }
            (RelationKind::View, _) if self.dialect() == Dialect::Mysql => {
                "a view cannot have triggers"
            }
            (RelationKind::View, _) => return,
            (RelationKind::MaterializedView, _) => "a materialized view cannot have triggers",
            (RelationKind::VirtualTable, _) => "a virtual table cannot have triggers",
            (RelationKind::Sequence, _) => "a sequence cannot have triggers",
            (_, TriggerTime::InsteadOf) => "only a view can have INSTEAD OF triggers",
            _ => return,
        };
        let message = format!("{wrong}: `{}`", table.name);
        findings.push(Finding::new(
            Code::InvalidDefinition,
            message,
            trigger.table.range(),
        ));
    }

    pub(super) fn drop_trigger(
        &mut self,
        target: &Target,
        if_exists: bool,
        findings: &mut Findings,
    ) {
        let name = &target.path.name;
        let relation = match &target.on {
            Some(on) => {
                if if_exists && matches!(self.relation(on), Lookup::Absent) {
                    return;
                }
                let Some(relation) = self.existing(on, "table", findings) else {
                    return;
                };
                relation.as_ref().clone()
            }
            None => match self.trigger_by_name(&target.path) {
                Lookup::Known(relation) => relation.clone(),
                Lookup::Unknown => return,
                Lookup::Absent => {
                    if !if_exists {
                        findings.push(self.no_such_trigger(&target.path));
                    }
                    return;
                }
            },
        };
        if self.trigger(&relation, &name.text).is_none() {
            if !if_exists && !relation.open {
                findings.push(self.no_such_trigger_on(&relation, name));
            }
            return;
        }
        let mut draft = relation;
        draft
            .triggers
            .retain(|own| !self.same(&own.name, &name.text));
        self.remember(&mut draft, ObjectKind::Trigger, &name.text, None);
        let key = self.key_of(&draft);
        let grave = (key.0.clone(), self.fold(&name.text));
        self.set(Fact::Relation(key, Some(Arc::new(draft))));
        self.bury_key(Class::Trigger, &grave, None);
    }

    /// What to say of a trigger that is not there, where its name is the schema's.
    pub(super) fn no_such_trigger(&self, path: &Path) -> Finding {
        let message = format!("no such trigger: {path}");
        let candidates = self.candidates(Class::Trigger, path);
        if let Some(finding) = self.buried(
            Code::NoSuchObject,
            &message,
            path.range(),
            Class::Trigger,
            &candidates,
        ) {
            return finding;
        }
        let names = self
            .store
            .owners()
            .keys()
            .filter(|node: &&Node| node.class == Class::Trigger);
        let near = nearest(&path.name.text, names.map(|node| node.key.1.as_str()));
        let finding = Finding::new(Code::NoSuchObject, message, path.range());
        match near {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding,
        }
    }

    /// `ALTER TRIGGER … RENAME TO`.
    pub(super) fn rename_trigger(
        &mut self,
        on: &Path,
        from: &Name,
        to: &Name,
        findings: &mut Findings,
    ) {
        let Some(relation) = self.existing(on, "table", findings) else {
            return;
        };
        if self.trigger(&relation, &from.text).is_none() {
            if !relation.open {
                findings.push(self.no_such_trigger_on(&relation, from));
            }
            return;
        }
        if let Some(other) = self.trigger(&relation, &to.text) {
            findings.push(self.already(("a trigger", other.origin), to, ""));
            return;
        }
        let mut draft = relation.as_ref().clone();
        for trigger in &mut draft.triggers {
            if self.same(&trigger.name, &from.text) {
                Arc::make_mut(trigger).name.clone_from(&to.text);
            }
        }
        self.remember(&mut draft, ObjectKind::Trigger, &from.text, Some(&to.text));
        let key = self.key_of(&draft);
        self.set(Fact::Relation(key, Some(Arc::new(draft))));
    }
}
