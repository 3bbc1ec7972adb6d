//! The compiler that runs: what its command line tells of the crate.
//!
//! The root file is taken from there and from nowhere else: then a library and a program of one package, a test, an
//! example or a case of trybuild are each what they are. A server of an editor has no such line, and so no files.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use migrate_schema::source::Conditions;

/// The format of the program that the crate becomes a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Linux, the BSDs, WebAssembly, and others like them.
    Elf,
    /// Apple's.
    MachO,
    /// Windows.
    Coff,
}

impl Format {
    /// That of a target, as its name tells.
    fn of(target: &str) -> Self {
        if target.contains("-apple-") {
            Self::MachO
        } else if target.contains("-windows-") {
            Self::Coff
        } else {
            Self::Elf
        }
    }

    /// That of the compiler itself.
    const fn host() -> Self {
        if cfg!(target_vendor = "apple") {
            Self::MachO
        } else if cfg!(windows) {
            Self::Coff
        } else {
            Self::Elf
        }
    }
}

/// What the command line tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Invocation {
    /// The root file of the crate.
    pub(crate) root: Option<PathBuf>,
    /// Lints are capped: the crate is somebody's dependency.
    pub(crate) is_dependency: bool,
    /// A compiler runs, and not the server of an editor.
    pub(crate) is_compiler: bool,
    /// It checks the crate and makes nothing of it that could run: `cargo check`, `cargo clippy`.
    pub(crate) is_check: bool,
    /// A lint that finds unused items is forbidden, so that nothing may be allowed either.
    pub(crate) forbids_unused: bool,
    /// The program counts which of its code has run.
    pub(crate) counts: bool,
    /// The format of the program; none where nobody knows it.
    pub(crate) format: Option<Format>,
    /// What is known of its configuration.
    pub(crate) conditions: Conditions,
}

/// That of this process.
pub(crate) fn current() -> &'static Invocation {
    static CURRENT: LazyLock<Invocation> = LazyLock::new(|| {
        if !proc_macro::is_available() {
            return Invocation::default();
        }
        let mut arguments: Vec<String> = env::args_os()
            .map(|argument| argument.to_string_lossy().into_owned())
            .collect();
        // A library that is loaded later is not told them everywhere.
        if arguments.is_empty() {
            let line = fs::read("/proc/self/cmdline").unwrap_or_default();
            let parts = line.split(|byte| *byte == 0);
            arguments.extend(parts.map(|part| String::from_utf8_lossy(part).into_owned()));
        }
        Invocation::read(&arguments, |path| fs::read_to_string(path).ok())
    });
    &CURRENT
}

/// Options whose value is the next argument.
const WITH_VALUE: [&str; 16] = [
    "--cap-lints",
    "--cfg",
    "--check-cfg",
    "--crate-name",
    "--crate-type",
    "--emit",
    "--extern",
    "--forbid",
    "--out-dir",
    "--remap-path-prefix",
    "--target",
    "-C",
    "-F",
    "-L",
    "-Z",
    "-o",
];

impl Invocation {
    fn read(arguments: &[String], read: impl Fn(&Path) -> Option<String>) -> Self {
        let mut all: Vec<String> = Vec::new();
        for argument in arguments.iter().skip(1) {
            match argument
                .strip_prefix('@')
                .and_then(|file| read(Path::new(file)))
            {
                Some(text) => all.extend(text.lines().map(str::to_owned)),
                None => all.push(argument.clone()),
            }
        }
        let mut invocation = Self::default();
        let (mut test, mut unknown_target, mut features) = (false, false, BTreeSet::new());
        let mut emits = None;
        let mut rest = all.iter();
        while let Some(argument) = rest.next() {
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value)),
                _ if WITH_VALUE.contains(&argument.as_str()) => {
                    (argument.as_str(), rest.next().map(String::as_str))
                }
                _ => (argument.as_str(), None),
            };
            invocation.is_compiler |= name == "--crate-name" || argument == "-";
            invocation.counts |= [Some(name), value]
                .iter()
                .flatten()
                .any(|one| one.contains("instrument-coverage") || one.contains("profile-generate"));
            match (name, value) {
                ("--cap-lints", _) => invocation.is_dependency = true,
                ("--target", Some(target)) if !target.ends_with(".json") => {
                    invocation.format = Some(Format::of(target));
                }
                ("--target", _) => unknown_target = true,
                ("--test", None) => test = true,
                ("--emit", Some(kinds)) => {
                    emits = Some(emits == Some(true) || makes_code(kinds));
                }
                ("-F" | "--forbid", Some(lint)) => {
                    invocation.forbids_unused |= is_about_unused(lint);
                }
                ("--cfg", Some(predicate)) => match predicate.strip_prefix("feature=") {
                    Some(name) => {
                        features.insert(name.trim_matches('"').to_owned());
                    }
                    None => {
                        let spaced = predicate.replacen('=', " = ", 1);
                        invocation.conditions.proven.insert(spaced);
                    }
                },
                (file, None) if is_root(file) => invocation.root = Some(PathBuf::from(file)),
                _ => {}
            }
        }
        let is_rustdoc = arguments.first().is_some_and(|program| {
            let name = Path::new(program).file_stem();
            name.is_some_and(|name| name == "rustdoc")
        });
        // To rustdoc, `--emit` is about pages.
        invocation.is_check = emits == Some(false) && !is_rustdoc;
        if is_rustdoc {
            invocation.conditions.proven.insert("doc".to_owned());
        }
        if invocation.root.is_some() {
            invocation.is_compiler = true;
            if invocation.format.is_none() && !unknown_target {
                invocation.format = Some(Format::host());
            }
            // To rustdoc, `--test` means something else.
            invocation.conditions.test = Some(test && !is_rustdoc);
            invocation.conditions.features = Some(features);
        }
        invocation
    }
}

/// Whether one of the kinds of output is made from what functions do.
fn makes_code(kinds: &str) -> bool {
    let mut kinds = kinds.split(',').map(|kind| kind.split('=').next());
    kinds.any(|kind| !matches!(kind, Some("dep-info" | "metadata")))
}

/// Whether a lint is the one that finds unused items, or a group with it.
pub(crate) fn is_about_unused(lint: &str) -> bool {
    matches!(
        lint.replace('-', "_").as_str(),
        "dead_code" | "unused" | "warnings"
    )
}

fn is_root(argument: &str) -> bool {
    let is_rust = Path::new(argument)
        .extension()
        .is_some_and(|extension| extension == "rs");
    is_rust && !argument.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Invocation {
        let arguments: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Invocation::read(&arguments, |path| {
            (path == Path::new("args")).then(|| "--test\nsrc/main.rs\n".to_owned())
        })
    }

    #[test]
    fn cargo_names_the_root_and_the_configuration() {
        let library = read(
            "rustc --crate-name blog --edition=2024 blog/src/lib.rs --crate-type lib --emit=metadata --cfg feature=\"cli\" \
             --cfg tokio_unstable --check-cfg cfg(docsrs,test) --out-dir a.rs -L dependency=deps --extern a=b.rs",
        );
        assert_eq!(library.root.as_deref(), Some(Path::new("blog/src/lib.rs")));
        assert!(!library.is_dependency);
        assert_eq!(library.conditions.test, Some(false));
        assert_eq!(library.conditions.feature("cli"), Some(true));
        assert_eq!(library.conditions.feature("web"), Some(false));
        assert!(library.conditions.proven.contains("tokio_unstable"));
        let test = read("rustc @args --cap-lints allow");
        assert_eq!(test.root.as_deref(), Some(Path::new("src/main.rs")));
        assert!(test.is_dependency);
        assert_eq!(test.conditions.test, Some(true));
        assert!(read("rustc --cap-lints=warn a.rs").is_dependency);
        let format = |target: &str| read(&format!("rustc a.rs --target {target}")).format;
        assert_eq!(format("aarch64-apple-ios"), Some(Format::MachO));
        assert_eq!(format("x86_64-pc-windows-gnu"), Some(Format::Coff));
        assert_eq!(format("x86_64-unknown-linux-musl"), Some(Format::Elf));
        assert_eq!(format("own.json"), None);
        assert_eq!(read("rustc a.rs").format, Some(Format::host()));
        assert_eq!(read("rustc -").format, None);
        let is_check = |line: &str| read(&format!("rustc a.rs {line}")).is_check;
        assert!(is_check("--emit=dep-info,metadata"));
        assert!(is_check("--emit dep-info=a.d,metadata=a.rmeta"));
        for line in [
            "--emit=dep-info,metadata,link",
            "--emit=link --emit=metadata",
            "--emit=obj",
            "--emit=mir",
            "--test",
            "",
        ] {
            assert!(!is_check(line), "{line}");
        }
        assert!(!read("rustdoc a.rs --emit=dep-info").is_check);
        let counts = |line: &str| read(&format!("rustc a.rs {line}")).counts;
        assert!(counts("-C instrument-coverage") && counts("-Cinstrument-coverage=all"));
        assert!(!counts("-C debuginfo=2"));
        let forbids = |line: &str| read(&format!("rustc a.rs {line}")).forbids_unused;
        assert!(forbids("--forbid=dead-code") && forbids("-F unused"));
        assert!(!forbids("--forbid=unsafe_code"));
        assert_eq!(
            read("/bin/rustdoc --test a.rs").conditions.test,
            Some(false)
        );
    }

    #[test]
    fn what_is_no_compiler_has_no_root() {
        for line in [
            "rust-analyzer-proc-macro-srv",
            "rustc -",
            "",
            "rustc -o a.rs",
        ] {
            assert_eq!(read(line).root, None, "{line}");
        }
        assert_eq!(read("rustc -").conditions, Conditions::default());
        assert!(read("rustc -").is_compiler);
        assert!(!read("rust-analyzer-proc-macro-srv").is_compiler);
    }
}
