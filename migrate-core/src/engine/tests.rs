//! The engine without a database: every action fails, finds the lock taken, loses its answer or is the last one.

mod fake;
mod interleaved;
mod model;
mod requests;
mod sweep;
mod told;
mod waiting;

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context as TaskContext, Poll, Waker},
    time::Duration,
};

use migrate_schema::Dialect;

use crate::{
    engine::{self, AppliedBy, Context},
    error::Error,
    observer::{Event, Observer, Report},
    plan::{Policy, Request, Settings},
    registry::Registry,
};
use fake::{Fake, World};

/// Everything that a run is given but the database.
struct Given {
    registry: Registry,
    settings: Settings,
    timeout: Duration,
    applied_by: AppliedBy,
    heard: Heard,
}

/// Writes events down.
#[derive(Clone, Debug, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Observer for Heard {
    fn event(&self, event: &Event<'_>) {
        let text = match event {
            Event::Started { migrations, steps } => format!("started {migrations} {steps}"),
            Event::Waiting { what, waited, .. } => {
                format!("waiting for {what}: {} ms", waited.as_millis())
            }
            Event::Warned(warning) => format!("warned {warning}"),
            Event::MigrationStarted {
                action, id, steps, ..
            } => {
                format!("{} {id}, {steps} steps", action.word())
            }
            Event::StepStarted { step, of, what } => format!("step {step} of {of}: {what}"),
            Event::Logged { id, message, .. } => format!("logged {id} {message}"),
            Event::MigrationDone { action, id, .. } => format!("done: {} {id}", action.word()),
            Event::Skipped { id, .. } => format!("skipped {id}"),
            Event::MigrationFailed { id, error, .. } => format!("failed {id}: {error}"),
        };
        self.0.lock().unwrap().push(text);
    }
}

impl Heard {
    /// What was heard since the last time.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Given {
    fn new(registry: Registry) -> Self {
        Self {
            registry,
            settings: Settings {
                environment: "test".to_owned(),
                changed: Policy::Error,
                missing: Policy::Error,
                out_of_order: Policy::Error,
                stored_down: false,
            },
            timeout: Duration::from_secs(60),
            applied_by: AppliedBy::new(Some("ann@host")),
            heard: Heard::default(),
        }
    }

    fn context(&self) -> Context<'_> {
        Context {
            registry: &self.registry,
            settings: &self.settings,
            dialect: Dialect::Sqlite,
            timeout: self.timeout,
            observer: &self.heard,
            applied_by: &self.applied_by,
        }
    }

    /// A run on a session of its own. Nothing comes back where it was killed.
    fn run(&self, world: &World, request: &Request) -> Option<Result<Report, Error>> {
        self.run_and_look(world, request, &mut || {})
    }

    /// The same, with a look at the database whenever the run gives way.
    fn run_and_look(
        &self,
        world: &World,
        request: &Request,
        look: &mut dyn FnMut(),
    ) -> Option<Result<Report, Error>> {
        let mut driver = world.connect();
        let mut running = Running::new(self, &mut driver, request);
        loop {
            let answer = running.step();
            look();
            if answer.is_some() {
                return answer;
            }
            if world.state().killed {
                return None;
            }
        }
    }
}

/// A run that goes on only when it is told to.
struct Running<'a>(Pin<Box<dyn Future<Output = Result<Report, Error>> + Send + 'a>>);

impl<'a> Running<'a> {
    fn new(given: &'a Given, driver: &'a mut Fake, request: &'a Request) -> Self {
        // Boxing it as `Send` is the proof that a driver whose futures are `Send` has runs that are.
        Self(Box::pin(engine::run(driver, given.context(), request)))
    }

    /// Goes on to the next action.
    fn step(&mut self) -> Option<Result<Report, Error>> {
        match self
            .0
            .as_mut()
            .poll(&mut TaskContext::from_waker(Waker::noop()))
        {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        }
    }
}

#[test]
fn looking_is_send_too() {
    fn is_send<T: Send>(_: T) {}
    let (given, world) = (Given::new(model::registry()), World::default());
    let (mut one, mut two) = (world.connect(), world.connect());
    let request = Request::Fresh;
    is_send(engine::plan(&mut one, given.context(), &request));
    is_send(engine::applied(&mut two, given.context()));
}
