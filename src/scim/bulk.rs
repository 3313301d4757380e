//! Bulk requests (RFC 7644 section 3.7): reading them, the order in which their references allow them to be
//! carried out, and putting ids in the place of references.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::error::{ScimError, ScimType};
use super::resource::{self, Resource};

/// What a reference to another operation's resource starts with.
const REFERENCE: &str = "bulkId:";

/// A bulk request.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRequest {
    /// After how many errors to stop; none goes on to the end.
    pub fail_on_errors: Option<u64>,
    /// The operations as they came, each read on its own.
    pub operations: Vec<Operation>,
}

/// One operation. What is wrong with it is found when its turn comes, so that the others are carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// In upper case.
    pub method: String,
    /// `/Users`, `/Users/ID`, `/Groups/bulkId:x`.
    pub path: String,
    /// The client's name for the resource that a POST makes.
    pub bulk_id: Option<String>,
    /// As in If-Match.
    pub version: Option<String>,
    /// The body.
    pub data: Option<Value>,
}

impl BulkRequest {
    /// Reads the body; at most `max` operations, else 413.
    pub fn read(body: &Resource, max: usize) -> Result<Self, ScimError> {
        let syntax = |detail: &str| ScimError::typed(ScimType::InvalidSyntax, detail);
        let Some(Value::Array(items)) = resource::get(body, "Operations") else {
            return Err(syntax("a bulk request has a list of Operations"));
        };
        if items.len() > max {
            let detail = format!("the bulk request has {} operations, maxOperations is {max}", items.len());
            return Err(ScimError::new(413, detail));
        }
        let fail_on_errors = match resource::get(body, "failOnErrors") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let count = value.as_u64().filter(|count| *count >= 1);
                Some(count.ok_or_else(|| syntax("failOnErrors must be an integer from 1"))?)
            }
        };
        let operations: Option<Vec<Operation>> = items.iter().map(Operation::read).collect();
        let operations = operations.ok_or_else(|| syntax("each of the Operations must be an object"))?;
        let mut names = BTreeSet::new();
        for name in operations.iter().filter_map(|operation| operation.bulk_id.as_deref()) {
            if !names.insert(name) {
                let shown: String = name.chars().take(100).collect();
                return Err(syntax(&format!("the bulkId {shown:?} is there twice")));
            }
        }
        Ok(Self { fail_on_errors, operations })
    }

    /// The operations in an order in which each comes after those it refers to, otherwise as they came; and those
    /// for which there is none, because they refer to each other in a circle or to one that does.
    pub fn order(&self) -> (Vec<usize>, Vec<usize>) {
        let made_by: HashMap<&str, usize> = self
            .operations
            .iter()
            .enumerate()
            .filter(|(_, operation)| operation.method == "POST")
            .filter_map(|(index, operation)| Some((operation.bulk_id.as_deref()?, index)))
            .collect();
        let mut waiting: Vec<BTreeSet<usize>> = Vec::with_capacity(self.operations.len());
        let mut needed_by: HashMap<usize, Vec<usize>> = HashMap::new();
        for (index, operation) in self.operations.iter().enumerate() {
            let needs: BTreeSet<usize> =
                operation.references().into_iter().filter_map(|name| made_by.get(name).copied()).collect();
            for need in &needs {
                needed_by.entry(*need).or_default().push(index);
            }
            waiting.push(needs);
        }
        let mut ready: BTreeSet<usize> = waiting
            .iter()
            .enumerate()
            .filter(|(_, needs)| needs.is_empty())
            .map(|(index, _)| index)
            .collect();
        let mut order = Vec::with_capacity(waiting.len());
        while let Some(index) = ready.pop_first() {
            order.push(index);
            for dependent in needed_by.get(&index).into_iter().flatten() {
                if let Some(needs) = waiting.get_mut(*dependent)
                    && needs.remove(&index)
                    && needs.is_empty()
                {
                    ready.insert(*dependent);
                }
            }
        }
        let circular =
            waiting.iter().enumerate().filter(|(_, needs)| !needs.is_empty()).map(|(index, _)| index);
        (order, circular.collect())
    }
}

impl Operation {
    fn read(value: &Value) -> Option<Self> {
        let map = value.as_object()?;
        let text = |name: &str| resource::text(map, name).map(str::to_owned);
        Some(Self {
            method: text("method").unwrap_or_default().to_ascii_uppercase(),
            path: text("path").unwrap_or_default(),
            bulk_id: text("bulkId").filter(|name| !name.is_empty()),
            version: text("version"),
            data: resource::get(map, "data").filter(|data| !data.is_null()).cloned(),
        })
    }

    /// The names it refers to, in its path and in its data.
    pub fn references(&self) -> BTreeSet<&str> {
        let mut names: BTreeSet<&str> =
            self.path.split('/').filter_map(|part| part.strip_prefix(REFERENCE)).collect();
        if let Some(data) = &self.data {
            collect(data, &mut names);
        }
        names
    }

    /// Path and data with the ids of the resources that are there by now.
    pub fn resolved(&self, ids: &HashMap<String, String>) -> (String, Option<Value>) {
        let part = |part: &str| match part.strip_prefix(REFERENCE).and_then(|name| ids.get(name)) {
            Some(id) => id.clone(),
            None => part.to_owned(),
        };
        let path = self.path.split('/').map(part).collect::<Vec<_>>().join("/");
        let mut data = self.data.clone();
        if let Some(data) = &mut data {
            replace(data, ids);
        }
        (path, data)
    }
}

/// serde_json reads 128 levels at most, which bounds this.
fn collect<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => names.extend(text.strip_prefix(REFERENCE)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Value::Object(map) => map.values().for_each(|item| collect(item, names)),
        _ => {}
    }
}

fn replace(value: &mut Value, ids: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(id) = text.strip_prefix(REFERENCE).and_then(|name| ids.get(name)) {
                *text = id.clone();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, ids)),
        Value::Object(map) => map.values_mut().for_each(|item| replace(item, ids)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(operations: Value) -> Result<BulkRequest, ScimError> {
        let body = json!({"Operations": operations});
        BulkRequest::read(body.as_object().expect("an object"), 10)
    }

    fn group(name: &str, member: &str) -> Value {
        json!({"method": "post", "path": "/Groups", "bulkId": name,
            "data": {"displayName": name, "members": [{"value": format!("bulkId:{member}")}]}})
    }

    #[test]
    fn what_is_referred_to_comes_first_and_the_rest_stays_in_order() {
        let user = json!({"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "u"}});
        let request = read(json!([
            {"method": "DELETE", "path": "/Users/1"}, group("g", "u"), {"method": "DELETE", "path": "/Users/2"},
            user, {"method": "PATCH", "path": "/Groups/bulkId:g", "data": {}},
        ]));
        assert_eq!(request.expect("a request").order(), (vec![0, 2, 3, 1, 4], vec![]));
    }

    #[test]
    fn a_circle_and_what_hangs_on_it_has_no_order() {
        let request = read(json!([
            group("a", "b"),
            group("b", "a"),
            group("c", "a"),
            group("d", "d"),
            group("e", "?")
        ]));
        assert_eq!(request.expect("a request").order(), (vec![4], vec![0, 1, 2, 3]));
    }

    #[test]
    fn references_become_ids_wherever_they_stand() {
        let operation = Operation::read(&json!({"method": "PATCH", "path": "/Groups/bulkId:g", "data": {
            "Operations": [{"op": "add", "path": "members", "value": [{"value": "bulkId:u"}, {"value": "7"}]}]}}));
        let operation = operation.expect("an operation");
        assert_eq!(operation.references().into_iter().collect::<Vec<_>>(), ["g", "u"]);
        let ids = [("g".to_owned(), "G1".to_owned()), ("u".to_owned(), "U1".to_owned())].into();
        let (path, data) = operation.resolved(&ids);
        assert_eq!(path, "/Groups/G1");
        assert_eq!(data.expect("data")["Operations"][0]["value"], json!([{"value": "U1"}, {"value": "7"}]));
    }

    #[test]
    fn a_request_that_is_none_is_refused_as_a_whole() {
        let refused = |operations: Value| read(operations).expect_err("a refusal").status;
        assert_eq!(refused(json!("x")), 400);
        assert_eq!(refused(json!([7])), 400);
        assert_eq!(refused(json!([group("a", "u"), group("a", "u")])), 400);
        assert_eq!(refused(Value::Array(vec![json!({}); 11])), 413);
        let body = json!({"failOnErrors": 0, "Operations": []});
        assert!(BulkRequest::read(body.as_object().expect("an object"), 10).is_err());
    }

    proptest! {
        #[test]
        fn every_operation_is_ordered_once_after_what_it_needs(links in prop::collection::vec((0..6u8, 0..6u8), 0..6)) {
            let operations: Vec<Value> =
                links.iter().enumerate().map(|(n, (to, _))| group(&n.to_string(), &to.to_string())).collect();
            let request = read(Value::Array(operations)).expect("a request");
            let (order, circular) = request.order();
            let mut all: Vec<usize> = order.iter().chain(&circular).copied().collect();
            for (place, index) in order.iter().enumerate() {
                let need = usize::from(links[*index].0);
                prop_assert!(need >= links.len() || order[..place].contains(&need));
            }
            all.sort_unstable();
            prop_assert_eq!(all, (0..links.len()).collect::<Vec<_>>());
        }
    }
}
