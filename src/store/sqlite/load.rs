//! A connection's directory as changes that rebuild it.

use rusqlite::{Connection as Sql, Params, Result, Row, params};

use super::codec::{PERSON, get_id, get_json, get_json_or_null, get_mark, get_person, get_time, get_word};
use crate::directory::{Change, Link, Note, Observation, OpMark, Sweep};
use crate::domain::{AccountValues, Assignment, ConnectionId, Group, GroupAssignment, GroupId, PersonId};
use crate::store::backend::LoadedRest;
use crate::store::load_order::marks;

/// The live operations of a connection. Their index is named: left to itself SQLite goes through the whole history.
pub(super) const LIVE: &str = "operation INDEXED BY operation_live
    WHERE connection_id = ?1 AND state NOT IN ('done', 'cancelled')";

/// How one stands, for [`get_mark`].
pub(super) const MARK: &str = "person, id, kind, state, failure";

/// Reads everything inside one read transaction, so that it is one moment.
pub(super) fn load(sql: &Sql, connection: ConnectionId, sink: &mut dyn FnMut(Change)) -> Result<LoadedRest> {
    let c = connection.0;
    let last_change = sql.query_row("SELECT coalesce(max(seq), 0) FROM change", [], |row| get_id(row, 0))?;
    let mut out = Out { sql, sink };
    out.rows("SELECT settings FROM connection WHERE id = ?1", [c], |row| {
        Ok(Change::Connection(get_json(row, 0)?))
    })?;
    let mut place = 0;
    out.rows("SELECT attribute FROM attribute WHERE connection_id = ?1 ORDER BY place", [c], |row| {
        place += 1;
        Ok(Change::Attribute(place - 1, get_json(row, 0)?))
    })?;
    out.rows(&format!("SELECT {PERSON} FROM person ORDER BY key"), [], |row| {
        Ok(Change::Person(get_person(row)?.into()))
    })?;
    out.rows("SELECT id, name FROM \"group\" ORDER BY id", [], |row| {
        Ok(Change::Group(Group { id: GroupId(get_id(row, 0)?), name: row.get(1)? }))
    })?;
    // Before the members: an assignment that comes later makes every member anew.
    out.rows(
        "SELECT group_id, priority, roles, since FROM group_assignment WHERE connection_id = ?1
         ORDER BY group_id",
        [c],
        |row| {
            let assignment =
                GroupAssignment { priority: row.get(1)?, roles: get_json(row, 2)?, since: get_time(row, 3)? };
            Ok(Change::GroupAssigned(GroupId(get_id(row, 0)?), assignment))
        },
    )?;
    out.rows(
        "SELECT group_id, push FROM pushed_group WHERE connection_id = ?1 ORDER BY group_id",
        [c],
        |row| Ok(Change::GroupPushed(GroupId(get_id(row, 0)?), get_json(row, 1)?)),
    )?;
    out.rows("SELECT group_id, person FROM member ORDER BY group_id, person", [], |row| {
        Ok(Change::Member(GroupId(get_id(row, 0)?), PersonId(get_id(row, 1)?)))
    })?;
    out.rows(
        "SELECT person, roles, since, origin FROM assignment WHERE connection_id = ?1 ORDER BY person",
        [c],
        |row| {
            let assignment =
                Assignment { roles: get_json(row, 1)?, since: get_time(row, 2)?, origin: get_word(row, 3)? };
            Ok(Change::Assigned(PersonId(get_id(row, 0)?), assignment))
        },
    )?;
    // What was seen before a link says less than the link, what was seen after it says more.
    out.rows(
        "SELECT o.person, o.state, o.account, o.at FROM observation o
         JOIN link l ON l.connection_id = o.connection_id AND l.person = o.person
         WHERE o.connection_id = ?1 AND o.change_seq < l.change_seq ORDER BY o.person",
        [c],
        get_observed,
    )?;
    out.rows(&format!("SELECT {LINK} FROM link WHERE connection_id = ?1 ORDER BY person"), [c], get_link)?;
    out.rows(
        "SELECT o.person, o.state, o.account, o.at FROM observation o
         LEFT JOIN link l ON l.connection_id = o.connection_id AND l.person = o.person
         WHERE o.connection_id = ?1 AND (l.person IS NULL OR o.change_seq > l.change_seq) ORDER BY o.person",
        [c],
        get_observed,
    )?;
    out.rows("SELECT person, text, by, at FROM note WHERE connection_id = ?1 ORDER BY person", [c], |row| {
        let note = Note { text: row.get(1)?, by: row.get(2)?, at: get_time(row, 3)? };
        Ok(Change::Noted(PersonId(get_id(row, 0)?), note))
    })?;
    let live = live_marks(sql, connection)?;
    marks(&live, out.sink);
    out.rows(
        "SELECT at, complete, accounts, strangers FROM sweep WHERE connection_id = ?1",
        params![c],
        |row| {
            let (at, complete) = (get_time(row, 0)?, row.get(1)?);
            Ok(Change::Swept(Sweep { at, complete, accounts: get_id(row, 2)?, strangers: get_id(row, 3)? }))
        },
    )?;
    Ok(LoadedRest { last_change, live })
}

/// How the live operations stand, oldest first.
pub(super) fn live_marks(sql: &Sql, connection: ConnectionId) -> Result<Vec<(PersonId, OpMark)>> {
    let text = format!("SELECT {MARK} FROM {LIVE} ORDER BY id");
    sql.prepare_cached(&text)?.query_map([connection.0], get_mark)?.collect()
}

/// The columns of a link for [`get_link`].
pub(super) const LINK: &str = "person, remote_id, linked_at, sent, settled, confirmed_at";

pub(super) fn get_link(row: &Row<'_>) -> Result<Change> {
    let sent: AccountValues = get_json(row, 3)?;
    let link = Link {
        remote_id: row.get(1)?,
        linked_at: get_time(row, 2)?,
        settled: get_json_or_null(row, 4)?.unwrap_or_else(|| sent.clone()),
        sent,
        confirmed_at: get_time(row, 5)?,
    };
    Ok(Change::Link(PersonId(get_id(row, 0)?), link.into()))
}

fn get_observed(row: &Row<'_>) -> Result<Change> {
    let (state, values) = (get_word(row, 1)?, get_json_or_null(row, 2)?);
    Ok(Change::Observed(
        PersonId(get_id(row, 0)?),
        Observation { state, values, at: get_time(row, 3)? }.into(),
    ))
}

struct Out<'a> {
    sql: &'a Sql,
    sink: &'a mut dyn FnMut(Change),
}

impl Out<'_> {
    fn rows<P: Params>(
        &mut self,
        sql: &str,
        params: P,
        mut read: impl FnMut(&Row<'_>) -> Result<Change>,
    ) -> Result<()> {
        let mut statement = self.sql.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        while let Some(row) = rows.next()? {
            (self.sink)(read(row)?);
        }
        Ok(())
    }
}
