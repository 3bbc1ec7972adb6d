//! Sequences.

use std::sync::Arc;

use super::Findings;
use crate::{
    catalog::{Catalog, Class, Key, Lookup, RelationKind, store::Fact},
    tree::{AlterSequence, CreateSequence, Name, Path},
};

impl Catalog {
    pub(super) fn create_sequence(&mut self, sequence: &CreateSequence, findings: &mut Findings) {
        let key = self.new_key(Class::Relation, &sequence.name, sequence.temporary);
        self.check_schema(&sequence.name, findings);
        if let Some(by) = self.name_in_schema(&key) {
            if sequence.if_not_exists || sequence.or_replace {
                return;
            }
            if !self.path_is_uncertain(&sequence.name) {
                findings.push(self.already(by, &sequence.name.name, ""));
                return;
            }
        }
        let owner = (sequence.owned_by.as_ref())
            .and_then(|(table, column)| self.owner_of_sequence(table, column, findings));
        if findings.refuse() {
            return;
        }
        let mut draft = self.new_relation(&key, &sequence.name.name);
        draft.kind = RelationKind::Sequence;
        draft.owned_by = owner;
        draft.definition = self.definition(&sequence.name, None);
        self.put_new(key, draft);
    }

    fn owner_of_sequence(
        &self,
        table: &Path,
        column: &Name,
        findings: &mut Findings,
    ) -> Option<(Key, String)> {
        let relation = self.existing(table, "table", findings)?;
        self.own_column(&relation, column, findings);
        Some((self.key_of(&relation), self.fold(&column.text)))
    }

    pub(super) fn alter_sequence(&mut self, alter: &AlterSequence, findings: &mut Findings) {
        if alter.if_exists && matches!(self.relation(&alter.name), Lookup::Absent) {
            return;
        }
        let Some(sequence) = self.existing(&alter.name, "sequence", findings) else {
            return;
        };
        if alter.others && sequence.definition.is_some() {
            // What it would be made with now, nobody has written.
            let mut draft = sequence.as_ref().clone();
            draft.definition = None;
            let key = self.key_of(&draft);
            self.set(Fact::Relation(key, Some(Arc::new(draft))));
        }
        let Some(owner) = &alter.owned_by else {
            return;
        };
        let owner = (owner.as_ref())
            .and_then(|(table, column)| self.owner_of_sequence(table, column, findings));
        if findings.refuse() {
            return;
        }
        let mut draft = sequence.as_ref().clone();
        draft.definition = draft.definition.filter(|_| !alter.others);
        draft.owned_by = owner;
        let key = self.key_of(&draft);
        self.set(Fact::Relation(key, Some(Arc::new(draft))));
    }
}
