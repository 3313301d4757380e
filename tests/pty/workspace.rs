//! The app's side of a home: what is really in the workspace, and what people do there by hand.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::home::Home;

const ROLE: &str = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";

/// The workspace that the home's sandbox plays.
#[derive(Clone, Copy)]
pub(crate) struct Workspace<'a> {
    pub(crate) home: &'a Home,
}

impl Workspace<'_> {
    /// A plain request to it: status and JSON.
    fn ask(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> (u16, Value) {
        let base = self.home.told("base_url");
        let host = base.strip_prefix("http://").and_then(|b| b.strip_suffix("/scim/v2")).unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let token = token.map(|t| format!("authorization: Bearer {t}\r\n")).unwrap_or_default();
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{token}content-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {answer}")))
    }

    /// Makes an account over SCIM and gives the status of the answer.
    pub(crate) fn post(&self, user: &Value) -> u16 {
        self.ask("POST", "/scim/v2/Users", Some(&self.secret("token_file")), Some(user)).0
    }

    /// Misbehaves from now on.
    pub(crate) fn fault(&self, fault: &str) {
        let change = serde_json::json!({"add": [fault]});
        let (status, said) = self.ask("POST", "/sandbox/faults", None, Some(&change));
        assert_eq!(status, 200, "{said}");
    }

    fn secret(&self, file: &str) -> String {
        std::fs::read_to_string(self.home.told(file)).unwrap().trim().to_owned()
    }

    /// All accounts, as SCIM shows them.
    pub(crate) fn accounts(&self) -> Vec<Value> {
        let (status, list) =
            self.ask("GET", "/scim/v2/Users?count=100", Some(&self.secret("token_file")), None);
        assert_eq!(status, 200, "{list}");
        list["Resources"].as_array().unwrap().clone()
    }

    /// The one account of a user name.
    #[track_caller]
    pub(crate) fn account(&self, user_name: &str) -> Value {
        let all = self.accounts();
        let mut found = all.iter().filter(|account| account["userName"] == user_name);
        let one = found.next().unwrap_or_else(|| panic!("no {user_name} in {all:?}"));
        assert!(found.next().is_none(), "{user_name} twice");
        one.clone()
    }

    /// The role an account has, and whether it has access.
    #[track_caller]
    pub(crate) fn role(&self, user_name: &str) -> (String, bool) {
        let account = self.account(user_name);
        let role = account[ROLE]["workato_role"].as_str().unwrap_or("none").to_owned();
        (role, account["active"].as_bool().unwrap())
    }

    /// The state on the list of collaborators.
    pub(crate) fn state(&self, user_name: &str) -> String {
        let token = self.secret("activity_token_file");
        let (status, list) = self.ask("GET", "/api/members", Some(&token), None);
        assert_eq!(status, 200, "{list}");
        let all = list["data"].as_array().unwrap();
        let one = all.iter().find(|member| member["email"] == user_name);
        one.map_or("nobody", |member| member["state"].as_str().unwrap()).to_owned()
    }

    /// How often the activity log tells of this event about this person.
    pub(crate) fn told_of(&self, event: &str, user_name: &str) -> usize {
        let token = self.secret("activity_token_file");
        let (status, log) = self.ask("GET", "/api/activity_logs?page[size]=100", Some(&token), None);
        assert_eq!(status, 200, "{log}");
        let all = log["data"].as_array().unwrap();
        let fits = |entry: &&Value| entry["event_type"] == event && entry.to_string().contains(user_name);
        all.iter().filter(fits).count()
    }

    /// Something done in the workspace by hand.
    pub(crate) fn by_hand(&self, what: &str, body: Value) -> Value {
        let (status, answer) = self.ask("POST", &format!("/sandbox/{what}"), None, Some(&body));
        assert_eq!(status, 200, "{what}: {answer}");
        answer
    }

    /// Whoever is invited follows the link of the mail.
    pub(crate) fn accept(&self, user_name: &str) {
        self.by_hand("accept", json!({"userName": user_name}));
    }
}
