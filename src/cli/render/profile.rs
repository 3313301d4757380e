//! The Profile Editor's looks: findings, values, and what is sent of one person.

use serde_json::{Map, Value, json};

use crate::cli::text::{lines, table};
use crate::directory::{Directory, PersonView};
use crate::domain::{Call, DataType, ProfileAttribute};
use crate::engine::{Preview, Problem};
use crate::verbs::{LintFinding, Outgoing, ValueRow, Verdict, outgoing};

pub(in crate::cli) fn lint_json(findings: &[LintFinding]) -> Value {
    let one = |f: &LintFinding| {
        json!({
            "variable": f.variable,
            "code": f.code.key(),
            "grave": f.code.grave(),
            "text": f.text,
            "people": f.people,
            "repair": f.repair,
        })
    };
    json!({"findings": findings.iter().map(one).collect::<Vec<_>>()})
}

pub(in crate::cli) fn lint_text(findings: &[LintFinding]) -> String {
    if findings.is_empty() {
        return "every attribute is sent, and nothing looks wrong\n".to_owned();
    }
    let mut out = Vec::new();
    for finding in findings {
        out.push(format!("{} {}", if finding.code.grave() { "!" } else { "-" }, finding.text));
        out.push(format!("    {}", finding.repair));
    }
    lines(out)
}

pub(in crate::cli) fn values_json(attribute: &ProfileAttribute, rows: &[ValueRow], asked: bool) -> Value {
    let one = |row: &ValueRow| {
        json!({
            "value": row.value,
            "display": row.display,
            "state": asked.then(|| row.fate.key()),
            "in_use": row.here,
            "seats_used": row.used,
            "seats_permitted": row.permitted,
        })
    };
    json!({
        "variable": attribute.variable,
        "from_endpoint": asked,
        "values": rows.iter().map(one).collect::<Vec<_>>(),
    })
}

pub(in crate::cli) fn values_text(
    attribute: &ProfileAttribute,
    rows: &[ValueRow],
    asked: bool,
    width: Option<usize>,
) -> String {
    if rows.is_empty() {
        return lines([format!("{} takes any value", attribute.variable)]);
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let mut cells = vec![row.value.clone(), row.display.clone(), row.here.to_string()];
            if asked {
                cells.push(row.seats().unwrap_or_default());
                cells.push(row.fate.words().to_owned());
            }
            cells
        })
        .collect();
    let head = ["VALUE", "DISPLAY", "IN USE HERE", "SEATS THERE", "TAKEN OVER"];
    table(if asked { &head } else { &head[..3] }, &cells, width)
}

/// What is sent of one person: the attributes, and the exact requests.
#[derive(Debug)]
pub(in crate::cli) struct WirePage<'a> {
    user_name: &'a str,
    rows: Vec<Outgoing>,
    calls: Vec<&'a Call>,
    kind: Option<&'static str>,
    why: Option<String>,
}

impl<'a> WirePage<'a> {
    pub(in crate::cli) fn new(
        directory: &Directory,
        person: &PersonView<'a>,
        looked: Result<&'a Preview, &'a Problem>,
    ) -> Self {
        let (mut calls, mut kind) = (Vec::new(), None);
        let why = match looked {
            Err(problem) => Some(format!("{} {}", problem.text, problem.next)),
            Ok(preview) => match preview.plan.operations.iter().find(|o| o.person == person.id()) {
                Some(operation) => {
                    calls = operation.calls.iter().collect();
                    kind = Some(operation.kind.word());
                    None
                }
                None => preview.plan.skipped.iter().find(|s| s.person == person.id()).map(|s| s.why.clone()),
            },
        };
        Self { user_name: person.user_name(), rows: outgoing(directory, person), calls, kind, why }
    }

    pub(in crate::cli) fn json(&self) -> Value {
        let row = |r: &Outgoing| {
            let reason = match &r.verdict {
                Verdict::Invalid(why) => Some(why),
                Verdict::Valid | Verdict::Blank => None,
            };
            json!({
                "attribute": r.name,
                "value": Some(&r.value).filter(|v| !v.is_empty()),
                "source": r.source,
                "path": Some(&r.path).filter(|p| !p.is_empty()),
                "verdict": r.verdict.key(),
                "reason": reason,
            })
        };
        let call = |c: &&Call| {
            let query: Map<String, Value> =
                c.query.iter().map(|(k, v)| (k.clone(), Value::from(v.as_str()))).collect();
            json!({
                "method": c.method,
                "path": format!("/{}", c.path.join("/")),
                "query": query,
                "body": c.body,
            })
        };
        json!({
            "user_name": self.user_name,
            "attributes": self.rows.iter().map(row).collect::<Vec<_>>(),
            "operation": self.kind,
            "nothing_sent_because": self.why,
            "requests": self.calls.iter().map(call).collect::<Vec<_>>(),
        })
    }

    pub(in crate::cli) fn text(&self, width: Option<usize>) -> String {
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|r| {
                let (sign, why) = match &r.verdict {
                    Verdict::Valid => ("+ valid", r.path.clone()),
                    Verdict::Invalid(why) => ("x invalid", why.clone()),
                    Verdict::Blank => ("  blank", r.path.clone()),
                };
                vec![sign.to_owned(), r.name.clone(), r.value.clone(), r.source.clone(), why]
            })
            .collect();
        let head = ["", "ATTRIBUTE", "VALUE", "FROM", "SENT AS, OR WHY NOT"];
        let mut text = table(&head, &rows, width);
        let mut out = vec![String::new()];
        match (&self.why, self.kind) {
            (Some(why), _) => out.push(format!("nothing would be sent now: {why}")),
            (None, Some(kind)) => out.push(format!("Provision User would now {kind}:")),
            (None, None) => out.push("nothing would be sent now".to_owned()),
        }
        for call in &self.calls {
            out.push(call.line());
            if let Some(body) = &call.body {
                out.extend(format!("{body:#}").lines().map(|line| format!("    {line}")));
            }
        }
        text.push_str(&lines(out));
        text
    }
}

/// The profile in the shape of Okta's app user schema (`/api/v1/meta/schemas/apps/{appId}/default`), its custom part.
pub(in crate::cli) fn okta_schema(directory: &Directory) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for attribute in directory.attributes() {
        let mut property = json!({
            "title": attribute.display_name,
            "type": attribute.data_type.word(),
            "externalName": attribute.external_name,
            "required": attribute.required,
            "scope": "NONE",
            "mutability": "READ_WRITE",
        });
        if let Some(urn) = &attribute.external_namespace {
            property["externalNamespace"] = json!(urn);
        }
        if !attribute.members.is_empty() {
            let value = |v: &str| typed(attribute.data_type, v);
            property["enum"] = attribute.members.iter().map(|m| value(&m.value)).collect();
            property["oneOf"] = attribute
                .members
                .iter()
                .map(|m| json!({"const": value(&m.value), "title": m.display}))
                .collect();
        }
        if attribute.required {
            required.push(attribute.variable.clone());
        }
        properties.insert(attribute.variable.clone(), property);
    }
    json!({"definitions": {"custom": {
        "id": "#custom", "type": "object", "properties": properties, "required": required,
    }}})
}

fn typed(kind: DataType, value: &str) -> Value {
    match kind {
        DataType::Integer => value.parse::<i64>().map_or_else(|_| json!(value), |n| json!(n)),
        DataType::Number => value.parse::<f64>().map_or_else(|_| json!(value), |n| json!(n)),
        DataType::String | DataType::Boolean => json!(value),
    }
}
