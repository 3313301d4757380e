//! `audit deprovisioned`.

use serde_json::{Value, json};

use super::failure_json;
use crate::audit::chain::Head;
use crate::audit::sheet;
use crate::cli::text::{table, visible};
use crate::domain::Time;
use crate::engine::EndOfAccess;

/// Ends of access, and what somebody needs to know to trust that they are all.
pub(in crate::cli) struct Ended {
    pub(in crate::cli) ends: Vec<EndOfAccess>,
    /// How many there were before those asked for were chosen.
    pub(in crate::cli) of: usize,
    pub(in crate::cli) since: Option<Time>,
    /// The end of the audit chain that it was read from.
    pub(in crate::cli) head: Option<Head>,
    pub(in crate::cli) now: Time,
}

const COLUMNS: [&str; 9] =
    ["user_name", "way", "by", "decided_at", "confirmed_at", "seconds", "operation", "reason", "dropped"];

impl Ended {
    fn open(&self) -> usize {
        self.ends.iter().filter(|end| end.confirmed_at.is_none()).count()
    }

    fn seconds(&self, end: &EndOfAccess) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of some years")]
        end.took_ms(self.now).map(|ms| ms as f64 / 1000.0)
    }

    pub(in crate::cli) fn json(&self) -> Value {
        let one = |end: &EndOfAccess| {
            json!({
                "user_name": end.user_name,
                "way": end.way,
                "by": end.by,
                "reason": end.reason,
                "decided_at": end.decided_at,
                "confirmed_at": end.confirmed_at,
                "seconds": self.seconds(end),
                "open": end.confirmed_at.is_none(),
                "operation": end.operation,
                "state": end.state,
                "error": failure_json(end.failure.as_ref()),
                "dropped": end.dropped.as_ref().map(|dropped| {
                    json!({ "at": dropped.at, "by": dropped.by, "reason": dropped.reason })
                }),
            })
        };
        json!({
            "open": self.open(),
            "confirmed": self.ends.len() - self.open(),
            "entries": self.ends.len(),
            "of": self.of,
            "head": self.head.map(|head| json!({ "seq": head.count, "hash": head.hash })),
            "filter": { "since": self.since },
            "people": self.ends.iter().map(one).collect::<Vec<_>>(),
        })
    }

    fn cells(&self, end: &EndOfAccess) -> Vec<String> {
        let time = |time: Option<Time>| time.map(|t| t.to_string()).unwrap_or_default();
        let dropped = end.dropped.as_ref().map(|dropped| {
            let why = dropped.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("{} by {}{why}", dropped.at, dropped.by)
        });
        vec![
            end.user_name.clone(),
            end.way.clone(),
            end.by.clone(),
            time(end.decided_at),
            time(end.confirmed_at),
            self.seconds(end).map(|s| format!("{s:.1}")).unwrap_or_default(),
            end.operation.map(|op| op.to_string()).unwrap_or_default(),
            end.reason.clone().unwrap_or_default(),
            dropped.unwrap_or_default(),
        ]
    }

    pub(in crate::cli) fn csv(&self) -> String {
        let rows = self.ends.iter().map(|end| sheet::line(self.cells(end).iter().map(String::as_str)));
        std::iter::once(sheet::line(COLUMNS)).chain(rows).collect()
    }

    pub(in crate::cli) fn text(&self, width: Option<usize>) -> String {
        if self.ends.is_empty() {
            // With earlier ones, it was a time that left none.
            let since = self.since.filter(|_| self.of > 0).map(|since| format!(" since {since}"));
            return format!("nobody's access ended{}\n{}", since.unwrap_or_default(), self.count());
        }
        let rows: Vec<Vec<String>> = self
            .ends
            .iter()
            .map(|end| {
                let mut row = self.cells(end);
                if let Some(confirmed) = row.get_mut(4).filter(|_| end.confirmed_at.is_none()) {
                    "OPEN".clone_into(confirmed);
                }
                row.iter().map(|cell| visible(cell).into_owned()).collect()
            })
            .collect();
        let heads =
            ["USER", "WAY", "BY", "DECIDED", "CONFIRMED", "SECONDS", "OPERATION", "REASON", "DROPPED"];
        table(&heads, &rows, width) + &self.count()
    }

    /// How many there are, and the head of the chain that says so.
    fn count(&self) -> String {
        let head = self.head.map(|head| format!("head {head}\n")).unwrap_or_default();
        format!("{} of {} ends of access, {} open\n{head}", self.ends.len(), self.of, self.open())
    }

    /// The same for the CSV, with what was done to its cells.
    pub(in crate::cli) fn about_csv(&self) -> String {
        let cells: Vec<Vec<String>> = self.ends.iter().map(|end| self.cells(end)).collect();
        let disarmed = sheet::disarmed(cells.iter().flatten().map(String::as_str));
        format!("{}{}\n", self.count(), sheet::disarmed_words(disarmed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_since_a_time_is_not_said_to_be_none_at_all() {
        let (since, now) = (Some(Time::from_ms(0)), Time::from_ms(9));
        let text = |of| Ended { ends: Vec::new(), of, since, head: None, now }.text(None);
        assert_eq!(
            text(2),
            "nobody's access ended since 1970-01-01T00:00:00.000Z\n0 of 2 ends of access, 0 open\n"
        );
        assert!(text(0).starts_with("nobody's access ended\n"));
    }
}
