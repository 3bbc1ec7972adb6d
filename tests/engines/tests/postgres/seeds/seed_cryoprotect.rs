//! Numbered migrations, environments, dry runs.

use std::sync::{Arc, Mutex};

use migrate_core::{Down, Event, Observer, PlannedStep, Request, Sql, Up};
use migrate_test_engines::{Histories, conformance::Subject};
use tokio_postgres::Transaction;

use super::both_ways;
use crate::histories::of;

pub(crate) fn register() {
    let _ = Histories::new().with("cryoprotect", |history| {
        history.add(
            "004_runs",
            |steps| steps.sql(Sql::unchecked("CREATE TABLE runs (environment TEXT)")),
            |steps| steps.sql(Sql::unchecked("DROP TABLE runs")),
        );
        history.add(
            "005_results",
            |steps| {
                let environment = steps.environment().to_owned();
                steps.run(
                    "remember the environment",
                    async move |tx: &Transaction<'_>| {
                        tx.execute("INSERT INTO runs VALUES ($1)", &[&environment])
                            .await?;
                        Ok(())
                    },
                );
                steps.log("it is remembered");
            },
            |steps| steps.sql(Sql::unchecked("DELETE FROM runs")),
        );
        history.add(
            "9_nine",
            |steps| steps.sql(Sql::unchecked("CREATE TABLE nine (a INT)")),
            |steps| steps.sql(Sql::unchecked("DROP TABLE nine")),
        );
        history.add(
            "010_ten",
            |steps| steps.sql(Sql::unchecked("ALTER TABLE nine ADD COLUMN b INT")),
            |steps| steps.sql(Sql::unchecked("ALTER TABLE nine DROP COLUMN b")),
        );
    });
}

both_ways! {
    s4_1_apply_to_a_target_and_roll_back_what_is_behind_it
    s4_2_a_dry_run_shows_the_sql_and_changes_nothing
    s4_3_the_environment_reaches_the_migration_and_numbers_are_numbers
    s4_4_what_is_logged_and_results_as_data
    s4_what_cannot_be_is_an_error_and_changes_nothing
}

fn up_to(target: &str) -> Request {
    Request::Up(Up::To(target.to_owned()))
}

fn s4_1_apply_to_a_target_and_roll_back_what_is_behind_it<S: Subject>() {
    let Some(it) = S::new() else { return };
    let migrator = of("cryoprotect");
    let report = it.run(&migrator, &up_to("005")).unwrap();
    assert_eq!(report.names(), ["004_runs", "005_results"]);
    it.run(&migrator, &Request::Up(Up::All)).unwrap();
    let back = it
        .run(&migrator, &Request::Down(Down::To("004".into())))
        .unwrap();
    assert_eq!(back.names(), ["010_ten", "9_nine", "005_results"]);
    it.run(&migrator, &up_to("9")).unwrap();
    // Without a target it is the last batch.
    let back = it.run(&migrator, &Request::Down(Down::Batches(1))).unwrap();
    assert_eq!(back.names(), ["9_nine", "005_results"]);
    let status = it.status(&migrator).unwrap();
    assert_eq!((status.applied().count(), status.pending().count()), (1, 3));
    it.run(&migrator, &Request::Down(Down::All)).unwrap();
    assert!(it.tables().is_empty());
}

fn s4_2_a_dry_run_shows_the_sql_and_changes_nothing<S: Subject>() {
    let Some(it) = S::new() else { return };
    let plan = it.plan(&of("cryoprotect"), &Request::Up(Up::All)).unwrap();
    let first = &plan.migrations[0].steps[0];
    assert!(
        matches!(first, PlannedStep::Sql { sql } if sql == "CREATE TABLE runs (environment TEXT)"),
        "{first:?}"
    );
    let rust = &plan.migrations[1].steps[0];
    assert!(
        matches!(rust, PlannedStep::Run { label } if label == "remember the environment"),
        "{rust:?}"
    );
    assert!(it.tables().is_empty() && it.own_tables().is_empty());
}

fn s4_3_the_environment_reaches_the_migration_and_numbers_are_numbers<S: Subject>() {
    for environment in ["development", "production"] {
        let Some(it) = S::new() else { return };
        let migrator = of("cryoprotect").environment(environment);
        let report = it.run(&migrator, &Request::Up(Up::All)).unwrap();
        assert_eq!(
            report.names(),
            ["004_runs", "005_results", "9_nine", "010_ten"]
        );
        assert_eq!(it.sql("SELECT environment FROM runs"), environment);
    }
}

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<String>>);

impl Observer for Heard {
    fn event(&self, event: &Event<'_>) {
        if let Event::Logged { id, message, .. } = event {
            self.0.lock().unwrap().push(format!("{id}: {message}"));
        }
    }
}

struct Ears(Arc<Heard>);

impl std::fmt::Debug for Ears {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ears")
    }
}

impl Observer for Ears {
    fn event(&self, event: &Event<'_>) {
        self.0.event(event);
    }
}

fn s4_4_what_is_logged_and_results_as_data<S: Subject>() {
    let Some(it) = S::new() else { return };
    let heard = Arc::new(Heard::default());
    let migrator = of("cryoprotect").observer(Ears(Arc::clone(&heard)));
    let report = it.run(&migrator, &up_to("005")).unwrap();
    assert_eq!(*heard.0.lock().unwrap(), ["005_results: it is remembered"]);
    assert_eq!(
        (&*report.done[1].set, &*report.done[1].id),
        ("cryoprotect", "005_results")
    );
}

fn s4_what_cannot_be_is_an_error_and_changes_nothing<S: Subject>() {
    let Some(it) = S::new() else { return };
    let migrator = of("cryoprotect");
    for request in [
        up_to("006"),
        Request::Down(Down::To("006".into())),
        Request::Apply("eleven".into()),
    ] {
        let error = it.run(&migrator, &request).unwrap_err();
        assert!(error.is_usage(), "{error}");
    }
    assert!(it.own_tables().is_empty());
    // An unreadable history is not an empty one.
    it.run(&migrator, &up_to("004")).unwrap();
    it.sql("ALTER TABLE _migrations DROP COLUMN checksum");
    let error = it.run(&migrator, &Request::Up(Up::All)).unwrap_err();
    assert!(
        error.to_string().contains("is not a history of this tool"),
        "{error}"
    );
    assert_eq!(it.tables(), ["runs"]);
}
