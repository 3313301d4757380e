//! What SQLite and the file system say, in words for the operator.

use rusqlite::{Error, ErrorCode};

use crate::store::StoreError;

/// Tells by SQLite's result code what it means for the operator.
pub(super) fn explain(path: &str, error: &Error) -> StoreError {
    let path = path.to_owned();
    let said = match error {
        Error::SqliteFailure(_, Some(text)) => text.clone(),
        other => other.to_string(),
    };
    let Some(code) = error.sqlite_error_code() else {
        return StoreError::Unusable { path, why: format!("a row in it cannot be read ({said})") };
    };
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy { path, why: said },
        ErrorCode::DiskFull => StoreError::Unwritable { path, why: "the disk is full".to_owned() },
        ErrorCode::ReadOnly => {
            StoreError::Unwritable { path, why: "the file or its folder is read-only".to_owned() }
        }
        ErrorCode::PermissionDenied | ErrorCode::CannotOpen => StoreError::Unwritable {
            path,
            why: format!("it cannot be opened, check who owns the file and its folder ({said})"),
        },
        ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory | ErrorCode::FileLockingProtocolFailed => {
            StoreError::Unwritable { path, why: said }
        }
        ErrorCode::ConstraintViolation => StoreError::Refused { why: said },
        ErrorCode::NotADatabase => StoreError::Unusable {
            path,
            why: "it is not a scimdeck store; name another home, or move the file away".to_owned(),
        },
        ErrorCode::DatabaseCorrupt => {
            StoreError::Unusable { path, why: format!("it is damaged ({said}); restore it from a copy") }
        }
        _ => StoreError::Unusable { path, why: said },
    }
}

/// The same for the file system.
pub(super) fn explain_io(path: &str, error: &std::io::Error) -> StoreError {
    StoreError::Unwritable { path: path.to_owned(), why: error.to_string() }
}
