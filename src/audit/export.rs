//! The audit log for somebody else: JSON Lines or CSV, with a summary that says what is in it and what is not.

use serde_json::{Value, json};

use super::chain::Chained;
use super::walk::Walk;
use super::{AuditEntry, sheet};
use crate::domain::{Difference, PersonId, Time};

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line, with the text and the hash of each entry; the last line is the summary.
    Jsonl,
    /// For a spreadsheet: RFC 4180 with a header; the summary is a file beside it.
    Csv,
}

impl Format {
    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }

    /// By the word on the command line.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Jsonl, Self::Csv].into_iter().find(|format| format.word() == word)
    }

    /// By a file's name; JSON Lines for any name that does not end with `.csv`.
    pub fn of_name(name: &str) -> Self {
        if name.to_lowercase().ends_with(".csv") { Self::Csv } else { Self::Jsonl }
    }
}

/// Which entries are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// That arrived at this time or later.
    pub since: Option<Time>,
    /// About this person: by id where they are still in the directory, and by user name without regard to case.
    pub person: Option<(Option<PersonId>, String)>,
}

impl Wanted {
    fn has(&self, entry: &AuditEntry) -> bool {
        self.since.is_none_or(|since| entry.time >= since)
            && self.person.as_ref().is_none_or(|(id, name)| {
                (id.is_some() && entry.person == *id) || entry.subject.to_lowercase() == name.to_lowercase()
            })
    }
}

/// An export under way: entries of the whole chain in, lines out.
#[derive(Debug, Clone)]
pub struct Export {
    format: Format,
    wanted: Wanted,
    walk: Walk,
    count: u64,
    disarmed: u64,
    range: Option<(Time, Time)>,
}

impl Export {
    /// Of a chain that is walked from its first entry.
    pub fn new(format: Format, wanted: Wanted, walk: Walk) -> Self {
        Self { format, wanted, walk, count: 0, disarmed: 0, range: None }
    }

    /// What the file begins with.
    pub fn begin(&self) -> String {
        match self.format {
            Format::Jsonl => String::new(),
            Format::Csv => sheet::line(COLUMNS),
        }
    }

    /// Takes the next entry and gives its line, where it is wanted. One that cannot be read is always told of.
    pub fn take(&mut self, chained: &Chained) -> Option<String> {
        let entry = match self.walk.take(chained) {
            Some(entry) if self.wanted.has(&entry) => entry,
            Some(_) => return None,
            None => AuditEntry { seq: chained.seq, event: UNREADABLE.to_owned(), ..AuditEntry::default() },
        };
        self.count += 1;
        if entry.event != UNREADABLE {
            let (first, last) = self.range.unwrap_or((entry.time, entry.time));
            self.range = Some((first.min(entry.time), last.max(entry.time)));
        }
        Some(match self.format {
            Format::Jsonl => {
                let mut value = fields(&entry);
                value["hash"] = json!(chained.hash);
                value["text"] = json!(chained.text);
                format!("{value}\n")
            }
            Format::Csv => {
                let cells = cells(&entry, &chained.hash.to_string());
                self.disarmed += sheet::disarmed(cells.iter().map(String::as_str));
                sheet::line(cells.iter().map(String::as_str))
            }
        })
    }

    /// The walk so far: where to go on reading, and whether the chain holds.
    pub fn walk(&self) -> &Walk {
        &self.walk
    }

    /// What is in it: how many entries of how many, the head of the chain, the times, the filter.
    pub fn summary(&self, connection: &str, by: &str, at: Time) -> Value {
        let (head, fault) = self.walk.end();
        let mut summary = json!({
            "connection": connection,
            "format": self.format.word(),
            "entries": self.count,
            "of": head.count,
            "head": { "seq": head.count, "hash": head.hash },
            "chain": fault.map_or_else(|| "holds".to_owned(), |fault| fault.to_string()),
            "first_time": self.range.map(|(first, _)| first),
            "last_time": self.range.map(|(_, last)| last),
            "filter": { "since": self.wanted.since, "person": self.wanted.person.as_ref().map(|(_, name)| name) },
            "exported_at": at,
            "exported_by": by,
        });
        if self.format == Format::Csv {
            summary["cells"] = json!(sheet::ESCAPED);
            summary["disarmed"] = json!(self.disarmed);
        }
        summary
    }
}

const UNREADABLE: &str = "entry cannot be read";

const COLUMNS: [&str; 15] = [
    "seq",
    "time",
    "remote_time",
    "source",
    "event",
    "person",
    "actor",
    "ssh_from",
    "session",
    "operation",
    "status",
    "detail",
    "changes",
    "reason",
    "hash",
];

/// An entry as JSON: what the feed shows, and all that is known beside it.
pub fn fields(entry: &AuditEntry) -> Value {
    json!({
        "time": entry.time,
        "source": entry.source,
        "event": entry.event,
        "person": entry.subject,
        "actor": entry.actor,
        "operation": entry.operation,
        "detail": entry.detail,
        "seq": entry.seq,
        "remote_time": entry.remote_time,
        "status": entry.status,
        "changes": entry.changes,
        "reason": entry.reason,
        "session": entry.session,
        "ssh_from": entry.ssh_from,
    })
}

fn cells(entry: &AuditEntry, hash: &str) -> [String; 15] {
    let or = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        entry.seq.to_string(),
        entry.time.to_string(),
        entry.remote_time.map(|t| t.to_string()).unwrap_or_default(),
        entry.source.word().to_owned(),
        entry.event.clone(),
        entry.subject.clone(),
        entry.actor.clone(),
        or(&entry.ssh_from),
        or(&entry.session),
        entry.operation.map(|op| op.to_string()).unwrap_or_default(),
        entry.status.map(|status| status.to_string()).unwrap_or_default(),
        entry.detail.clone(),
        entry.changes.iter().map(change).collect::<Vec<_>>().join("; "),
        or(&entry.reason),
        hash.to_owned(),
    ]
}

fn change(difference: &Difference) -> String {
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
    format!("{}: {} -> {}", difference.attribute, side(&difference.before), side(&difference.after))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{chain, chain_of};
    use super::*;

    fn export(format: Format, wanted: Wanted, chain: &[Chained]) -> (String, Value) {
        let mut export = Export::new(format, wanted, Walk::default());
        let mut text = export.begin();
        text.extend(chain.iter().filter_map(|entry| export.take(entry)));
        (text, export.summary("w", "root", Time::from_ms(1_700_000_100_000)))
    }

    #[test]
    fn every_line_of_json_holds_the_text_and_hash_that_the_chain_is_made_of() {
        let chain = chain(3);
        let (text, summary) = export(Format::Jsonl, Wanted::default(), &chain);
        for (line, chained) in text.lines().zip(&chain) {
            let line: Value = serde_json::from_str(line).unwrap();
            assert_eq!(line["text"], chained.text.as_str());
            assert_eq!(line["hash"], chained.hash.to_string());
        }
        assert_eq!(text.lines().count(), 3);
        assert_eq!((&summary["entries"], &summary["of"]), (&3.into(), &3.into()));
        assert_eq!(summary["head"]["hash"], chain[2].hash.to_string());
        assert_eq!(summary["first_time"], "2023-11-14T22:13:21.000Z");
        assert_eq!(summary["chain"], "holds");
    }

    #[test]
    fn a_filter_is_stated_and_the_head_is_still_the_whole_chains() {
        let wanted = Wanted {
            since: Some(Time::from_ms(1_700_000_002_000)),
            person: Some((None, "USER2@example.com".into())),
        };
        let (text, summary) = export(Format::Csv, wanted, &chain(4));
        assert_eq!(text.lines().count(), 2, "{text}");
        assert_eq!((&summary["entries"], &summary["of"]), (&1.into(), &4.into()));
        assert_eq!(summary["filter"]["person"], "USER2@example.com");
    }

    #[test]
    fn hostile_names_do_not_become_formulas_or_columns() {
        let hostile = |subject: &str| AuditEntry { subject: subject.into(), ..AuditEntry::default() };
        let chain =
            chain_of(vec![hostile("=cmd|'/c calc'!A1"), hostile("a\",\"b\r\n+x"), hostile("\u{1b}[31m")]);
        let (text, summary) = export(Format::Csv, Wanted::default(), &chain);
        assert_eq!(summary["disarmed"], 2, "{summary}");
        assert!(text.contains(",'=cmd|'/c calc'!A1,"), "{text}");
        assert!(text.contains("\"a\"\",\"\"b\r\n+x\""), "{text}");
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn a_broken_chain_is_exported_and_said_to_be_broken() {
        let mut chain = chain(3);
        chain[1].text = "{}".into();
        let (text, summary) = export(Format::Jsonl, Wanted::default(), &chain);
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains(UNREADABLE));
        assert!(summary["chain"].as_str().unwrap().contains("broken at entry 2"), "{summary}");
    }

    #[test]
    fn the_format_follows_the_name() {
        assert_eq!(Format::of_name("a.CSV"), Format::Csv);
        assert_eq!(Format::of_name("a.jsonl"), Format::Jsonl);
        assert_eq!(Format::parse("csv"), Some(Format::Csv));
        assert_eq!(Format::parse("xlsx"), None);
    }
}
