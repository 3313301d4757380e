//! Fills an empty store with the example directory of `demo`.

use super::problem;
use super::shared::now;
use crate::directory::{Change, Directory};
use crate::domain::{Connection, Ids, Origin};
use crate::engine::Problem;
use crate::sources::demo::{self, Demo};
use crate::store::{Batch, Store};
use crate::verbs::{self, Command, Context, ImportOptions};

/// The assigned people of the example got the app this long before SCIM was enabled.
const BEFORE_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// Takes in the example's attributes, people and groups as an import would, and lets its assignments stand from
/// before SCIM was enabled.
pub async fn fill_example(store: &Store, connection: &Connection, example: &Demo) -> Result<(), Problem> {
    let at = now();
    let mut ids = Ids::new(super::seed()?);
    let mut directory = Directory::new(connection.clone());
    let mut all: Vec<Change> = demo::attributes()
        .into_iter()
        .zip(0..)
        .map(|(attribute, n)| Change::Attribute(n, attribute))
        .collect();
    directory.apply_all(&all);
    let commands = [
        Command::ImportPeople(example.people.clone(), ImportOptions::default()),
        Command::ImportGroups(example.groups.clone(), ImportOptions::default()),
    ];
    for command in commands {
        let mut context = Context { now: at, actor: "demo", ids: &mut ids, typed: &[] };
        let mut changes = verbs::decide(&directory, &command, &mut context)?.changes;
        for change in &mut changes {
            if let Change::Assigned(_, assignment) = change {
                assignment.origin = Origin::BeforeScim;
                assignment.since = at.plus_ms(-BEFORE_MS);
            }
        }
        directory.apply_all(&changes);
        all.extend(changes);
    }
    let batch = Batch { connection: Some(connection.id), changes: all, ..Batch::default() };
    store.apply(batch).await.map(|_| ()).map_err(|e| problem::store(&e))
}
