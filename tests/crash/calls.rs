//! The process dies at its nth call to the store or to the endpoint, for every n until it does not die any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use scimdeck::audit::AuditQuery;
use scimdeck::domain::ConnectionId;
use scimdeck::drive::{connections, open_store};
use tokio::task::JoinSet;

use crate::dying;
use crate::home::{ATTRIBUTE, Home, all};
use crate::journal::Journal;
use crate::line::Line;
use crate::there::There;
use crate::work::{GROUP, name};

/// So many scenes at the same time: most of what they do is wait for what is in doubt.
const TOGETHER: usize = 12;
/// More calls than the work has: one that goes on so long does not end.
const MOST: usize = 400;

/// Names need not be unique there: an account that is made twice would stay and be seen.
const FAULTS: [&str; 1] = ["same-names"];

/// A home with three people, two of them in a group, and an endpoint where nobody is.
pub(crate) struct Scene {
    pub(crate) home: Home,
    there: There,
    line: Line,
}

impl Scene {
    pub(crate) async fn start() -> Self {
        let there = There::inside(&FAULTS).await;
        let line = Line::to(there.authority()).await;
        let home = Home::new();
        home.connect(&line.base()).await;
        let rows: String = (1..=3).map(|n| format!("{},Ana,Ruiz {n},yes,Operator\n", name(n))).collect();
        let file = home
            .file("people.csv", &format!("user_name,given_name,family_name,assigned,{ATTRIBUTE}\n{rows}"));
        home.ok(&["import", "people", file.to_str().expect("text")]).await;
        home.ok(&["group", "add", GROUP]).await;
        home.ok(&["member", "add", GROUP, &name(1), &name(3)]).await;
        Journal::beside(&home.store()).in_one_file();
        std::fs::copy(home.store(), home.path("first.db")).expect("a copy");
        Self { home, there, line }
    }

    /// As at the start.
    async fn anew(&mut self) {
        self.there = There::inside(&FAULTS).await;
        self.line.lead_to(self.there.authority());
        self.home.remove();
        std::fs::create_dir(self.home.path("home")).expect("a folder");
        std::fs::copy(self.home.path("first.db"), self.home.store()).expect("a copy");
    }

    /// What an operator does who does not know how far it came: all of it again.
    async fn again(&self) {
        let (first, second, third) = (name(1), name(2), name(3));
        let role = format!("{ATTRIBUTE}=Admin");
        let commands: [&[&str]; 6] = [
            &["apply", "--yes"],
            &["provision", "--yes"],
            &["group", "push", GROUP, "--yes"],
            &["role", &first, &role, "--yes"],
            &["suspend", &second, "--yes"],
            &["member", "remove", GROUP, &third, "--yes"],
        ];
        for args in commands {
            let output = self.home.run(args).await;
            let said = all(&output);
            let gone = said.contains("is not in Night shift");
            assert!(output.status.success() || gone, "{args:?}: {said}");
        }
    }

    /// Exactly what was wanted is there, and both sides know it.
    pub(crate) async fn is_true(&self) {
        let users = self.there.users().await;
        assert_eq!(users.keys().cloned().collect::<Vec<_>>(), (1..=3).map(name).collect::<Vec<_>>());
        let seen: Vec<_> = users.values().map(|user| (user.active, user.role.as_str())).collect();
        assert_eq!(seen, [(true, "Admin"), (false, "Operator"), (true, "Operator")]);
        let member = vec![users[&name(1)].id.clone()];
        let groups = self.there.groups().await;
        assert_eq!(groups.into_iter().collect::<Vec<_>>(), [(GROUP.to_owned(), member)]);
        let journal = Journal::left(&self.home.store());
        journal.whole();
        assert!(journal.operations().iter().all(|row| matches!(row.state.as_str(), "done" | "cancelled")));
        self.home.ok(&["check"]).await;
        self.home.ok(&["audit", "verify"]).await;
        let (_, status) = self.home.json(&["status"]).await;
        let flags = status["flags"].as_object().expect("flags");
        assert!(flags.values().all(|count| *count == 0), "{status}");
        // The same writes again would be seen here: everybody was created once by one request that arrived.
        let posts = self.line.asked().iter().filter(|asked| asked.method == "POST").count();
        assert!(posts <= 8, "{posts} creates for three people and a group");
    }
}

/// What the process dies at.
#[derive(Debug, Clone, Copy)]
enum At {
    Storage,
    Network,
}

impl Scene {
    /// Dies at the nth boundary. Whether it did.
    async fn dies(&self, at: At, n: usize) -> bool {
        match at {
            At::Storage => {
                let status = dying::start(&self.home.path("home"), n).wait().await.expect("it ends");
                !status.success()
            }
            At::Network => self.killed(n).await,
        }
    }

    /// Is killed at the nth boundary of its requests. Whether it was.
    async fn killed(&self, n: usize) -> bool {
        self.line.stand_at(n);
        let mut child = dying::start(&self.home.path("home"), 0);
        let killed = tokio::select! {
            status = child.wait() => {
                assert!(status.expect("it ends").success(), "it ends by itself where nothing stands");
                false
            }
            () = self.line.stands() => {
                child.kill().await.expect("it ends");
                true
            }
        };
        assert_eq!(self.line.go_on(), !killed);
        killed
    }
}

/// Every n from 1 until one does not die. How many died.
async fn every(at: At) -> usize {
    let (next, died) = (Arc::new(AtomicUsize::new(1)), Arc::new(AtomicUsize::new(0)));
    let mut workers = JoinSet::new();
    for _ in 0..TOGETHER {
        let (next, died) = (next.clone(), died.clone());
        workers.spawn(async move {
            let mut scene = Scene::start().await;
            loop {
                let n = next.fetch_add(1, Ordering::SeqCst);
                assert!(n < MOST, "it does not end");
                println!("{at:?} {n}");
                let dies = scene.dies(at, n).await;
                scene.again().await;
                scene.is_true().await;
                if !dies {
                    break;
                }
                died.fetch_add(1, Ordering::SeqCst);
                scene.anew().await;
            }
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker.expect("every one of them ends true");
    }
    died.load(Ordering::SeqCst)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g01_a_process_that_dies_at_any_call_to_the_store_loses_nothing_and_makes_nothing_twice() {
    let died = every(At::Storage).await;
    println!("{died} boundaries");
    assert!(died > 20, "{died}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_dies_while_it_connects_leaves_the_connection_with_its_audit_entry_or_neither() {
    let mut left = Vec::new();
    for n in 1.. {
        let home = Home::new();
        std::fs::create_dir(home.path("home")).expect("a folder");
        let dies = !dying::start(&home.path("home"), n).wait().await.expect("it ends").success();
        let store = open_store(&home.path("home")).expect("a store");
        let there = connections(&store).await.expect("connections");
        let told = store.audit(ConnectionId(1), AuditQuery { limit: 9, ..AuditQuery::default() }).await;
        let told: Vec<String> = told.expect("entries").into_iter().map(|entry| entry.event).collect();
        assert_eq!(there.len(), told.len(), "boundary {n}: {there:?} {told:?}");
        left.push(there.len());
        if !dies {
            assert_eq!(told, ["connection added"]);
            break;
        }
    }
    assert!(left.contains(&0) && left.len() > 1, "{left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g01_a_process_that_dies_at_any_request_loses_nothing_and_makes_nothing_twice() {
    let died = every(At::Network).await;
    println!("{died} boundaries");
    assert!(died > 30, "{died}");
}
