//! PATCH (RFC 7644 section 3.5.2): reading the request and applying it, all or nothing.

mod apply;
mod value;

use serde_json::Value;

use super::error::{ScimError, ScimType};
use super::path::Path;
use super::resource::{self, Resource};
use super::schema::ResourceSchema;

/// How many operations one request may hold.
pub const MAX_OPERATIONS: usize = 1000;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Adds to a list, sets what is single.
    Add,
    /// Sets.
    Replace,
    /// Takes away.
    Remove,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What to do.
    pub verb: Verb,
    /// Where; without it the value is an object whose members are the targets.
    pub path: Option<Path>,
    /// With what. A `remove` of list elements by value (the form Entra sends) has one too.
    pub value: Option<Value>,
}

/// Reads a PatchOp body. Operation names are read without case: some clients send `Replace`.
pub fn read(body: &Resource) -> Result<Vec<Operation>, ScimError> {
    let syntax = |detail: &str| ScimError::typed(ScimType::InvalidSyntax, detail);
    let operations = resource::get(body, "Operations")
        .and_then(Value::as_array)
        .ok_or_else(|| syntax("Operations must be an array"))?;
    if operations.is_empty() {
        return Err(syntax("Operations is empty"));
    }
    if operations.len() > MAX_OPERATIONS {
        return Err(syntax("too many Operations in one request"));
    }
    operations.iter().map(read_one).collect()
}

fn read_one(operation: &Value) -> Result<Operation, ScimError> {
    let syntax = |detail: &str| ScimError::typed(ScimType::InvalidSyntax, detail);
    let operation = operation.as_object().ok_or_else(|| syntax("an operation must be an object"))?;
    let verb = match resource::text(operation, "op").map(str::to_ascii_lowercase).as_deref() {
        Some("add") => Verb::Add,
        Some("replace") => Verb::Replace,
        Some("remove") => Verb::Remove,
        _ => return Err(syntax("op must be add, replace or remove")),
    };
    let path = match resource::get(operation, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.trim().is_empty() => None,
        Some(Value::String(text)) => Some(Path::parse(text).ok_or_else(|| invalid_path(text))?),
        Some(_) => return Err(syntax("path must be a string")),
    };
    let value = resource::get(operation, "value").cloned();
    if verb != Verb::Remove && value.is_none() {
        return Err(syntax("add and replace need a value"));
    }
    if verb == Verb::Remove && path.is_none() {
        return Err(ScimError::typed(ScimType::NoTarget, "remove needs a path"));
    }
    Ok(Operation { verb, path, value })
}

fn invalid_path(text: &str) -> ScimError {
    let shown: String = text.chars().take(100).collect();
    ScimError::typed(ScimType::InvalidPath, format!("cannot read the path {shown:?}"))
}

/// Applies the operations to a resource that may hold `id`, `meta` and other readOnly attributes. It takes the
/// caller's copy, so that an error can leave nothing half done.
pub fn apply(
    mut resource: Resource,
    operations: &[Operation],
    schema: &ResourceSchema,
) -> Result<Resource, ScimError> {
    for operation in operations {
        apply::one(&mut resource, operation, schema)?;
    }
    Ok(resource)
}

#[cfg(test)]
mod tests;
