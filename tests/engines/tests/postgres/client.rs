//! The application's own connection.

use migrate_core::{Migrator, postgres};
use migrate_test_servers::Postgres;

use crate::{histories::of, runtime};

/// It is lent, and is back whatever happens.
#[test]
fn the_connection_is_back_behind_a_run() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    runtime().block_on(async {
        let mut client = postgres::connect(&database.url()).await.unwrap();
        let process = async |client: &tokio_postgres::Client| -> i32 {
            client
                .query_one("SELECT pg_backend_pid()", &[])
                .await
                .unwrap()
                .get(0)
        };
        let before = process(&client).await;
        of("blog").up_async(&mut client).await.unwrap();
        assert_eq!(process(&client).await, before);
        of("swallowing").up_async(&mut client).await.unwrap_err();
        assert_eq!(process(&client).await, before);
        let name = "n".repeat(60);
        let error = of("blog")
            .table(name)
            .up_async(&mut client)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("cannot be the name"), "{error}");
        assert_eq!(process(&client).await, before);
    });
}

/// A pool gives what leads to a client.
struct Pooled(Box<tokio_postgres::Client>);

impl std::ops::Deref for Pooled {
    type Target = tokio_postgres::Client;

    fn deref(&self) -> &tokio_postgres::Client {
        &self.0
    }
}

impl std::ops::DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut tokio_postgres::Client {
        &mut self.0
    }
}

#[test]
fn a_connection_of_a_pool_does_as_well() {
    let Some(server) = Postgres::shared() else {
        return;
    };
    let database = server.database();
    runtime().block_on(async {
        let mut pooled = Pooled(Box::new(postgres::connect(&database.url()).await.unwrap()));
        let migrator: Migrator = of("blog");
        let done = tokio::spawn(async move {
            migrator
                .up_async(&mut *pooled)
                .await
                .map(|report| report.done.len())
        });
        assert_eq!(done.await.unwrap().unwrap(), 2);
    });
}
