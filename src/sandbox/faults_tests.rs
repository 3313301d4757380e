//! What each kind of fault does to the workspace and to the answer.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::scim::resource::urn::WORKATO_ROLE as ROLE;

struct Side {
    workspace: Workspace,
    plan: FaultPlan,
    now: i64,
}

fn side(faults: &[&str]) -> Side {
    let workspace = Workspace::new(Settings::new("t".to_owned().into(), "a".to_owned().into()));
    let faults = faults.iter().map(|text| text.parse().expect("a fault")).collect();
    Side { workspace, plan: FaultPlan::new(faults), now: 0 }
}

impl Side {
    fn serve(&mut self, method: Method, path: &str, body: Option<Value>) -> Outcome {
        let request = Request::new(method, &format!("/scim/v2{path}")).bearer("t");
        let request = body.map_or(request.clone(), |body| request.json(&body));
        let now = Timestamp::from_millisecond(self.now).expect("a time");
        serve(&mut self.workspace, &mut self.plan, &request, now).outcome
    }

    fn answer(&mut self, method: Method, path: &str, body: Option<Value>) -> Response {
        match self.serve(method, path, body) {
            Outcome::Answer(response) => response,
            other => panic!("{other:?}"),
        }
    }

    fn get(&mut self, path: &str) -> Value {
        self.answer(Method::Get, path, None).value()
    }

    fn create(&mut self, name: &str) -> Response {
        self.answer(Method::Post, "/Users", Some(user(name, "Admin", true)))
    }

    /// Makes somebody whom no fault touches; gives the path.
    fn present(&mut self, name: &str) -> String {
        let request =
            Request::new(Method::Post, "/scim/v2/Users").bearer("t").json(&user(name, "Admin", true));
        let response = self.workspace.handle(&request, Timestamp::UNIX_EPOCH);
        format!("/Users/{}", response.value()["id"].as_str().expect("an id"))
    }

    fn there(&self, name: &str) -> Value {
        let users = self.workspace.users();
        let user = users.into_iter().find(|user| user["userName"] == name);
        user.map_or(Value::Null, Value::Object)
    }

    fn people(&self) -> usize {
        self.workspace.accounts().count()
    }

    fn control(&mut self, method: Method, body: Option<Value>) -> Response {
        let request = Request::new(method, "/sandbox/faults");
        let request = body.map_or(request.clone(), |body| request.json(&body));
        match serve(&mut self.workspace, &mut self.plan, &request, Timestamp::UNIX_EPOCH).outcome {
            Outcome::Answer(response) => response,
            other => panic!("{other:?}"),
        }
    }
}

fn user(name: &str, role: &str, active: bool) -> Value {
    json!({"userName": name, "externalId": format!("ext-{name}"), "active": active, "title": "Dr",
        (ROLE): {"workato_role": role}})
}

#[test]
fn a_late_commit_is_answered_now_and_done_after_its_time_or_its_requests() {
    let mut side = side(&["late=500:1@POST", "late=2r:2@POST"]);
    assert_eq!(side.create("ana").status, 504);
    assert_eq!(side.people(), 0);
    side.now = 499;
    side.get("/Users");
    assert_eq!(side.people(), 0);
    side.now = 500;
    assert_eq!(side.get("/Users")["totalResults"], 1);
    assert_eq!(side.create("bo").status, 504);
    assert_eq!(side.get("/Users")["totalResults"], 1);
    assert_eq!(side.get("/Users")["totalResults"], 1);
    assert_eq!(side.get("/Users")["totalResults"], 2);
}

#[test]
fn what_is_refused_is_not_done_and_a_500_is() {
    for (spec, status, done) in [
        ("400", 400, 0),
        ("403", 403, 0),
        ("404", 404, 0),
        ("409", 409, 0),
        ("412", 412, 0),
        ("502", 502, 0),
        ("503=3", 503, 0),
        ("504", 504, 0),
        ("redirect=307", 307, 0),
        ("500", 500, 1),
    ] {
        let mut side = side(&[spec]);
        assert_eq!((side.create("ana").status, side.people()), (status, done), "{spec}");
    }
    assert_eq!(side(&["reset"]).serve(Method::Get, "/Users", None), Outcome::Reset);
    assert!(matches!(side(&["truncate"]).serve(Method::Get, "/Users", None), Outcome::Cut(_)));
    assert!(matches!(side(&["drip=9"]).serve(Method::Get, "/Users", None), Outcome::Dripping(..)));
    assert_eq!(side(&["409=uniqueness"]).create("ana").value()["scimType"], "uniqueness");
}

#[test]
fn retry_after_comes_in_every_form() {
    let header = |spec: &str| {
        let mut side = side(&[spec]);
        side.now = 784_111_777_000;
        side.create("ana").get("retry-after").map(str::to_owned)
    };
    assert_eq!(header("503=0").as_deref(), Some("0"));
    assert_eq!(header("503=1000000000").as_deref(), Some("1000000000"));
    assert_eq!(header("429=date+60").as_deref(), Some("Sun, 06 Nov 1994 08:50:37 GMT"));
    assert_eq!(header("429=past").as_deref(), Some("Sat, 05 Nov 1994 08:49:37 GMT"));
    assert_eq!(header("429=garbage").as_deref(), Some("soon, maybe"));
    assert_eq!(header("503=none"), None);
    assert_eq!(header("503"), None);
}

#[test]
fn an_ignored_attribute_stays_and_the_answer_says_so() {
    let mut side = side(&["ignore=active@PUT", "ignore=title@PATCH", "ignore=roles@POST"]);
    let made = side.create("ana").value();
    assert_eq!((&made[ROLE], &made["active"]), (&Value::Null, &json!(true)));
    let path = side.present("bo");
    let put = side.answer(Method::Put, &path, Some(user("bo", "Operator", false))).value();
    assert_eq!((&put["active"], &put[ROLE]["workato_role"]), (&json!(true), &json!("Operator")));
    assert_eq!(side.there("bo")["active"], true);
    let ops = json!({"Operations": [{"op": "replace", "value": {"title": "Prof", "active": false}}]});
    let patched = side.answer(Method::Patch, &path, Some(ops)).value();
    assert_eq!((&patched["title"], &patched["active"]), (&json!("Dr"), &json!(false)));
}

#[test]
fn a_lie_answers_as_asked_and_keeps_something_back() {
    let mut side = side(&["lie=active:1@PUT", "lie:2@PUT", "lie@POST"]);
    assert_eq!((side.create("nobody").status, side.people()), (201, 0));
    let path = side.present("bo");
    let told = side.answer(Method::Put, &path, Some(user("bo", "Operator", false))).value();
    assert_eq!((&told["active"], &told[ROLE]["workato_role"]), (&json!(false), &json!("Operator")));
    let there = side.there("bo");
    assert_eq!((&there["active"], &there[ROLE]["workato_role"]), (&json!(true), &json!("Operator")));
    let told = side.answer(Method::Put, &path, Some(user("bo", "Analyst", false))).value();
    assert_eq!((&told["active"], &told[ROLE]["workato_role"]), (&json!(false), &json!("Analyst")));
    assert_eq!(side.there("bo"), there);
    assert_eq!(side.answer(Method::Put, &path, Some(user("bo", "Analyst", false))).value(), side.there("bo"));
}

#[test]
fn a_lie_about_one_attribute_of_a_new_account_tells_the_id_that_is_stored() {
    let mut side = side(&["lie=roles@POST"]);
    let told = side.create("ana").value();
    let there = side.there("ana");
    assert_eq!((&told["id"], &told["title"]), (&there["id"], &there["title"]));
    assert!(!told[ROLE].is_null() && there[ROLE].is_null(), "{told} {there}");
    let next = side.create("bo").value();
    assert_ne!(next["id"], there["id"]);
}

#[test]
fn somebody_else_can_be_faster_and_errors_can_lack_their_type() {
    let mut side = side(&["taken@POST", "untyped"]);
    let answer = side.create("ana");
    assert_eq!((answer.status, &answer.value()["scimType"]), (409, &Value::Null));
    assert_eq!(side.there("ana")["externalId"], "of-another-client");
}

#[test]
fn answers_to_writes_can_lack_their_id_or_be_somebody_else_s() {
    let mut side = side(&["no-id:1", "wrong-name:2"]);
    let answer = side.create("ana");
    assert_eq!((answer.status, &answer.value()["id"], answer.get("location")), (201, &Value::Null, None));
    let wrong = side.create("bo").value();
    assert_eq!(wrong["userName"], "somebody.else@elsewhere.test");
    assert!(!side.there("ana").is_null() && !side.there("bo").is_null());
}

#[test]
fn late_reads_show_what_was_there_before() {
    let mut side = side(&["stale@GET"]);
    let path = side.present("bo");
    side.answer(Method::Put, &path, Some(user("bo", "Operator", false)));
    assert_eq!(side.get(&path)["active"], true);
    assert_eq!(side.get("/Users")["Resources"][0]["active"], true);
    side.create("ana");
    let list = side.get("/Users");
    assert_eq!((&list["totalResults"], list["Resources"].as_array().map(Vec::len)), (&json!(1), Some(1)));
}

#[test]
fn reads_can_be_late_for_a_while_only() {
    let mut side = side(&["stale=700@GET"]);
    let path = side.present("bo");
    side.answer(Method::Put, &path, Some(user("bo", "Operator", false)));
    let seen = |side: &mut Side| {
        (side.get(&path)["active"] == true, side.get("/Users")["Resources"][0]["active"] == true)
    };
    side.now = 700;
    assert_eq!(seen(&mut side), (true, true));
    side.now = 701;
    assert_eq!(seen(&mut side), (false, false));
}

fn names(page: &Value) -> Vec<String> {
    let rows = page["Resources"].as_array().expect("rows");
    rows.iter().map(|row| row["userName"].as_str().expect("a name").to_owned()).collect()
}

/// Two pages of two of four people under a fault.
fn pages(fault: &str) -> [Response; 2] {
    let mut side = side(&[fault]);
    for name in ["a", "b", "c", "d"] {
        side.present(name);
    }
    ["/Users?startIndex=1&count=2", "/Users?startIndex=3&count=2"]
        .map(|path| side.answer(Method::Get, path, None))
}

#[test]
fn lists_lie_in_every_way() {
    let [first, second] = pages("page-fail");
    assert_eq!((first.status, second.status), (200, 500));
    let [first, second] = pages("page-repeat").map(|page| names(&page.value()));
    assert_eq!(first, second);
    let [first, second] = pages("page-shrink").map(|page| page.value());
    assert_eq!((&first["totalResults"], &second["totalResults"]), (&json!(4), &json!(3)));
    assert_eq!(names(&second), ["c"]);
    let [first, _] = pages("page-empty").map(|page| page.value());
    assert_eq!((&first["totalResults"], names(&first).len()), (&json!(4), 0));
    let [first, second] = pages("page-churn").map(|page| page.value());
    assert_eq!((&first["totalResults"], &second["totalResults"]), (&json!(4), &json!(4)));
    assert!(!names(&second).contains(&"c".to_owned()) && names(&second).len() == 2);
    let [first, _] = pages("blind").map(|page| page.value());
    assert_eq!((&first["totalResults"], names(&first).len()), (&json!(0), 0));
    let mut side = side(&["no-filter"]);
    assert_eq!(side.answer(Method::Get, "/Users?filter=userName+pr", None).status, 400);
    assert_eq!(side.answer(Method::Get, "/Users", None).status, 200);
}

#[test]
fn hostile_bodies_are_what_they_say() {
    let body = |fault: &str| {
        let mut side = side(&[fault]);
        side.present("bo");
        side.answer(Method::Get, "/Users", None)
    };
    let bomb = body("gzip-bomb");
    assert_eq!(bomb.get("content-encoding"), Some("gzip"));
    assert!((1 << 20..2 << 20).contains(&bomb.body.len()));
    assert!(body("deep-json").body.ends_with(&[b'['; 200_000]));
    assert!(String::from_utf8(body("bad-utf8").body).is_err());
    let twice = String::from_utf8(body("duplicate-keys").body).expect("text");
    assert_eq!(twice.matches("\"totalResults\"").count(), 2);
    let texts = body("string-booleans").value();
    assert_eq!(texts["Resources"][0]["active"], "True");
}

#[test]
fn a_bucket_lets_through_what_is_allowed() {
    let mut side = side(&["bucket=1/2@GET"]);
    let status = |side: &mut Side| side.answer(Method::Get, "/Users", None).status;
    assert_eq!([0; 3].map(|_| status(&mut side)), [200, 200, 429]);
    side.now = 1_000;
    assert_eq!([0; 2].map(|_| status(&mut side)), [200, 429]);
}

#[test]
fn faults_are_listed_set_and_cleared_while_it_runs_and_never_hit_that_call() {
    let mut side = side(&["502:1-2", "reset@/sandbox/"]);
    assert_eq!(side.create("ana").status, 502);
    let shown = side.control(Method::Get, None).value();
    assert_eq!(shown["sandbox"], "scimdeck");
    let fault =
        json!({"fault": "502:1-2", "title": "the proxy fails", "seen": 1, "hits": 1, "left": 1, "on": true});
    assert_eq!(shown["faults"][0], fault);
    assert_eq!(shown["kinds"].as_array().map(Vec::len), Some(KINDS.len()));
    let refused = side.control(Method::Post, Some(json!({"clear": true, "add": ["lose", "nonsense"]})));
    assert_eq!(refused.status, 400);
    assert_eq!(side.plan.states().len(), 2, "nothing was changed");
    let change = json!({"remove": ["502:1-2"], "add": ["400:1@POST"]});
    assert_eq!(side.control(Method::Post, Some(change)).status, 200);
    assert_eq!(side.create("ana").status, 400);
    assert_eq!(side.create("ana").status, 201);
    let shown = side.control(Method::Post, Some(json!({"clear": true}))).value();
    assert_eq!(shown["faults"], json!([]));
    let far = Request { local: false, ..Request::new(Method::Get, "/sandbox/faults") };
    let outcome = serve(&mut side.workspace, &mut side.plan, &far, Timestamp::UNIX_EPOCH).outcome;
    assert!(matches!(outcome, Outcome::Answer(response) if response.status == 401));
}
