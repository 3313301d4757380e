//! Accounts there that nobody here has.

use rusqlite::{Connection as Sql, Result, params};

use super::codec;
use crate::domain::{ConnectionId, Time};
use crate::engine::compare::{Orphan, OrphansSeen};

/// Keeps what a look at everybody found; one that is known already keeps since when it is.
pub(super) fn put(sql: &Sql, connection: ConnectionId, seen: &OrphansSeen) -> Result<()> {
    let mut insert = sql.prepare_cached(
        "INSERT INTO orphan (connection_id, account_id, user_name, external_id, active, roles, since, seen_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
         ON CONFLICT DO UPDATE SET user_name = excluded.user_name, external_id = excluded.external_id,
             active = excluded.active, roles = excluded.roles, seen_at = excluded.seen_at",
    )?;
    for orphan in &seen.orphans {
        insert.execute(params![
            connection.0,
            orphan.account_id,
            orphan.user_name,
            orphan.external_id,
            orphan.active,
            codec::text(&orphan.roles),
            seen.at.ms(),
        ])?;
    }
    if seen.complete {
        sql.prepare_cached("DELETE FROM orphan WHERE connection_id = ?1 AND seen_at <> ?2")?
            .execute(params![connection.0, seen.at.ms()])?;
    }
    Ok(())
}

/// By user name.
pub(super) fn read(sql: &Sql, connection: ConnectionId) -> Result<Vec<Orphan>> {
    sql.prepare_cached(
        "SELECT account_id, user_name, external_id, active, roles, since FROM orphan
         WHERE connection_id = ?1 ORDER BY user_name, account_id",
    )?
    .query_map(params![connection.0], |row| {
        let roles: String = row.get(4)?;
        Ok(Orphan {
            account_id: row.get(0)?,
            user_name: row.get(1)?,
            external_id: row.get(2)?,
            active: row.get(3)?,
            roles: serde_json::from_str(&roles).unwrap_or_default(),
            since: Time::from_ms(row.get(5)?),
        })
    })?
    .collect()
}
