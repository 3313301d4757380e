//! Pushed groups that an operator has to do with: changed there, failed, due, or ending.

use serde_json::{Value, json};

use super::failure_json;
use crate::cli::text::{lines, table};
use crate::directory::Directory;
use crate::domain::typed;
use crate::engine::push_group::{GroupDiffers, InGroup, differing};
use crate::engine::{GroupCounts, GroupTask, group_tasks, unattended};

/// The key of `check`: what was changed there.
pub(super) fn differing_json(directory: &Directory) -> Value {
    let member = |one: &InGroup| json!({"account_id": one.account_id, "user_name": one.user_name});
    let one = |group: &GroupDiffers| {
        json!({
            "group": group.name,
            "group_id": group.remote_id,
            "state": if group.gone { "gone" } else { "changed" },
            "name_there": group.named,
            "missing": group.missing.iter().map(member).collect::<Vec<_>>(),
            "extra": group.extra.iter().map(member).collect::<Vec<_>>(),
        })
    };
    differing(directory).iter().map(one).collect()
}

/// The list of `check`, with both ways out: ours over theirs, or theirs taken over here.
pub(super) fn differing_text(directory: &Directory) -> String {
    let all = differing(directory);
    if all.is_empty() {
        return String::new();
    }
    let mut out = vec![
        String::new(),
        "pushed groups changed there; ours goes over it with: scimdeck plan, then scimdeck apply".to_owned(),
    ];
    all.iter().for_each(|group| out.extend(group_lines(group)));
    lines(out)
}

fn group_lines(group: &GroupDiffers) -> Vec<String> {
    let name = &group.name;
    let ours = typed(name);
    if group.gone {
        return vec![
            format!("{name}: not there any more; scimdeck apply makes it again"),
            format!("  to leave it so: scimdeck group unpush {ours}"),
        ];
    }
    let who = |one: &InGroup| one.user_name.clone().unwrap_or_else(|| one.account_id.clone());
    let all = |list: &[InGroup]| list.iter().map(who).collect::<Vec<_>>().join(", ");
    let here = |list: &[InGroup]| {
        let names = list.iter().filter_map(|one| one.user_name.as_deref());
        names.map(|name| typed(name).into_owned()).collect::<Vec<_>>().join(" ")
    };
    let mut out = Vec::new();
    if let Some(named) = &group.named {
        out.push(format!("{name}: named {named} there"));
    }
    if !group.missing.is_empty() {
        out.push(format!("{name}: missing there: {}", all(&group.missing)));
        out.push(format!("  to take that over: scimdeck member remove {ours} {}", here(&group.missing)));
    }
    if !group.extra.is_empty() {
        out.push(format!("{name}: there and not here: {}", all(&group.extra)));
        let known = here(&group.extra);
        out.push(match known.is_empty() {
            true => "  nobody here has these accounts: scimdeck import endpoint takes them in".to_owned(),
            false => format!("  to take that over: scimdeck member add {ours} {known}"),
        });
    }
    out
}

/// The key of `tasks`.
pub(super) fn tasks_json(directory: &Directory) -> Value {
    let one = |task: &GroupTask| {
        json!({
            "group": task.name,
            "state": task.state.word(),
            "cause": task.cause(),
            "error": failure_json(task.failure.as_ref()),
            "advice": unattended(&task.advice()),
        })
    };
    group_tasks(directory).iter().map(one).collect()
}

/// The list of `tasks`.
pub(super) fn tasks_text(directory: &Directory, width: Option<usize>) -> String {
    let tasks = group_tasks(directory);
    if tasks.is_empty() {
        return String::new();
    }
    let row =
        |task: &GroupTask| vec![task.name.clone(), task.state.word().to_owned(), task.cause().to_owned()];
    let rows: Vec<Vec<String>> = tasks.iter().map(row).collect();
    let failed = tasks.iter().filter_map(|task| Some((task, task.failure.as_ref()?)));
    let said = failed
        .flat_map(|(task, f)| [format!("{}: {}", task.name, f.text), format!("  {}", unattended(&f.next))]);
    table(&["GROUP", "STATE", "CAUSE"], &rows, width) + &lines(said.collect::<Vec<_>>())
}

/// The key of `status`.
pub(super) fn counts_json(directory: &Directory) -> Value {
    let GroupCounts { failed, due, ending } = GroupCounts::of(&group_tasks(directory));
    json!({"failed": failed, "due": due, "ending": ending})
}

/// The line of `status`; none where all pushed groups are as they shall be.
pub(super) fn counts_text(directory: &Directory) -> Option<String> {
    let words = GroupCounts::of(&group_tasks(directory)).words();
    (!words.is_empty()).then(|| format!("pushed groups: {words}; scimdeck tasks lists them"))
}
