//! Migrations whose every step leaves a mark, and what may be in the database while and after they run.

use crate::{
    history::{Progress, Row},
    migration::{Migration, Registration},
    native::{IntoNative, Native, StepResult},
    registry::Registry,
    sql::Sql,
    steps::Steps,
};

use super::fake::Database;

/// A step of a modelled migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Plain,
    /// A statement that does not work in a transaction.
    Outside,
    Rust,
    /// A Rust step that returns two statements.
    Returning,
    Log,
}

use Part::*;

#[derive(Clone, Copy, Debug)]
pub(super) struct Model {
    pub(super) id: &'static str,
    pub(super) up: &'static [Part],
    pub(super) down: &'static [Part],
    pub(super) transaction: bool,
}

/// In a transaction, outside, with foreign keys off, outside without anything doubtful.
pub(super) static MODELS: [Model; 4] = [
    Model {
        id: "001_a",
        up: &[Plain, Plain],
        down: &[Plain],
        transaction: true,
    },
    Model {
        id: "002_b",
        up: &[Plain, Outside, Rust, Returning, Log, Plain],
        down: &[Outside, Rust, Plain],
        transaction: false,
    },
    Model {
        id: "003_c",
        up: &[Returning, Log, Plain],
        down: &[Plain, Rust],
        transaction: true,
    },
    Model {
        id: "004_d",
        up: &[Plain, Plain],
        down: &[Plain, Outside],
        transaction: false,
    },
];

pub(super) fn registry() -> Registry {
    edited(|_| {})
}

/// The models as another version of the program has them.
pub(super) fn edited(edit: impl Fn(&mut Registration)) -> Registry {
    registry_of(MODELS.iter().map(|model| {
        let mut one = Registration {
            transaction: model.transaction,
            foreign_keys: (model.id == "003_c").then_some(false),
            ..Registration::new("app", model.id, "src/a.rs", 7, model)
        };
        edit(&mut one);
        one
    }))
}

/// The models without one of them.
pub(super) fn without(id: &str) -> Registry {
    let all = registry();
    let rest = all.iter().filter(|one| one.id().as_str() != id);
    Registry::new(rest.map(|one| one.registration), None).unwrap()
}

/// A migration that does what it is told here.
pub(super) struct Does(pub(super) fn(&mut Steps), pub(super) fn(&mut Steps));

impl Migration for Does {
    fn up(&self, steps: &mut Steps) {
        self.0(steps);
    }

    fn down(&self, steps: &mut Steps) {
        self.1(steps);
    }
}

pub(super) fn registry_of(registrations: impl Iterator<Item = Registration>) -> Registry {
    let leaked = registrations.map(|one| &*Box::leak(Box::new(one)));
    Registry::new(leaked, None).unwrap()
}

impl Migration for Model {
    fn up(&self, steps: &mut Steps) {
        push(steps, "up", self.id, self.up);
    }

    fn down(&self, steps: &mut Steps) {
        push(steps, "down", self.id, self.down);
    }
}

fn push(steps: &mut Steps, direction: &str, id: &str, parts: &[Part]) {
    for (at, part) in parts.iter().enumerate() {
        let mark = format!("{direction} {id} {}", at + 1);
        match part {
            Plain => steps.sql(Sql::unchecked(format!("INSERT INTO t VALUES ('{mark}')"))),
            Outside => steps.sql(Sql::unchecked(format!("VACUUM INTO '{mark}'"))),
            Rust => steps.run(mark.clone(), Leaves(mark, Vec::new())),
            Returning => {
                let sql = |n| Sql::unchecked(format!("DELETE FROM t WHERE a = '{mark}{n}'"));
                steps.run(mark.clone(), Leaves(mark.clone(), vec![sql("x"), sql("y")]));
            }
            Log => steps.log(mark),
        }
    }
}

/// A Rust step that leaves a mark and returns SQL.
pub(super) struct Leaves(pub(super) String, pub(super) Vec<Sql>);

impl IntoNative<Leaves> for Leaves {
    fn into_native(self) -> Native {
        fake(move |effects| {
            effects.push(self.0);
            Ok(self.1)
        })
    }
}

/// A step for the fake.
pub(super) fn fake(
    step: impl FnOnce(&mut Vec<String>) -> StepResult<Vec<Sql>> + Send + 'static,
) -> Native {
    Native {
        fake: Some(Box::new(step)),
        ..Native::default()
    }
}

/// The marks of one step, in order.
fn marks(direction: &str, id: &str, step: usize, part: Part) -> Vec<String> {
    let mark = format!("{direction} {id} {step}");
    match part {
        Plain | Outside | Rust => vec![mark],
        Returning => vec![mark.clone(), format!("{mark}x"), format!("{mark}y")],
        Log => Vec::new(),
    }
}

/// One mark of a migration, in the order in which they come.
struct Mark {
    text: String,
    /// The step, from 0.
    step: usize,
    part: Part,
}

fn all_marks(model: &Model, direction: &str) -> Vec<Mark> {
    let parts = if direction == "up" {
        model.up
    } else {
        model.down
    };
    let of_step = |(step, part): (usize, Part)| {
        let texts = marks(direction, model.id, step + 1, part);
        texts.into_iter().map(move |text| Mark { text, step, part })
    };
    parts
        .iter()
        .copied()
        .enumerate()
        .flat_map(of_step)
        .collect()
}

/// How far the marks of a migration have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    Absent,
    Up(usize),
    Whole,
    Down(usize),
}

/// Whether what the history says and what the database has agree, at a moment when nothing is open.
pub(super) fn check(database: &Database) -> Result<(), String> {
    check_with(database, false)
}

/// The same; where runs cannot see each other, one that was overtaken may do once more what it was about to do
/// outside a transaction.
pub(super) fn check_with(database: &Database, late: bool) -> Result<(), String> {
    for model in &MODELS {
        let position = position(model, &database.effects, late)?;
        let row = database.row(model.id).map(|held| &held.row);
        agree(model, position, row, database.implicit)
            .map_err(|what| format!("{}: {what}: {position:?}, {row:?}", model.id))?;
    }
    Ok(())
}

/// Replays the marks. Each has to be the next one; only what works outside a transaction may come twice.
fn position(model: &Model, effects: &[String], late: bool) -> Result<Position, String> {
    let (up, down) = (all_marks(model, "up"), all_marks(model, "down"));
    let own = format!(" {} ", model.id);
    let mut now = Position::Absent;
    for effect in effects.iter().filter(|effect| effect.contains(&own)) {
        let (list, at, before) = match now {
            Position::Absent => (&up, 0, down.last()),
            Position::Whole => (&down, 0, up.last()),
            Position::Up(at) => (&up, at, at.checked_sub(1).map(|at| &up[at])),
            Position::Down(at) => (&down, at, at.checked_sub(1).map(|at| &down[at])),
        };
        if list.get(at).is_none_or(|mark| mark.text != *effect) {
            let again = |mark: &Mark| mark.part == Outside && mark.text == *effect;
            if before.is_some_and(again) || (late && up.iter().chain(&down).any(again)) {
                continue;
            }
            return Err(format!("`{effect}` comes at {now:?} in {effects:?}"));
        }
        now = match (at + 1 == list.len(), std::ptr::eq(list, &up)) {
            (true, true) => Position::Whole,
            (true, false) => Position::Absent,
            (false, true) => Position::Up(at + 1),
            (false, false) => Position::Down(at + 1),
        };
    }
    Ok(now)
}

fn agree(
    model: &Model,
    position: Position,
    row: Option<&Row>,
    implicit: bool,
) -> Result<(), &'static str> {
    let Some(row) = row else {
        return (position == Position::Absent)
            .then_some(())
            .ok_or("it left something and has no row");
    };
    let (direction, done, begun, at) = match (row.progress, position) {
        (Progress::Applied, Position::Whole) => return Ok(()),
        (Progress::Applied, _) => return Err("its row says that it is applied"),
        (Progress::Applying { done, begun }, Position::Absent) => ("up", done, begun, 0),
        (Progress::Applying { done, begun }, Position::Up(at)) => ("up", done, begun, at),
        (Progress::Applying { done, begun }, Position::Whole) => ("up", done, begun, usize::MAX),
        (Progress::Reverting { done, begun }, Position::Whole) => ("down", done, begun, 0),
        (Progress::Reverting { done, begun }, Position::Down(at)) => ("down", done, begun, at),
        (Progress::Reverting { done, begun }, Position::Absent) => {
            ("down", done, begun, usize::MAX)
        }
        _ => return Err("its row and its marks go different ways"),
    };
    if model.transaction && !implicit {
        return Err("a part of a transaction is recorded");
    }
    let list = all_marks(model, direction);
    let at = at.min(list.len());
    let end_of = |steps: usize| list.iter().take_while(|mark| mark.step < steps).count();
    let (least, next) = (end_of(done as usize), end_of(done as usize + 1));
    let part = list.get(least).map(|mark| mark.part);
    let most = match part {
        Some(Outside) => next,
        Some(Rust | Returning) if begun > done => next,
        Some(Plain) if implicit && begun > done => next,
        _ => least,
    };
    (least..=most)
        .contains(&at)
        .then_some(())
        .ok_or("its row says another step")
}

/// Whether the step that was cut off is done, as somebody who looks at the database sees it. One that is done
/// in part is finished by hand.
pub(super) fn look_and_finish(database: &mut Database, id: &str) -> bool {
    let model = MODELS.iter().find(|model| model.id == id).unwrap();
    let (direction, done) = match database.row(id).unwrap().row.progress {
        Progress::Applying { done, .. } => ("up", done),
        Progress::Reverting { done, .. } => ("down", done),
        Progress::Applied => panic!("nothing was cut off"),
    };
    let position = position(model, &database.effects, false).unwrap();
    let list = all_marks(model, direction);
    let at = match position {
        Position::Up(at) | Position::Down(at) => at,
        Position::Absent if direction == "up" => 0,
        Position::Whole if direction == "down" => 0,
        _ => list.len(),
    };
    let end_of = |steps: usize| list.iter().take_while(|mark| mark.step < steps).count();
    let (begin, end) = (end_of(done as usize), end_of(done as usize + 1));
    if at == begin {
        return false;
    }
    let rest = list[at..end].iter().map(|mark| mark.text.clone());
    database.effects.extend(rest);
    true
}
