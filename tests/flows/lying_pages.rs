//! Lists that lie never make anybody look gone: absence is believed only from a complete pass and a direct 404, and
//! nobody is made on the word of a list or a search that does not find those who are there.

use scimdeck::domain::{AccountState, Failure, FailureKind, Flag};
use scimdeck::engine::Outcome;
use scimdeck::verbs::{Command, Who};

use crate::bench::*;

const PEOPLE: usize = 130;

const LIES: [&str; 7] = [
    "page-fail@GET/Users$",
    "502@GET/Users$",
    "page-repeat",
    "page-shrink",
    "page-empty",
    "blind@GET",
    "page-churn",
];

fn switch(flow: &Flow, these: &[&str]) {
    let faults = flow.sandbox.faults();
    let mut faults = faults.lock().unwrap();
    faults.clear();
    faults.add(these.iter().map(|fault| fault.parse().expect("a fault")).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_lists_that_lie_make_nobody_look_gone_and_the_check_says_what_it_could_not_see() {
    let flow = Flow::with(Setup { people: PEOPLE, ..Setup::default() }).await;
    let preview = flow.preview(PROVISION).await;
    approve(&flow.drive, preview, Some(PEOPLE as u32)).await.expect("a report");
    flow.all_true(PEOPLE).await;
    for lie in LIES {
        switch(&flow, &[lie]);
        match flow.drive.check(None).await {
            // Whoever is not listed and answers by id proves that the list leaves people out.
            Ok(report) => {
                assert!(!report.complete, "{lie}: {report:?}");
                let why = report.why.expect("a reason").text;
                let proven = ["blind@GET", "page-churn"].contains(&lie);
                assert_eq!(why.contains("whose account answers by its id"), proven, "{lie}: {why}");
            }
            Err(problem) => assert!(["page-fail@GET/Users$", "502@GET/Users$"].contains(&lie), "{problem:?}"),
        }
        assert_eq!(flow.any(Flag::AccountGone), 0, "{lie}");
        for n in 1..=PEOPLE {
            let directory = flow.drive.directory();
            let person = directory.find(&name(n)).expect("they are here");
            assert!(
                person.remote_id().is_some() && person.account() != AccountState::Gone,
                "{lie} {}",
                name(n)
            );
        }
    }
    flow.mended();
    flow.all_true(PEOPLE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_an_import_from_lists_that_lie_removes_nobody() {
    let flow = Flow::with(Setup { people: PEOPLE, ..Setup::default() }).await;
    let preview = flow.preview(PROVISION).await;
    approve(&flow.drive, preview, Some(PEOPLE as u32)).await.expect("a report");
    for lie in LIES {
        switch(&flow, &[lie]);
        if let Ok(scan) = flow.drive.scan().await {
            assert!(scan.found.missing.is_empty(), "{lie}: {:?}", scan.found.missing);
        }
    }
    // Who is really gone answers 404 by id, and only then is believed to be.
    flow.mended();
    flow.sandbox
        .workspace()
        .lock()
        .unwrap()
        .remove_by_hand(&name(5), jiff::Timestamp::now())
        .expect("removed");
    let scan = flow.drive.scan().await.expect("a scan");
    assert_eq!(scan.found.missing, [flow.id(5)]);
}

/// The first of them are linked, the others have accounts that nobody linked.
async fn half_linked(people: usize, linked: usize) -> Flow {
    let flow = Flow::with(Setup { people, existing: people - linked, ..Setup::default() }).await;
    let first = Command::Provision(Who::Named((1..=linked).map(|n| flow.id(n)).collect()));
    flow.done(first).await;
    assert_eq!((flow.accounts(), flow.proxy.count("POST")), (people, linked));
    flow
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_lists_that_lie_end_nobody_s_access_and_make_nobody_twice() {
    // So few are looked for one by one, so many by the whole list.
    for people in [30, 60] {
        let linked = people / 2;
        for lie in ["page-fail@GET/Users$", "page-empty", "blind@GET"] {
            let flow = half_linked(people, linked).await;
            switch(&flow, &[lie, "same-names"]);
            for command in [Command::Apply, PROVISION, Command::Apply] {
                let _ = flow.run(command).await;
            }
            assert_eq!((flow.accounts(), flow.proxy.count("POST")), (people, linked), "{lie} {people}");
            assert!((1..=people).all(|n| flow.account(n).is_some_and(|account| account.access)), "{lie}");
            // A page that fails stops the sending as an outage does; a list that does not fit together, or is proven
            // false, is told to each whom it is about.
            let told = flow.drive.directory().failure(flow.id(people)).map(|failure| failure.text.clone());
            let says = |what: &str| told.as_ref().is_some_and(|text| text.contains(what));
            assert_eq!(says("whose account answers by its id"), lie == "blind@GET", "{lie} {people}");
            assert_eq!(says("does not fit together"), lie == "page-empty", "{lie} {people}");
            switch(&flow, &["same-names"]);
            let late: Vec<_> = (linked + 1..=people).map(|n| flow.id(n)).collect();
            // What was queued goes on by itself meanwhile, which makes some of these late.
            for _ in 0..3 {
                let _ = flow.run(Command::Retry(late.clone())).await;
                let _ = flow.run(Command::Apply).await;
            }
            flow.all_true(people).await;
            assert_eq!((flow.accounts(), flow.proxy.count("POST")), (people, linked), "{lie} {people}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g14_a_search_that_is_believed_is_tried_once_on_somebody_who_is_there() {
    let flow = half_linked(6, 3).await;
    let before = flow.proxy.count("GET");
    let preview = flow.preview(PROVISION).await;
    assert_eq!(preview.plan.operations.len(), 3, "{preview:?}");
    // All three are there: nothing had to be proven.
    assert_eq!(flow.proxy.count("GET") - before, 3, "{:?}", flow.proxy.requests());
    switch(&flow, &["blind@GET", "same-names"]);
    let before = flow.proxy.count("GET");
    let preview = flow.preview(PROVISION).await;
    assert!(!preview.plan.complete, "{preview:?}");
    // Three searches, one for somebody linked, who is read by id, and one list.
    assert!(flow.proxy.count("GET") - before <= 8, "{:?}", flow.proxy.requests());
}

/// What a failure says: what happened, what did not change, and what to do next.
fn tells_of_a_list_that_does_not_fit(why: Option<&Failure>) {
    let why = why.expect("a reason");
    assert_eq!(why.kind, FailureKind::Incomplete, "{why:?}");
    assert!(why.text.contains("not fit together") && why.next.contains("may see all of them"), "{why:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_without_rows_are_told_to_each_whom_they_are_about_and_hold_up_nobody_else() {
    // So few are looked for one by one, so many by the whole list.
    for people in [6, 60] {
        let linked = people / 2;
        let flow = half_linked(people, linked).await;
        switch(&flow, &["page-empty", "same-names"]);
        let report = flow.done(PROVISION).await;
        assert_eq!(
            (report.stopped.as_ref(), report.count(Outcome::Failed)),
            (None, linked as u32),
            "{report:?}"
        );
        report.results.iter().for_each(|result| tells_of_a_list_that_does_not_fit(result.error.as_ref()));
        assert_eq!(flow.drive.pause().await, None, "it is no outage");
        let passes = flow.proxy.count("GET");
        let report = flow.role(1, "Admin").await.expect("a report");
        assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
        assert!(flow.proxy.count("GET") - passes <= 4, "nobody looks again by itself");
        tells_of_a_list_that_does_not_fit(flow.drive.check(None).await.expect("a report").why.as_ref());
        assert_eq!((flow.accounts(), flow.proxy.count("POST")), (people, linked));
        switch(&flow, &["same-names"]);
        flow.done(Command::Apply).await;
        assert_eq!((flow.accounts(), flow.proxy.count("POST")), (people, linked));
        flow.all_true(people).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_a_list_without_rows_does_not_show_is_told_of_it_and_the_others_go_on() {
    let flow = Flow::provisioned(Setup { people: 3, ..Setup::default() }).await;
    let known = flow.group("Known", [1]).await;
    flow.done(Command::PushGroup(known)).await;
    let new = flow.group("A new one", [1]).await;
    flow.fault(&["page-empty@GET/Groups"]);
    flow.done(Command::PushGroup(new)).await;
    flow.group("Known", [1, 2]).await;
    let report = flow.done(Command::Apply).await;
    let [first, second] = &report.groups[..] else { panic!("{report:?}") };
    assert_eq!((first.group, first.outcome), (new, Outcome::Failed), "{report:?}");
    tells_of_a_list_that_does_not_fit(first.error.as_ref());
    assert_eq!((second.group, second.outcome), (known, Outcome::Done), "{report:?}");
    assert_eq!((flow.in_group("Known"), flow.groups_there()), (vec![1, 2], 1));
    switch(&flow, &[]);
    flow.done(Command::Apply).await;
    assert_eq!((flow.in_group("A new one"), flow.groups_there()), (vec![1], 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_is_listed_and_does_not_answer_by_its_id_holds_up_no_other() {
    let flow = Flow::provisioned(Setup { people: 3, ..Setup::default() }).await;
    let (apart, known) = (flow.group("Apart", [1]).await, flow.group("Known", [1]).await);
    for group in [apart, known] {
        flow.done(Command::PushGroup(group)).await;
    }
    let directory = flow.drive.directory();
    let id = directory.group(apart).and_then(|row| row.push.clone()?.remote_id).expect("it is there");
    flow.fault(&[&format!("404@GET/Groups/{id}")]);
    for group in ["Apart", "Known"] {
        flow.group(group, [1, 2]).await;
    }
    let preview = flow.preview(Command::Apply).await;
    assert!(preview.plan.groups.iter().any(|planned| planned.group == known && !planned.calls.is_empty()));
    let report = approve(&flow.drive, preview, None).await.expect("a report");
    let [first, second] = &report.groups[..] else { panic!("{report:?}") };
    let why = first.error.as_ref().expect("a reason");
    assert!(why.text.contains("Apart is listed there and does not answer by its id"), "{why:?}");
    assert_eq!((first.outcome, second.outcome), (Outcome::Failed, Outcome::Done), "{report:?}");
    assert_eq!((flow.in_group("Known"), flow.groups_there()), (vec![1, 2], 2));
    let failure = |group| flow.drive.directory().group(group).and_then(|row| row.push.clone()?.failure);
    assert_eq!((failure(apart).as_ref(), failure(known)), (Some(why), None), "it is on its row");
    switch(&flow, &[]);
    flow.done(Command::Apply).await;
    assert_eq!(flow.in_group("Apart"), [1, 2]);
}
