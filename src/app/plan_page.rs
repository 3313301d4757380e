//! The words of a plan above the buttons. What is said of a person is made when it comes in sight: a plan of 100,000
//! people can be read to its end, and no key waits for the others.

use std::borrow::Cow;
use std::collections::HashMap;

use super::doc::{Line, Tone};
use super::layout::Room;
use super::plan_doc;
use crate::directory::Directory;
use crate::domain::{PersonId, ProfileAttribute};
use crate::engine::Preview;

/// A place: which part, and which line of it. The first part stands above the entries, the last below them.
type Place = (usize, usize);

/// What of a page is in sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InSight {
    /// Its lines.
    pub lines: Vec<Line>,
    /// The first and the last entry of them, from 1.
    pub entries: (usize, usize),
    /// How many entries there are.
    pub of: usize,
}

/// The page.
#[derive(Debug, Clone)]
pub struct PlanPage {
    head: Vec<Line>,
    foot: Vec<Line>,
    attributes: Vec<ProfileAttribute>,
    /// Places of what is said of a person.
    said: HashMap<PersonId, Vec<usize>>,
    /// Whether the whole tree with the exact requests is shown instead of the summary.
    tree: bool,
    top: Place,
}

impl PlanPage {
    /// The summary, from its top.
    pub(super) fn new(preview: &Preview, directory: &Directory) -> Self {
        let mut said: HashMap<PersonId, Vec<usize>> = HashMap::new();
        for (at, person) in
            preview.decision.said.iter().enumerate().filter_map(|(at, s)| Some((at, s.person?)))
        {
            said.entry(person).or_default().push(at);
        }
        Self {
            head: plan_doc::head(preview, directory),
            foot: plan_doc::foot(preview, directory),
            attributes: directory.attributes().to_vec(),
            said,
            tree: false,
            top: (0, 0),
        }
    }

    /// From the summary to the tree, and back.
    pub(super) fn turn(&mut self) {
        self.tree = !self.tree;
        self.top = (0, 0);
    }

    fn entries(&self, preview: &Preview) -> usize {
        let plan = &preview.plan;
        plan.operations.len() + plan.resumed.len() + if self.tree { plan.groups.len() } else { 0 }
    }

    fn part(&self, preview: &Preview, part: usize) -> Cow<'_, [Line]> {
        let entries = self.entries(preview);
        match part {
            0 if self.tree && entries == 0 => vec![Line::of(Tone::Dim, "Nothing is sent.")].into(),
            0 if !self.tree => Cow::Borrowed(&self.head),
            at if (1..=entries).contains(&at) && self.tree => {
                plan_doc::twigs(preview, &self.attributes, at - 1).into()
            }
            at if (1..=entries).contains(&at) => {
                let operations = &preview.plan.operations;
                let Some(planned) = operations.get(at - 1) else {
                    let one = preview.plan.resumed.get(at - 1 - operations.len());
                    return one.map(plan_doc::resumed).unwrap_or_default().into();
                };
                let said = self.said.get(&planned.person).into_iter().flatten();
                let said = said.filter_map(|at| preview.decision.said.get(*at));
                plan_doc::operation(planned, said, &self.attributes).into()
            }
            at if at > entries && !self.tree => Cow::Borrowed(&self.foot),
            _ => Cow::default(),
        }
    }

    /// The lines from a place on, each with its part.
    fn onward<'a>(
        &'a self,
        preview: &'a Preview,
        (part, line): Place,
    ) -> impl Iterator<Item = (Place, Line)> + 'a {
        (part..self.entries(preview) + 2).flat_map(move |at| {
            let skip = if at == part { line } else { 0 };
            let lines = self.part(preview, at).into_owned();
            lines.into_iter().enumerate().skip(skip).map(move |(n, line)| ((at, n), line))
        })
    }

    /// The lines before a place, the nearest first.
    fn before<'a>(
        &'a self,
        preview: &'a Preview,
        (part, line): Place,
    ) -> impl Iterator<Item = (Place, Line)> + 'a {
        (0..=part).rev().flat_map(move |at| {
            let mut lines = self.part(preview, at).into_owned();
            if at == part {
                lines.truncate(line);
            }
            lines.into_iter().enumerate().rev().map(move |(n, line)| ((at, n), line))
        })
    }

    /// Scrolls by so many lines, not further than to have the last line at the bottom.
    pub(super) fn scroll(&mut self, preview: &Preview, by: isize, room: Room) {
        let end = (self.entries(preview) + 2, 0);
        let mut left = room.rows;
        let mut last = end;
        for (place, line) in self.before(preview, end) {
            let rows = line.rows(room.columns);
            if rows > left && last != end {
                break;
            }
            left = left.saturating_sub(rows);
            last = place;
        }
        let there = match by {
            isize::MIN => Some((0, 0)),
            isize::MAX => None,
            by if by < 0 => {
                self.before(preview, self.top).take(by.unsigned_abs()).last().map(|(place, _)| place)
            }
            by => self.onward(preview, self.top).nth(by.unsigned_abs()).map(|(place, _)| place),
        };
        let stays = if by < 0 { self.top } else { last };
        self.top = there.unwrap_or(stays).min(if last == end { (0, 0) } else { last });
    }

    /// How many rows all of it takes; not counted beyond `most`.
    pub fn rows(&self, preview: &Preview, columns: usize, most: usize) -> usize {
        let mut rows = 0;
        for (_, line) in self.onward(preview, (0, 0)) {
            rows += line.rows(columns);
            if rows > most {
                break;
            }
        }
        rows
    }

    /// What is seen in so many rows.
    pub fn in_sight(&self, preview: &Preview, rows: usize) -> InSight {
        let of = self.entries(preview);
        let shown: Vec<(Place, Line)> = self.onward(preview, self.top).take(rows).collect();
        let mut entries = shown.iter().map(|((part, _), _)| *part).filter(|part| (1..=of).contains(part));
        let first = entries.next();
        let last = entries.next_back().or(first);
        let past = if self.top.0 > of { of } else { 0 };
        InSight {
            entries: (first.unwrap_or(past), last.unwrap_or(past)),
            of,
            lines: shown.into_iter().map(|(_, line)| line).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::super::tests::preview;
    use super::*;
    use crate::domain::{Call, Method};
    use crate::verbs::{Command, Who};

    const ROOM: Room = Room { rows: 14, columns: 72 };

    fn large() -> Preview {
        let people: Vec<(PersonId, String)> =
            (0..2_500).map(|n| (PersonId(1_000 + n), format!("p{n}@example.com"))).collect();
        let people: Vec<(PersonId, &str)> = people.iter().map(|(id, name)| (*id, name.as_str())).collect();
        let mut preview = preview(Command::Provision(Who::NotProvisioned), &people, None);
        for (n, planned) in preview.plan.operations.iter_mut().enumerate() {
            let body = serde_json::json!({ "userName": format!("p{n}@example.com"), "active": true });
            planned.calls = vec![Call::new(Method::Post, &["Users"]).body(body)];
        }
        preview
    }

    fn text(page: &PlanPage, preview: &Preview) -> String {
        let seen = page.in_sight(preview, ROOM.rows);
        seen.lines.iter().map(Line::text).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_end_of_a_plan_of_2500_people_is_its_last_person_and_their_request() {
        let preview = large();
        let mut page = PlanPage::new(&preview, &fixture::directory());
        page.scroll(&preview, isize::MAX, ROOM);
        assert!(
            text(&page, &preview).ends_with("p2499@example.com  invitation"),
            "{}",
            text(&page, &preview)
        );
        page.turn();
        page.scroll(&preview, isize::MAX, ROOM);
        let end = text(&page, &preview);
        assert!(end.contains("POST") && end.contains(r#""userName": "p2499@example.com""#), "{end}");
        let seen = page.in_sight(&preview, ROOM.rows);
        assert_eq!((seen.entries.1, seen.of), (2_500, 2_500));
    }

    #[test]
    fn every_line_of_a_plan_comes_by_once_on_the_way_down_and_again_on_the_way_up() {
        let mut preview = large();
        preview.plan.operations.truncate(30);
        let mut page = PlanPage::new(&preview, &fixture::directory());
        page.turn();
        let all: Vec<Line> = page.onward(&preview, (0, 0)).map(|(_, line)| line).collect();
        let top = |page: &PlanPage| page.in_sight(&preview, 1).lines.remove(0);
        let steps = all.len() - ROOM.rows;
        for line in &all[..steps] {
            assert_eq!(top(&page), *line);
            page.scroll(&preview, 1, ROOM);
        }
        page.scroll(&preview, 50, ROOM);
        for line in all[..=steps].iter().rev() {
            assert_eq!(top(&page), *line);
            page.scroll(&preview, -1, ROOM);
        }
        page.scroll(&preview, 7, ROOM);
        page.scroll(&preview, isize::MIN, ROOM);
        assert_eq!(top(&page), all[0]);
    }
}
