//! The Profile Editor's looks: what is wrong with the attributes, their values beside the endpoint's, and what would
//! be sent of one person.

use super::act::act;
use super::args::{AttributeCommand, Command as Typed};
use super::decisions::present;
use super::face::Face;
use super::names;
use super::render;
use super::seam::Seam;
use crate::engine::{Problem, ProblemKind};
use crate::verbs::{Command, Who, compare_values, lint, take_values};

/// Does it and gives the exit code; none for a command that is not one of these.
pub(super) async fn profile<S: Seam>(
    seam: &S,
    face: &mut Face<'_>,
    typed: &Typed,
    read_only: bool,
) -> Result<Option<u8>, Problem> {
    match typed {
        Typed::Attributes { okta_schema: true, .. } => {
            let schema = render::okta_schema(&seam.directory());
            face.data(|_| format!("{schema:#}\n"), || schema.clone())?;
            Ok(Some(0))
        }
        Typed::Attributes { lint: true, from_endpoint, .. } => {
            let reported = if *from_endpoint { Some(seam.reported_roles().await?) } else { None };
            let findings = lint(&seam.directory(), reported.as_deref());
            face.data(|_| render::lint_text(&findings), || render::lint_json(&findings))?;
            Ok(Some(if findings.iter().any(|f| f.code.grave()) { 5 } else { 0 }))
        }
        Typed::Attribute(AttributeCommand::Values { variable, from_endpoint, apply, consent }) => {
            let directory = seam.directory();
            let attribute = present(&directory, variable)?;
            let reported = if *from_endpoint || *apply { Some(seam.reported_roles().await?) } else { None };
            let rows = match &reported {
                Some(reported) => compare_values(&directory, attribute, reported),
                None => compare_values(&directory, attribute, &here(attribute)),
            };
            let taken = take_values(attribute, &rows);
            if *apply && taken != *attribute {
                if !face.json {
                    face.say(&render::values_text(attribute, &rows, true, None));
                }
                let command = Command::AttributeSet { variable: variable.clone(), attribute: taken };
                return act(seam, face, command, consent, read_only).await.map(Some);
            }
            let asked = reported.is_some();
            face.data(
                |width| render::values_text(attribute, &rows, asked, width),
                || render::values_json(attribute, &rows, asked),
            )?;
            Ok(Some(0))
        }
        Typed::Preview { user } => preview(seam, face, user).await.map(Some),
        _ => Ok(None),
    }
}

/// A list compared with itself has no differences.
fn here(attribute: &crate::domain::ProfileAttribute) -> Vec<crate::domain::ReportedValue> {
    let one = |m: &crate::domain::Member| crate::domain::ReportedValue {
        value: m.value.clone(),
        display: m.display.clone(),
        used: None,
        permitted: None,
        supported: true,
    };
    attribute.members.iter().map(one).collect()
}

/// What Provision User would send of one person now; nothing is changed. An endpoint that cannot be looked at leaves
/// the attributes, which are known here.
async fn preview<S: Seam>(seam: &S, face: &mut Face<'_>, user: &str) -> Result<u8, Problem> {
    let id = names::person(&seam.directory(), user)?;
    let looked = seam.preview(Command::Provision(Who::Named(vec![id])), Vec::new()).await;
    let directory = seam.directory();
    let person = directory.get(id).ok_or_else(|| names::bad("gone", "They are gone.", "Look again."))?;
    let page = render::WirePage::new(&directory, &person, looked.as_ref());
    face.data(|width| page.text(width), || page.json())?;
    Ok(match looked {
        Err(problem) if problem.kind == ProblemKind::Endpoint => problem.kind.exit(),
        _ => 0,
    })
}
