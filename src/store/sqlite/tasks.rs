//! Operations as an operator asks for them: the worst first, and what the last run did.

use rusqlite::{Connection as Sql, OptionalExtension, Result, params};

use super::codec::{OPERATION, get_operation, id, word};
use super::load::LIVE;
use crate::domain::{ConnectionId, OpId, OpState, Operation};
use crate::engine::{TasksQuery, WORST_FIRST};

/// Live operations in the order of `engine::rank`, never more rows read than asked for: one state after the other
/// by the index of live operations, whose entries stand in the order of ids.
pub(super) fn worst(sql: &Sql, connection: ConnectionId, query: &TasksQuery) -> Result<Vec<Operation>> {
    let mut found = Vec::new();
    let wanted = |state: OpState| query.state.is_none_or(|only| only == state);
    let tried = |state: OpState| !matches!(state, OpState::Inflight | OpState::Queued | OpState::Behind);
    // First the ends of access that were tried and are not confirmed, whatever state they are in.
    let mut stuck = Vec::new();
    for state in WORST_FIRST.into_iter().filter(|s| wanted(*s) && tried(*s)) {
        stuck.extend(page(sql, connection, state, "= 'deactivate'", query.limit)?);
    }
    stuck.sort_by_key(|op| op.id);
    found.append(&mut stuck);
    for state in WORST_FIRST.into_iter().filter(|s| wanted(*s)) {
        let left = query.limit.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
        if left == 0 {
            break;
        }
        let kinds = if tried(state) { "<> 'deactivate'" } else { "<> ''" };
        found.extend(page(sql, connection, state, kinds, left)?);
    }
    found.truncate(query.limit as usize);
    Ok(found)
}

fn page(
    sql: &Sql,
    connection: ConnectionId,
    state: OpState,
    kinds: &str,
    limit: u32,
) -> Result<Vec<Operation>> {
    let text = format!("SELECT {OPERATION} FROM {LIVE} AND state = ?2 AND kind {kinds} ORDER BY id LIMIT ?3");
    sql.prepare_cached(&text)?.query_map(params![connection.0, word(&state), limit], get_operation)?.collect()
}

/// The last run of this actor.
pub(super) fn last_run(sql: &Sql, connection: ConnectionId, actor: &str) -> Result<Vec<Operation>> {
    let newest: Option<i64> = sql
        .prepare_cached(
            "SELECT created_at FROM operation WHERE connection_id = ?1 AND actor = ?2 ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![connection.0, actor], |row| row.get(0))
        .optional()?;
    newest.map_or(Ok(Vec::new()), |at| run(sql, connection, at, actor))
}

/// The run that an operation is of.
pub(super) fn run_of(sql: &Sql, connection: ConnectionId, op: OpId) -> Result<Vec<Operation>> {
    let found: Option<(i64, String)> = sql
        .prepare_cached("SELECT created_at, actor FROM operation WHERE id = ?1 AND connection_id = ?2")?
        .query_row(params![id(op.0), connection.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found.map_or(Ok(Vec::new()), |(at, actor)| run(sql, connection, at, &actor))
}

fn run(sql: &Sql, connection: ConnectionId, at: i64, actor: &str) -> Result<Vec<Operation>> {
    let text = format!(
        "SELECT {OPERATION} FROM operation
         WHERE connection_id = ?1 AND created_at = ?2 AND actor = ?3 ORDER BY id"
    );
    sql.prepare_cached(&text)?.query_map(params![connection.0, at, actor], get_operation)?.collect()
}
