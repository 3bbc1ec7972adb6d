//! Which package is meant, and where its things are.

use std::{
    env, fs,
    path::{Component, Path, PathBuf},
    process::{Command, Stdio},
};

use migrate_schema::{
    Dialect,
    settings::{self, Manifest},
};
use serde::Deserialize;

use super::ProjectError;

/// Where to look for the package.
#[derive(Clone, Debug, Default)]
pub struct Location {
    /// The directory to start from; the current one when it is empty.
    pub directory: PathBuf,
    /// `--manifest-path`: the Cargo.toml of the package or of its workspace.
    pub manifest_path: Option<PathBuf>,
    /// `-p`: the package's name.
    pub package: Option<String>,
}

/// A package of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Package {
    /// Its name, as Cargo.toml has it.
    pub name: String,
    /// The directory of its Cargo.toml.
    pub directory: PathBuf,
    /// Its Cargo.toml.
    pub manifest: PathBuf,
    /// Its library, if it has one.
    pub library: Option<Target>,
    /// Its binaries.
    pub binaries: Vec<Target>,
    /// Whether it depends on migrate-core.
    pub uses_migrate: bool,
    /// The dialect of its migrations: the first of `dialects` in `[package.metadata.migrate]`, else SQLite.
    pub dialect: Dialect,
    /// All of its databases.
    pub targets: Vec<settings::Target>,
    /// The folder of its resource definitions: `definitions` in `[package.metadata.migrate]`, else `meta`.
    pub definitions: PathBuf,
    /// The directory of its migrations: `directory` in `[package.metadata.migrate]`, else `src/migrations`.
    pub migrations: PathBuf,
}

/// A library or a binary of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// Its name; that of a library is the name of the crate.
    pub name: String,
    /// Its root file, `src/lib.rs` for example.
    pub root: PathBuf,
}

impl Package {
    /// Whether it has the binary `migrate`, which runs its migrations.
    pub fn has_migrate_binary(&self) -> bool {
        self.binaries.iter().any(|binary| binary.name == "migrate")
    }
}

/// Finds the package that is meant: the one that is named, else the one that the directory belongs to, else the
/// only one of the workspace that uses migrate.
///
/// It asks `cargo metadata`, which needs no network for this.
pub fn locate(location: &Location) -> Result<Package, ProjectError> {
    let directory = match location.directory.as_os_str().is_empty() {
        true => env::current_dir().map_err(|source| ProjectError::Read {
            path: PathBuf::from("."),
            source,
        })?,
        false => location.directory.clone(),
    };
    let metadata = metadata(&directory, location.manifest_path.as_deref())?;
    package(choose(metadata.packages, location, &directory)?)
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Described>,
}

/// A package as `cargo metadata` describes it.
#[derive(Deserialize)]
struct Described {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<DescribedTarget>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct DescribedTarget {
    name: String,
    kind: Vec<String>,
    src_path: PathBuf,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
}

impl Described {
    fn uses_migrate(&self) -> bool {
        self.dependencies
            .iter()
            .any(|dependency| dependency.name == "migrate-core")
    }

    fn has_migrate_binary(&self) -> bool {
        self.binaries().any(|target| target.name == "migrate")
    }

    fn binaries(&self) -> impl Iterator<Item = &DescribedTarget> {
        self.targets
            .iter()
            .filter(|target| target.kind.iter().any(|kind| kind == "bin"))
    }

    fn directory(&self) -> PathBuf {
        self.manifest_path
            .parent()
            .map(Path::to_path_buf)
            .unwrap_or_default()
    }
}

fn metadata(directory: &Path, manifest_path: Option<&Path>) -> Result<Metadata, ProjectError> {
    // Cargo sets it for what it starts, so that the same Cargo is asked.
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&program);
    command
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(directory)
        .stdin(Stdio::null());
    if let Some(path) = manifest_path {
        command.arg("--manifest-path").arg(path);
    }
    let output = command
        .output()
        .map_err(|source| match directory.is_dir() {
            true => ProjectError::CargoNotRun {
                program: program.to_string_lossy().into_owned(),
                source,
            },
            false => ProjectError::Read {
                path: directory.to_owned(),
                source,
            },
        })?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Err(ProjectError::CargoMetadata {
            directory: directory.to_owned(),
            message: message.trim().trim_start_matches("error: ").to_owned(),
        });
    }
    serde_json::from_slice(&output.stdout).map_err(ProjectError::MetadataFormat)
}

fn choose(
    mut packages: Vec<Described>,
    location: &Location,
    directory: &Path,
) -> Result<Described, ProjectError> {
    let names = |packages: &[Described]| packages.iter().map(|p| p.name.clone()).collect();
    if let Some(name) = &location.package {
        return match packages.iter().position(|package| package.name == *name) {
            Some(at) => Ok(packages.swap_remove(at)),
            None => Err(ProjectError::UnknownPackage {
                name: name.clone(),
                members: names(&packages),
            }),
        };
    }
    // Cargo gives the paths as they were reached, which may be through a symbolic link.
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let holds = |package: &Described| match &location.manifest_path {
        Some(path) => real(&package.manifest_path) == real(&directory.join(path)),
        None => real(directory).starts_with(real(&package.directory())),
    };
    let depth = |package: &Described| package.directory().components().count();
    let holder = (0..packages.len())
        .filter(|at| holds(&packages[*at]))
        .max_by_key(|at| depth(&packages[*at]));
    if let Some(at) = holder {
        return Ok(packages.swap_remove(at));
    }
    let using_migrate = packages
        .iter()
        .any(|p| p.uses_migrate() || p.has_migrate_binary());
    if using_migrate {
        packages.retain(|p| p.uses_migrate() || p.has_migrate_binary());
    }
    if packages.len() == 1 {
        return Ok(packages.swap_remove(0));
    }
    Err(ProjectError::WhichPackage {
        directory: directory.to_owned(),
        using_migrate,
        candidates: names(&packages),
    })
}

fn package(described: Described) -> Result<Package, ProjectError> {
    let wrong = |message: String| ProjectError::Configuration {
        manifest: described.manifest_path.clone(),
        message,
    };
    let text =
        fs::read_to_string(&described.manifest_path).map_err(|source| ProjectError::Read {
            path: described.manifest_path.clone(),
            source,
        })?;
    let (manifest, findings) = Manifest::read(&text);
    if let Some(finding) = findings.into_iter().next() {
        let help = finding.help.map(|help| format!(": {help}"));
        return Err(wrong(finding.message + &help.unwrap_or_default()));
    }
    let dialect = manifest.settings.targets.first();
    let dialect = dialect.map_or_else(Dialect::default, settings::Target::dialect);
    let migrations = manifest.directory.as_deref().unwrap_or("src/migrations");
    let inside = Path::new(migrations)
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside || migrations.is_empty() {
        return Err(wrong(format!(
            "directory = \"{migrations}\" leads out of the package: write a path below it, such as \"src/migrations\""
        )));
    }
    let target = |target: &DescribedTarget| Target {
        name: target.name.clone(),
        root: target.src_path.clone(),
    };
    let is_library = |t: &&DescribedTarget| t.kind.iter().any(|kind| kind.ends_with("lib"));
    Ok(Package {
        library: described.targets.iter().find(is_library).map(target),
        binaries: described.binaries().map(target).collect(),
        uses_migrate: described.uses_migrate(),
        directory: described.directory(),
        migrations: described.directory().join(migrations),
        definitions: described
            .directory()
            .join(manifest.definitions.as_deref().unwrap_or("meta")),
        targets: manifest.settings.targets,
        dialect,
        name: described.name,
        manifest: described.manifest_path,
    })
}
