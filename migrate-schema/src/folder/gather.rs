//! Files become migrations: which belong together, and in which order they run.

use std::collections::{BTreeMap, HashMap};

use super::{
    File, Folder, Migration, Part, Placed, is_sql,
    marker::{Marked, marked},
    name::{self, Family, Named, Order, Role},
    section::{self, Sections},
};
use crate::{Code, Dialect, Finding, lex, nearest};

/// A file that belongs to a migration.
struct Member {
    file: usize,
    named: Named,
}

/// The halves of one migration, as far as they were found.
#[derive(Default)]
struct Found {
    ups: Vec<usize>,
    downs: Vec<usize>,
    no_transaction: bool,
}

pub(super) fn gather(files: &[File<'_>], dialect: Dialect) -> Folder {
    let mut gathering = Gathering {
        files,
        dialect,
        folder: Folder::default(),
    };
    let mut members = gathering.members();
    if gathering.families(&members) {
        members
            .iter_mut()
            .for_each(|member| member.named.order.compare_as_number());
    }
    let (marked, most) = gathering.marked(&members);
    // dbmate sorts by the names of the files.
    gathering.migrations(&members, &marked, most == Some(Marked::Dbmate));
    gathering.folder
}

struct Gathering<'a> {
    files: &'a [File<'a>],
    dialect: Dialect,
    folder: Folder,
}

impl Gathering<'_> {
    fn find(&mut self, file: usize, finding: Finding) {
        self.folder.findings.push(Placed { file, finding });
    }

    /// The files that belong to migrations. An SQL file that does not is told.
    fn members(&mut self) -> Vec<Member> {
        let mut members = Vec::new();
        for (file, File { path, .. }) in self.files.iter().enumerate() {
            match name::named(path) {
                Some(named) => members.push(Member { file, named }),
                None if is_sql(path) => {
                    let message = "this file belongs to no migration";
                    let help = stray_help(path);
                    self.find(
                        file,
                        Finding::new(Code::StrayFile, message, 0..0).help(help),
                    );
                }
                None => {}
            }
        }
        undo_or_unordered(&mut members);
        // goose runs programs too, but only beside its SQL; other folders hold Go for other reasons.
        let sql: Vec<Family> = members
            .iter()
            .filter(|member| member.named.role != Role::Program)
            .map(|member| member.named.family)
            .collect();
        members.retain(|member| {
            member.named.role != Role::Program || sql.contains(&member.named.family)
        });
        members
    }

    /// Whether there are names of several kinds, which no tool reads together.
    fn families(&mut self, members: &[Member]) -> bool {
        let mut counts: BTreeMap<Family, (usize, usize)> = BTreeMap::new();
        for Member { file, named } in members {
            counts.entry(named.family).or_insert((0, *file)).0 += 1;
        }
        let Some((most, _)) = counts.iter().max_by_key(|(_, (count, _))| *count) else {
            return false;
        };
        for (family, (_, first)) in &counts {
            if family == most {
                continue;
            }
            let message = format!(
                "this file is called `{}` and most others `{}`: a tool that reads one passes over the other",
                family.example(),
                most.example()
            );
            let help = "move one kind into a folder of its own, or rename it";
            self.find(
                *first,
                Finding::new(Code::MixedLayouts, message, 0..0).help(help),
            );
        }
        counts.len() > 1
    }

    /// Whose markers each file has, and most of them. All have those of one tool, or none.
    fn marked(&mut self, members: &[Member]) -> (HashMap<usize, Marked>, Option<Marked>) {
        let mut of_file: HashMap<usize, Marked> = HashMap::new();
        let mut counts: BTreeMap<Marked, usize> = BTreeMap::new();
        let whole = || {
            members
                .iter()
                .filter(|member| member.named.role == Role::Whole)
        };
        for Member { file, .. } in whole() {
            if let Some(marked) = marked(self.files[*file].text, self.dialect) {
                of_file.insert(*file, marked);
                *counts.entry(marked).or_default() += 1;
            }
        }
        let Some((&most, _)) = counts.iter().max_by_key(|(_, count)| **count) else {
            return (of_file, None);
        };
        for Member { file, .. } in whole() {
            let finding = match of_file.get(file) {
                Some(marked) if *marked == most => continue,
                Some(marked) => {
                    let message = format!(
                        "this file has the markers of {}, and most others have those of {}",
                        marked.tool(),
                        most.tool()
                    );
                    Finding::new(Code::Marker, message, 0..0)
                        .help(format!("write `{}`", most.first()))
                }
                None if most == Marked::Undo || is_empty(self.files[*file].text, self.dialect) => {
                    continue;
                }
                None => {
                    let message = format!(
                        "this file has no `{}`, which {} asks for",
                        most.first(),
                        most.tool()
                    );
                    let help = format!("write `{}` above its SQL", most.first());
                    Finding::new(Code::Marker, message, 0..0).help(help)
                }
            };
            self.find(*file, finding);
        }
        (of_file, Some(most))
    }

    fn migrations(&mut self, members: &[Member], marked: &HashMap<usize, Marked>, by_name: bool) {
        let key = |named: &Named| match (by_name, &named.order) {
            (true, _) => (Order::Text(named.name.clone()), String::new()),
            // What has no number belongs together by its name.
            (false, Order::Unnumbered | Order::Last) => (named.order.clone(), named.name.clone()),
            (false, order) => (order.clone(), String::new()),
        };
        let mut found: BTreeMap<(Order, String), Found> = BTreeMap::new();
        for (at, Member { named, .. }) in members.iter().enumerate() {
            let one = found.entry(key(named)).or_default();
            match named.role {
                Role::Up | Role::Whole | Role::Program => one.ups.push(at),
                Role::Down => one.downs.push(at),
                Role::Metadata => one.no_transaction |= self.metadata(members[at].file),
            }
        }
        for one in found.into_values() {
            self.pair(members, marked, one);
        }
    }

    /// One migration of each `up`, with the `down` that is called the same, or the only one there is.
    fn pair(&mut self, members: &[Member], marked: &HashMap<usize, Marked>, mut found: Found) {
        found.ups.sort_by(|a, b| {
            let of = |at: &usize| (&members[*at].named.order, members[*at].named.name.as_str());
            name::compare(of(a), of(b))
        });
        if let Some((first, others)) = found.ups.split_first() {
            for other in others {
                self.duplicate(&members[*other], &members[*first], "`up`");
            }
        }
        let single = found.ups.len() == 1;
        for up in &found.ups {
            let name = &members[*up].named.name;
            let by_name = |at: &usize| members[*at].named.name == *name;
            let at = found.downs.iter().position(by_name);
            let at = at.or_else(|| (single && !found.downs.is_empty()).then_some(0));
            let down = at.map(|at| members[found.downs.remove(at)].file);
            self.migration(&members[*up], down, marked, found.no_transaction);
        }
        for down in found.downs {
            let down = &members[down];
            if let Some(up) = found.ups.first() {
                self.duplicate(down, &members[*up], "`down`");
                continue;
            }
            let message = "there is no `up` to this `down`";
            let help = format!(
                "add it, or move this file away: nothing ever runs {}",
                self.files[down.file].path
            );
            self.find(
                down.file,
                Finding::new(Code::DownWithoutUp, message, 0..0).help(help),
            );
        }
    }

    fn duplicate(&mut self, member: &Member, other: &Member, half: &str) {
        let other = self.files[other.file].path;
        let message = format!("{half} of a version that {other} has already");
        let finding = Finding::new(Code::DuplicateId, message, 0..0)
            .help("give one of the two another version: a tool runs one of them, or stops");
        self.find(member.file, finding);
    }

    fn migration(
        &mut self,
        member: &Member,
        down: Option<usize>,
        marked: &HashMap<usize, Marked>,
        no_transaction: bool,
    ) {
        let text = self.files[member.file].text;
        let whole = |file: usize| 0..self.files[file].text.len();
        let sections = match marked.get(&member.file) {
            Some(marked) => section::sections(text, *marked, self.dialect),
            None => Sections {
                up: Some(whole(member.file)),
                ..Sections::default()
            },
        };
        let is_sql = |file: usize, range: &std::ops::Range<usize>| {
            let part = self.files[file].text.get(range.clone()).unwrap_or_default();
            let replaced = sections.template || member.named.family == Family::Versioned;
            member.named.role != Role::Program && !(replaced && part.contains("${"))
        };
        let part = |file, range| Part {
            is_sql: is_sql(file, &range),
            file,
            range,
        };
        let up = part(member.file, sections.up.unwrap_or(0..0));
        let down = match (down, sections.down) {
            (Some(file), _) => Some(part(file, whole(file))),
            (None, range) => range.map(|range| part(member.file, range)),
        };
        let transaction = match marked.get(&member.file) {
            _ if no_transaction || sections.no_transaction => Some(false),
            _ if text.starts_with("-- no-transaction") => Some(false),
            Some(Marked::Goose | Marked::Dbmate) => Some(true),
            None if member.named.family == Family::Folders && is_diesels(&member.named.name) => {
                Some(true)
            }
            _ => None,
        };
        self.folder.migrations.push(Migration {
            name: member.named.name.clone(),
            up,
            down,
            transaction,
        });
        for finding in sections.findings {
            self.find(member.file, finding);
        }
    }

    /// Whether a `metadata.toml` of diesel switches the transaction off.
    fn metadata(&mut self, file: usize) -> bool {
        let mut off = false;
        let mut start = 0;
        for line in self.files[file].text.split_inclusive('\n') {
            let code = line.split('#').next().unwrap_or_default();
            if let Some((key, value)) = code.split_once('=')
                && key.trim() == "run_in_transaction"
            {
                match value.trim() {
                    "false" => off = true,
                    "true" => off = false,
                    other => {
                        let message =
                            format!("`run_in_transaction` is `true` or `false`, and not `{other}`");
                        let range = start..start + line.trim_end().len();
                        self.find(file, Finding::new(Code::Marker, message, range));
                    }
                }
            }
            start += line.len();
        }
        off
    }
}

/// In refinery, `U` stands before a migration that may run out of order; in Flyway before a script that undoes the
/// migration of the same version.
fn undo_or_unordered(members: &mut [Member]) {
    let up = |named: &Named| named.family == Family::Versioned && named.role != Role::Down;
    let ups: Vec<Order> = members
        .iter()
        .filter(|member| up(&member.named))
        .map(|member| member.named.order.clone())
        .collect();
    for Member { named, .. } in members {
        if named.family == Family::Versioned
            && named.role == Role::Down
            && !ups.contains(&named.order)
        {
            named.role = Role::Up;
        }
    }
}

/// diesel names its folders by the moment, with dashes.
fn is_diesels(name: &str) -> bool {
    let version = name.split('_').next().unwrap_or_default();
    name::without_dashes(name).is_some() && version.len() >= "2024-05-06-192337".len()
}

fn is_empty(text: &str, dialect: Dialect) -> bool {
    lex::tokens(text, dialect).next().is_none()
}

/// What may have been meant with a file.
fn stray_help(path: &str) -> String {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    if !folder.is_empty() {
        let lower = file.to_ascii_lowercase();
        return match nearest(&lower, ["up.sql", "down.sql"]) {
            Some(near) if lower != near => format!("did you mean `{folder}/{near}`?"),
            _ => "no tool looks for one here: in a folder of its own a migration is NUMBER_name/up.sql".to_owned(),
        };
    }
    let versioned = file.strip_prefix(['V', 'U']);
    if let Some((version, rest)) = versioned.and_then(|rest| rest.split_once('_'))
        && version.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && !version.is_empty()
    {
        return format!(
            "did you mean `{}{version}__{rest}`, with two underscores?",
            &file[..1]
        );
    }
    format!("begin its name with a number, as in `0001_{file}`, or move it away")
}
