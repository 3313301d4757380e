//! A plan kept in a file: exactly what was looked at, to be sent later or not at all.
//!
//! It is plain JSON with the keys of `plan --json` and, beside them, everything that the requests stand on. A SHA-256
//! over the whole of it, whatever the order of keys, shows an edit. It never holds a token.

mod compare;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Plan, Planned, PlannedGroup, Problem, ProblemKind, Resumed};
use crate::directory::Directory;
use crate::domain::{Call, PersonId, Time, typed};
use crate::verbs::{Command, Who};

/// The format that is written, and the only one that is read.
pub const VERSION: u64 = 1;
/// A larger file is refused unread, in bytes.
pub const LARGEST: u64 = 256 << 20;

/// So many people are named in the line that makes a new plan.
const MOST_NAMED: usize = 5;

/// Which command a saved plan is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanOf {
    /// `plan`: what is unsent, failed or waiting.
    Apply,
    /// `provision` without names.
    ProvisionAll,
    /// `provision` of these people.
    Provision(Vec<PersonId>),
}

impl PlanOf {
    /// The command that is planned again before anything is sent.
    pub fn command(&self) -> Command {
        match self {
            Self::Apply => Command::Apply,
            Self::ProvisionAll => Command::Provision(Who::NotProvisioned),
            Self::Provision(people) => Command::Provision(Who::Named(people.clone())),
        }
    }

    /// The line that makes such a file.
    fn command_line(&self, directory: &Directory) -> String {
        let named = match self {
            Self::Apply => return "scimdeck plan -o FILE".to_owned(),
            Self::ProvisionAll => String::new(),
            Self::Provision(people) if people.len() > MOST_NAMED => " USER...".to_owned(),
            Self::Provision(people) => {
                let people = people.iter().filter_map(|id| directory.get(*id));
                people.map(|person| format!(" {}", typed(person.user_name()))).collect()
            }
        };
        format!("scimdeck provision{named} --plan -o FILE")
    }

    /// What can be kept of a command; none for a verb that would change our side as well.
    pub fn of(command: &Command) -> Option<Self> {
        match command {
            Command::Apply => Some(Self::Apply),
            Command::Provision(Who::NotProvisioned) => Some(Self::ProvisionAll),
            Command::Provision(Who::Named(people)) => Some(Self::Provision(people.clone())),
            _ => None,
        }
    }
}

/// A saved plan that was read back: its hash is right and it is of this connection.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanFile {
    /// Of which command.
    pub of: PlanOf,
    document: Value,
}

/// A request as `plan --json` shows it.
pub fn request(call: &Call) -> Value {
    let mut request =
        json!({"method": call.method, "path": format!("/{}", call.path.join("/")), "body": call.body});
    if let Some(version) = &call.if_match {
        request["if_match"] = json!(version);
    }
    request
}

/// The request that changes something; reads go before it and are not part of the answer.
pub fn write_of(planned: &Planned) -> Value {
    write_in(&planned.calls)
}

fn write_in(calls: &[Call]) -> Value {
    calls.iter().rfind(|call| call.method.writes()).map_or(Value::Null, request)
}

/// A plan as `plan --json` shows it.
pub fn shown(plan: &Plan) -> Value {
    let mut summary = json!(plan.summary);
    summary["complete"] = json!(plan.complete);
    summary["brake"] = json!(plan.brake.held);
    let operation = |p: &Planned| {
        json!({
            "kind": p.kind,
            "user_name": p.user_name,
            "cause": p.cause,
            "changes": p.changes,
            "request": write_of(p),
        })
    };
    let skipped = plan
        .skipped
        .iter()
        .map(|s| json!({"user_name": s.user_name, "why": s.why, "failed": s.failed}))
        .collect::<Vec<_>>();
    let group = |g: &PlannedGroup| {
        json!({
            "kind": "group",
            "group": g.name,
            "cause": g.kind,
            "changes": {"added": g.added, "removed": g.removed},
            "request": g.calls.first().map(request),
        })
    };
    let groups = plan.groups.iter().map(group);
    json!({
        "operations": plan.operations.iter().map(operation).chain(groups).collect::<Vec<_>>(),
        "resumes": plan.resumed.iter().map(resumes).collect::<Vec<_>>(),
        "summary": summary,
        "skipped": skipped,
    })
}

impl PlanFile {
    /// A plan as a file's text. `shown` is its `plan --json`, whose keys are kept; `by` is who made it.
    pub fn write(
        of: &PlanOf,
        directory: &Directory,
        plan: &Plan,
        shown: Value,
        (by, at): (&str, Time),
    ) -> Result<String, Problem> {
        if !plan.complete {
            return Err(Problem::new(
                ProblemKind::Endpoint,
                "incomplete",
                "Not everybody could be looked up there, so the plan stands on nothing and was not saved. Nothing was sent.",
                "See what the endpoint says with: scimdeck test; then plan again.",
            ));
        }
        let mut document = json!({
            "scimdeck_plan": VERSION,
            "connection": directory.connection().name,
            "base_url": directory.connection().base_url,
            "made_at": at,
            "made_by": by,
            "of": of,
            "brake": plan.brake,
        });
        extend(&mut document, shown);
        extend(&mut document, exact(directory, plan));
        // Read back once, so that what is hashed is what will be read.
        let mut document = parse(&document.to_string())?;
        document["hash"] = json!(hash(&document));
        Ok(format!("{document:#}\n"))
    }

    /// Reads a file's text and refuses what is no saved plan of this connection, or was edited.
    pub fn read(text: &str, directory: &Directory) -> Result<Self, Problem> {
        let mut document = parse(text)?;
        let version = document.get("scimdeck_plan").and_then(Value::as_u64);
        match version {
            Some(VERSION) => {}
            Some(other) => {
                let text = format!("The plan is of format {other}, and this program reads {VERSION}.");
                return Err(bad("plan_version", text));
            }
            None => return Err(bad("no_plan", "The file is no saved plan.")),
        }
        let kept = document.as_object_mut().and_then(|fields| fields.shift_remove("hash"));
        if kept.as_ref().and_then(Value::as_str) != Some(hash(&document).as_str()) {
            return Err(bad("plan_edited", "The plan was edited after it was saved: its hash does not fit."));
        }
        let connection = directory.connection();
        for (key, ours) in [("connection", &connection.name), ("base_url", &connection.base_url)] {
            let theirs = document.get(key).and_then(Value::as_str).unwrap_or_default();
            if theirs != ours {
                let words = if key == "base_url" { "base URL" } else { key };
                let text = format!("The plan is for the {words} {theirs}, and this is {ours}.");
                return Err(bad("other_connection", text));
            }
        }
        let of = document.get("of").cloned().unwrap_or_default();
        let of =
            serde_json::from_value(of).map_err(|_| bad("no_plan", "The plan does not say what it is of."))?;
        Ok(Self { of, document })
    }

    /// Whether a plan made just now is the same in every operation, change, request and base. Otherwise it is stale,
    /// with for whom and what.
    pub fn same_as(&self, directory: &Directory, plan: &Plan) -> Result<(), Problem> {
        let now = parse(&exact(directory, plan).to_string())?;
        let moved = compare::moved(&self.document, &now);
        if moved.is_empty() {
            return Ok(());
        }
        Err(stale(moved, format!("Make a new one and look at it: {}", self.of.command_line(directory))))
    }
}

/// For whom a plan that was opened and one made after it differ, and in what. What came to its end in the queue
/// meanwhile was sent by whoever sends it.
///
/// # Errors
/// As for a file that is too large.
pub fn moved(directory: &Directory, opened: &Plan, now: &Plan) -> Result<Vec<String>, Problem> {
    let ours =
        |plan: &Plan| parse(&exact(directory, &Plan { resumed: Vec::new(), ..plan.clone() }).to_string());
    Ok(compare::moved(&ours(opened)?, &ours(now)?))
}

/// The refusal of a plan that does not hold any more.
pub fn stale(moved: Vec<String>, next: String) -> Problem {
    let more = moved.len().saturating_sub(compare::SHOWN);
    let mut text = moved.into_iter().take(compare::SHOWN).collect::<Vec<_>>().join("; ");
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }
    let text = format!("The plan is stale: {text}. Nothing was changed and nothing was sent.");
    Problem::new(ProblemKind::Stale, "stale", text, next)
}

/// Everything that the requests stand on, in the order of the plan.
fn exact(directory: &Directory, plan: &Plan) -> Value {
    let operation = |planned: &Planned| {
        let mut operation = json!(planned);
        operation["request"] = write_of(planned);
        operation
    };
    json!({
        "operations": plan.operations.iter().map(operation).collect::<Vec<_>>(),
        "resumes": plan.resumed.iter().map(resumes).collect::<Vec<_>>(),
        "groups": plan.groups,
        "attributes": directory.attributes(),
    })
}

/// An operation of the queue that goes on when the plan is run.
fn resumes(resumed: &Resumed) -> Value {
    let told = resumed.told.as_ref();
    json!({
        "kind": resumed.kind,
        "user_name": resumed.user_name,
        "cause": told.map(|told| &told.cause),
        "changes": told.map(|told| &told.changes),
        "request": told.map(|told| write_in(&told.calls)),
        "whole": told.map(|told| told.whole),
        "operation": resumed.operation,
        "person": resumed.person,
        "state": resumed.state,
        "actor": told.map(|told| &told.actor),
        "committed": told.map(|told| told.committed),
    })
}

fn extend(document: &mut Value, with: Value) {
    if let (Some(fields), Value::Object(with)) = (document.as_object_mut(), with) {
        fields.extend(with);
    }
}

/// The parser ends at 128 levels, so that no file makes it deep.
fn parse(text: &str) -> Result<Value, Problem> {
    if text.len() as u64 > LARGEST {
        return Err(too_large());
    }
    serde_json::from_str(text).map_err(|e| bad("no_plan", format!("The file is no saved plan: {e}.")))
}

/// The file is larger than any plan.
pub fn too_large() -> Problem {
    bad("too_large", format!("The file is larger than {} MiB and was not read.", LARGEST >> 20))
}

fn bad(code: &'static str, text: impl Into<String>) -> Problem {
    let text = format!("{} Nothing was changed and nothing was sent.", text.into());
    let next = "Make a new one and look at it: scimdeck plan -o FILE, or scimdeck provision --plan -o FILE";
    Problem::new(ProblemKind::BadInput, code, text, next)
}

fn hash(document: &Value) -> String {
    let digest = Sha256::digest(sorted(document).to_string().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// With the keys in order, so that a formatter of JSON is no editor.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(fields) => {
            let mut all: Vec<(&String, &Value)> = fields.iter().collect();
            all.sort_by_key(|(key, _)| *key);
            Value::Object(
                all.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect::<Map<_, _>>(),
            )
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
