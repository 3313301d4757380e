//! What each change writes into its own table.

use rusqlite::params;

use super::codec::{id, text, word};
use super::write::Writing;
use crate::directory::Change;
use crate::domain::ConnectionId;
use crate::store::backend::Result;

impl Writing<'_> {
    /// Writes what a change leaves behind in its own table.
    pub(super) fn change(&self, connection: ConnectionId, seq: u64, change: &Change) -> Result<()> {
        let c = connection.0;
        match change {
            Change::Person(p) => self.run(
                "INSERT INTO person (key, id, user_name, given_name, family_name, display_name, email, title,
                     department, external_id, status) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (id) DO UPDATE SET key = excluded.key, user_name = excluded.user_name,
                     given_name = excluded.given_name, family_name = excluded.family_name,
                     display_name = excluded.display_name, email = excluded.email, title = excluded.title,
                     department = excluded.department, external_id = excluded.external_id,
                     status = excluded.status",
                params![
                    p.user_name.to_lowercase(),
                    id(p.id.0),
                    p.user_name,
                    p.given_name,
                    p.family_name,
                    p.display_name,
                    p.email,
                    p.title,
                    p.department,
                    p.external_id,
                    p.status.word()
                ],
            ),
            Change::PersonDropped(p) => self.run("DELETE FROM person WHERE id = ?1", [id(p.0)]),
            Change::Group(g) => self.run(
                "INSERT INTO \"group\" (id, key, name) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET key = excluded.key, name = excluded.name",
                params![id(g.id.0), g.name.to_lowercase(), g.name],
            ),
            Change::GroupDropped(g) => self.run("DELETE FROM \"group\" WHERE id = ?1", [id(g.0)]),
            Change::Member(g, p) => {
                self.run("INSERT OR IGNORE INTO member VALUES (?1, ?2)", [id(g.0), id(p.0)])
            }
            Change::MemberDropped(g, p) => {
                self.run("DELETE FROM member WHERE group_id = ?1 AND person = ?2", [id(g.0), id(p.0)])
            }
            Change::Assigned(p, a) => self.run(
                "INSERT OR REPLACE INTO assignment (connection_id, person, roles, since, origin)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![c, id(p.0), text(&a.roles), a.since.ms(), word(&a.origin)],
            ),
            Change::Unassigned(p) => {
                self.run("DELETE FROM assignment WHERE connection_id = ?1 AND person = ?2", params![c, id(p.0)])
            }
            Change::GroupPushed(g, push) => self.run(
                "INSERT OR REPLACE INTO pushed_group (connection_id, group_id, push) VALUES (?1, ?2, ?3)",
                params![c, id(g.0), text(push)],
            ),
            Change::GroupPushDropped(g, _) => self.run(
                "DELETE FROM pushed_group WHERE connection_id = ?1 AND group_id = ?2",
                params![c, id(g.0)],
            ),
            Change::GroupAssigned(g, a) => self.run(
                "INSERT OR REPLACE INTO group_assignment (connection_id, group_id, priority, roles, since)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![c, id(g.0), a.priority, text(&a.roles), a.since.ms()],
            ),
            Change::GroupUnassigned(g) => self.run(
                "DELETE FROM group_assignment WHERE connection_id = ?1 AND group_id = ?2",
                params![c, id(g.0)],
            ),
            Change::Link(p, link) => self.put(
                "UPDATE link SET remote_id = ?3, linked_at = ?4, sent = ?5, settled = ?6, confirmed_at = ?7,
                     change_seq = ?8 WHERE connection_id = ?1 AND person = ?2",
                "INSERT INTO link (connection_id, person, remote_id, linked_at, sent, settled,
                     confirmed_at, change_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    c,
                    id(p.0),
                    link.remote_id,
                    link.linked_at.ms(),
                    text(&link.sent),
                    (link.settled != link.sent).then(|| text(&link.settled)),
                    link.confirmed_at.ms(),
                    id(seq)
                ],
            ),
            Change::LinkDropped(p) => {
                self.run("DELETE FROM link WHERE connection_id = ?1 AND person = ?2", params![c, id(p.0)])?;
                // Of an account that is nobody's any more nothing is known, but for when it was looked at.
                self.run(
                    "UPDATE observation SET state = 'unknown', account = NULL, change_seq = ?3
                     WHERE connection_id = ?1 AND person = ?2",
                    params![c, id(p.0), id(seq)],
                )
            }
            Change::Observed(p, seen) => self.put(
                "UPDATE observation SET state = ?3, account = ?4, at = ?5, change_seq = ?6
                 WHERE connection_id = ?1 AND person = ?2",
                "INSERT INTO observation (connection_id, person, state, account, at, change_seq)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    c,
                    id(p.0),
                    seen.state.word(),
                    seen.values.as_ref().map(text),
                    seen.at.ms(),
                    id(seq)
                ],
            ),
            Change::Noted(p, note) => self.run(
                "INSERT OR REPLACE INTO note (connection_id, person, text, by, at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![c, id(p.0), note.text, note.by, note.at.ms()],
            ),
            Change::NoteDropped(p) => {
                self.run("DELETE FROM note WHERE connection_id = ?1 AND person = ?2", params![c, id(p.0)])
            }
            Change::Connection(settings) => self.run(
                "UPDATE connection SET name = ?2, settings = ?3 WHERE id = ?1",
                params![c, settings.name, text(settings)],
            ),
            Change::Swept(sweep) => self.run(
                "INSERT OR REPLACE INTO sweep (connection_id, at, complete, accounts, strangers)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![c, sweep.at.ms(), sweep.complete, id(sweep.accounts), id(sweep.strangers)],
            ),
            Change::Attribute(..) | Change::AttributeDropped(_) | Change::Operation(..) => Ok(()),
        }
    }
}
