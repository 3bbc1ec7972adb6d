//! Functions, procedures, aggregates.

use std::sync::Arc;

use super::{Findings, signature};
use crate::{
    Code, Dialect, Finding,
    catalog::{Catalog, Class, Function, Key, Lookup, Node, Use, query, store::Fact},
    tree::{Behavior, CreateFunction, FunctionKind, Name, ObjectKind, Path, Target, TypeName},
};

impl Catalog {
    pub(super) fn create_function(&mut self, function: &CreateFunction, findings: &mut Findings) {
        let key = self.new_key(Class::Function, &function.name, false);
        self.check_schema(&function.name, findings);
        let before = self.store.functions().get(&key).cloned();
        let again = (before.iter().flat_map(|all| all.iter()))
            .find(|one| self.same_signature(one, function));
        if let Some(again) = again
            && self.is_certain(&key.1, again.known_since)
            && !function.or_replace
        {
            if function.if_not_exists {
                return;
            }
            if !self.path_is_uncertain(&function.name) {
                let noun = match function.kind {
                    FunctionKind::Procedure => "a procedure",
                    _ => "a function",
                };
                let mut finding = self.already(
                    (noun, again.origin),
                    &function.name.name,
                    "write `CREATE OR REPLACE`, or drop it first",
                );
                if self.dialect() == Dialect::Postgres {
                    finding.message =
                        finding
                            .message
                            .replacen("named", "with these arguments named", 1);
                }
                findings.push(finding);
                return;
            }
        }
        if self.dialect() == Dialect::Postgres {
            let certain = again.filter(|again| self.is_certain(&key.1, again.known_since));
            findings.extend(certain.and_then(|again| signature::cannot_become(again, function)));
            findings.extend(signature::fault(function));
            if findings.refuse() {
                return;
            }
        }
        let mut uses: Vec<Use> = Vec::new();
        for argument in &function.arguments {
            self.check_type(&argument.ty, false, findings);
            uses.extend(self.type_uses(&argument.ty));
        }
        if let Some(returns) = &function.returns {
            self.check_type(returns, false, findings);
            uses.extend(self.type_uses(returns));
        }
        if let Some(language) = &function.language {
            findings.extend(self.language_fault(language, &function.name.name));
        }
        if self.store.session().check_function_bodies {
            findings.extend(function.fault.iter().map(|fault| fault.as_ref().clone()));
            findings.extend(query::function_body(self, function, findings.sql));
        }
        if findings.refuse() {
            return;
        }
        self.remember_effects(function);
        let known_since = self.tick();
        let made = Function {
            schema: key.0.clone(),
            name: function.name.name.text.clone(),
            kind: function.kind,
            arguments: function.arguments.clone(),
            returns: function.returns.clone(),
            uses,
            definition: self.definition(&function.name, None),
            made: known_since,
            origin: self.origin(),
            known_since,
        };
        let before = before.as_deref().map_or(&[] as &[Function], Vec::as_slice);
        let others = before
            .iter()
            .filter(|one| !self.same_signature(one, function));
        let mut all: Vec<Function> = others.cloned().collect();
        all.push(made);
        self.unbury(Class::Function, &key);
        self.set(Fact::Functions(key, Some(Arc::new(all))));
    }

    fn same_signature(&self, one: &Function, other: &CreateFunction) -> bool {
        if self.dialect() != Dialect::Postgres {
            return (one.kind == FunctionKind::Procedure)
                == (other.kind == FunctionKind::Procedure);
        }
        let inputs = |all: &[crate::tree::Argument]| -> Vec<TypeName> {
            all.iter()
                .filter(|one| !one.output)
                .map(|one| one.ty.clone())
                .collect()
        };
        same_types(&inputs(&one.arguments), &inputs(&other.arguments))
    }

    pub(super) fn drop_function(
        &mut self,
        target: &Target,
        (if_exists, behavior): (bool, Behavior),
        findings: &mut Findings,
    ) {
        let path = &target.path;
        let noun = target.kind.noun();
        match self.functions(path) {
            Lookup::Known(_) => {}
            Lookup::Unknown => {
                if let Some(key) = self.function_key(path) {
                    self.set(Fact::Functions(key, None));
                }
                return;
            }
            Lookup::Absent => {
                if !if_exists {
                    findings.extend(self.function_to_drop(path, noun));
                }
                return;
            }
        }
        let Some(key) = self.function_key(path) else {
            return;
        };
        let all: Vec<Function> = self
            .store
            .functions()
            .get(&key)
            .map(|all| all.as_ref().clone())
            .unwrap_or_default();
        let found = match &target.arguments {
            // A list with OUT arguments, or types in other words, is compared by its length alone.
            Some(types) => {
                let exact = all
                    .iter()
                    .position(|one| same_types(&input_types(one), types));
                exact.or_else(|| {
                    let mut same_length = all.iter().enumerate().filter(|(_, one)| {
                        one.arguments.len() == types.len() || input_types(one).len() == types.len()
                    });
                    same_length.next().map(|(at, _)| at)
                })
            }
            None if all.len() == 1 => Some(0),
            None => None,
        };
        let Some(at) = found else {
            if !if_exists || target.arguments.is_none() {
                findings.push(no_such_form(&all, target));
            }
            return;
        };
        self.drop_form(key, all, at, behavior, target, findings);
    }

    fn drop_form(
        &mut self,
        key: Key,
        mut all: Vec<Function>,
        at: usize,
        behavior: Behavior,
        target: &Target,
        findings: &mut Findings,
    ) {
        let node = Node::new(Class::Function, key.clone());
        // Who of several of one name is needed, nobody knows.
        let only = all.len() == 1;
        if only
            && behavior != Behavior::Cascade
            && self.dialect() == Dialect::Postgres
            && let Some(user) = self.user_of_node(&node)
        {
            let message = format!(
                "the {} `{}` is still used by {user}",
                target.kind.noun(),
                target.path
            );
            findings.push(
                Finding::new(Code::StillReferenced, message, target.path.range())
                    .help("drop that first, or write CASCADE to drop it too"),
            );
            return;
        }
        let dependents: Vec<Node> = if only && behavior == Behavior::Cascade {
            self.store.dependents(&node).cloned().collect()
        } else {
            Vec::new()
        };
        all.remove(at);
        let rest = (!all.is_empty()).then(|| Arc::new(all));
        if rest.is_none() {
            self.bury_key(Class::Function, &key, None);
        }
        self.set(Fact::Functions(key, rest));
        for dependent in dependents {
            self.cascade_to(&dependent, &node);
        }
    }

    /// What to say of a function that is to be dropped and that nothing has made.
    fn function_to_drop(&self, path: &Path, noun: &str) -> Option<Finding> {
        let mut finding = self.no_such_function(path, noun)?;
        let known = |extension: &str| {
            extension == "plpgsql"
                || crate::catalog::builtin::postgres::extension(extension).is_some()
        };
        if finding.code == Code::UndeclaredName
            && path.schema.is_none()
            && self.extensions().all(known)
        {
            finding.code = Code::UnknownFunction;
            finding.message = format!("no such {noun}: {path}");
            finding.help = Some("write `IF EXISTS` if it may not be there".to_owned());
        }
        Some(finding)
    }

    pub(super) fn rename_function(
        &mut self,
        target: &Target,
        to: &Name,
        schema: Option<&Name>,
        findings: &mut Findings,
    ) {
        let path = &target.path;
        let Some(key) = self.function_key(path) else {
            if matches!(self.functions(path), Lookup::Absent) {
                findings.extend(self.no_such_function(path, ObjectKind::Function.noun()));
            }
            return;
        };
        let Some(all) = self.store.functions().get(&key).cloned() else {
            return;
        };
        if all.len() > 1 {
            // Which one of several goes, only their types tell.
            self.poison(&[key.1.clone(), to.text.clone()]);
            return;
        }
        let new = (
            schema.map_or_else(|| key.0.clone(), |schema| schema.text.clone()),
            self.fold(&to.text),
        );
        let since = self.tick();
        let mut moved: Vec<Function> = all.as_ref().clone();
        for one in &mut moved {
            one.name.clone_from(&to.text);
            one.schema.clone_from(&new.0);
            one.known_since = since;
        }
        if let Some(others) = self.store.functions().get(&new) {
            moved.extend(others.iter().cloned());
        }
        let node = Node::new(Class::Function, key.clone());
        let renamed = Node::new(Class::Function, new.clone());
        let dependents: Vec<Node> = self.store.dependents(&node).cloned().collect();
        self.set(Fact::Functions(key.clone(), None));
        self.bury_key(Class::Function, &key, Some(&to.text));
        self.unbury(Class::Function, &new);
        self.set(Fact::Functions(new, Some(Arc::new(moved))));
        for dependent in dependents {
            self.replace_use(&dependent, &node, &renamed);
        }
    }
}

fn input_types(one: &Function) -> Vec<TypeName> {
    let inputs = one.arguments.iter().filter(|argument| !argument.output);
    inputs.map(|argument| argument.ty.clone()).collect()
}

fn same_types(left: &[TypeName], right: &[TypeName]) -> bool {
    left.len() == right.len()
        && left.iter().zip(right).all(|(left, right)| {
            left.array == right.array && plain(&left.path.name.text) == plain(&right.path.name.text)
        })
}

/// One name for the types of PostgreSQL that have several.
pub(in crate::catalog) fn plain(name: &str) -> &str {
    match name {
        "int" | "int4" => "integer",
        "int8" => "bigint",
        "int2" => "smallint",
        "bool" => "boolean",
        "varchar" => "character varying",
        "char" | "bpchar" => "character",
        "decimal" => "numeric",
        "float8" | "float" => "double precision",
        "float4" => "real",
        "timestamptz" => "timestamp with time zone",
        "timestamp without time zone" => "timestamp",
        "timetz" => "time with time zone",
        "varbit" => "bit varying",
        name => name,
    }
}

fn no_such_form(all: &[Function], target: &Target) -> Finding {
    let noun = target.kind.noun();
    let forms: Vec<String> = (all.iter())
        .map(|one| {
            let types: Vec<String> = input_types(one)
                .iter()
                .map(|ty| ty.path.to_string())
                .collect();
            format!("`{}({})`", one.name, types.join(", "))
        })
        .collect();
    let message = match &target.arguments {
        Some(_) => format!("no such {noun}: {} with these arguments", target.path),
        None => format!("there are several forms of the {noun} `{}`", target.path),
    };
    Finding::new(Code::UnknownFunction, message, target.path.range())
        .help(format!("there is {}", forms.join(" and ")))
}
