//! ServiceProviderConfig, ResourceTypes, Schemas (RFC 7643 sections 5 to 7): the server's documents, and what a
//! client takes from those of others.

use serde_json::{Value, json};

use super::resource::{self, Resource, urn};
use super::schema::{ResourceSchema, Schema};

/// What a server offers beside PATCH, filters, sorting and ETags, which it always has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The most results of one query; with cursors the biggest page.
    pub max_results: usize,
    /// Results where the client names no count.
    pub default_results: usize,
    /// The most operations and the most bytes of a bulk request.
    pub bulk: (usize, usize),
    /// Pages by cursor (RFC 9865): for how many seconds a cursor can be used.
    pub cursor: Option<i64>,
    /// Pages by index.
    pub index: bool,
    /// Says that `/Roles` is there (draft-ietf-scim-roles-entitlements). Strict readers of ServiceProviderConfig
    /// refuse the document for it.
    pub roles: bool,
}

/// ServiceProviderConfig of a server with PATCH, bulk, filters, sorting and ETags, without password change.
pub fn service_provider_config(location: &str, offer: Offer) -> Value {
    let Offer { max_results, default_results, bulk: (operations, payload), cursor, index, roles } = offer;
    let mut pagination = json!({
        "cursor": cursor.is_some(),
        "index": index,
        "defaultPaginationMethod": if index { "index" } else { "cursor" },
        "defaultPageSize": default_results,
        "maxPageSize": max_results,
    });
    if let (Some(seconds), Some(map)) = (cursor, pagination.as_object_mut()) {
        map.insert("cursorTimeout".to_owned(), seconds.into());
    }
    let mut config = json!({
        "schemas": [urn::SERVICE_PROVIDER_CONFIG],
        "patch": {"supported": true},
        "bulk": {"supported": true, "maxOperations": operations, "maxPayloadSize": payload},
        "filter": {"supported": true, "maxResults": max_results},
        "changePassword": {"supported": false},
        "sort": {"supported": true},
        "etag": {"supported": true},
        "pagination": pagination,
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "The SCIM token, in the Authorization header",
            "primary": true,
        }],
        "meta": {"resourceType": "ServiceProviderConfig", "location": location},
    });
    if let (true, Some(map)) = (roles, config.as_object_mut()) {
        let block = json!({"roles": {"supported": true}, "entitlements": {"supported": false}});
        map.insert("RolesAndEntitlements".to_owned(), block);
    }
    config
}

/// One ResourceType document.
pub fn resource_type(base: &str, name: &str, endpoint: &str, schema: &ResourceSchema) -> Value {
    let extensions: Vec<Value> = schema
        .extensions
        .iter()
        .map(|extension| json!({"schema": extension.id, "required": false}))
        .collect();
    let mut value = json!({
        "schemas": [urn::RESOURCE_TYPE],
        "id": name,
        "name": name,
        "endpoint": endpoint,
        "description": schema.core.description,
        "schema": schema.core.id,
        "schemaExtensions": extensions,
        "meta": {"resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{name}")},
    });
    if let (true, Some(map)) = (extensions.is_empty(), value.as_object_mut()) {
        map.shift_remove("schemaExtensions");
    }
    value
}

/// One Schema document.
pub fn schema(base: &str, schema: &Schema) -> Value {
    json!({
        "schemas": [urn::SCHEMA],
        "id": schema.id,
        "name": schema.name,
        "description": schema.description,
        "attributes": schema.attributes.iter().map(|a| a.to_json()).collect::<Vec<_>>(),
        "meta": {"resourceType": "Schema", "location": format!("{base}/Schemas/{}", schema.id)},
    })
}

/// What a server says about itself. `None` where it does not say: neither a yes nor a no, and even a yes is
/// only a claim (servers are known to be wrong both ways).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// PATCH.
    pub patch: Option<bool>,
    /// POST /Bulk.
    pub bulk: Option<bool>,
    /// Filters.
    pub filter: Option<bool>,
    /// The most results of one query.
    pub filter_max_results: Option<u64>,
    /// Sorting.
    pub sort: Option<bool>,
    /// Versions, If-Match.
    pub etag: Option<bool>,
    /// Password change.
    pub change_password: Option<bool>,
    /// Cursor pages (RFC 9865).
    pub cursor: Option<bool>,
    /// The biggest page (RFC 9865 `pagination.maxPageSize`).
    pub max_page_size: Option<u64>,
    /// The `type` of each authentication scheme.
    pub authentication: Vec<String>,
}

impl Capabilities {
    /// Reads a ServiceProviderConfig document, taking what is readable.
    pub fn read(document: &Resource) -> Self {
        let inner = |name: &str, member: &str| {
            resource::get(document, name)?.as_object().and_then(|map| resource::get(map, member))
        };
        let supported = |name: &str| match resource::get(document, name)? {
            Value::Object(map) => resource::get(map, "supported").and_then(resource::read_bool),
            flag => resource::read_bool(flag),
        };
        let count = |name: &str, member: &str| match inner(name, member)? {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_u64(),
        };
        let schemes = resource::get(document, "authenticationSchemes").and_then(Value::as_array);
        Self {
            patch: supported("patch"),
            bulk: supported("bulk"),
            filter: supported("filter"),
            filter_max_results: count("filter", "maxResults"),
            sort: supported("sort"),
            etag: supported("etag"),
            change_password: supported("changePassword"),
            cursor: inner("pagination", "cursor").and_then(resource::read_bool),
            max_page_size: count("pagination", "maxPageSize"),
            authentication: schemes
                .into_iter()
                .flatten()
                .filter_map(|scheme| resource::text(scheme.as_object()?, "type").map(str::to_owned))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::schema;

    fn read(value: Value) -> Capabilities {
        Capabilities::read(value.as_object().expect("an object"))
    }

    #[test]
    fn a_client_reads_what_the_server_writes() {
        let offer = Offer {
            max_results: 200,
            default_results: 100,
            bulk: (9, 99),
            cursor: Some(600),
            index: true,
            roles: true,
        };
        let document = service_provider_config("x", offer);
        let found = read(document.clone());
        assert_eq!((found.patch, found.bulk, found.sort), (Some(true), Some(true), Some(true)));
        assert_eq!((found.filter_max_results, found.cursor), (Some(200), Some(true)));
        assert_eq!(crate::scim::roles::announced(document.as_object().expect("an object")), Some(true));
        let index = read(service_provider_config("x", Offer { cursor: None, ..offer }));
        assert_eq!((index.cursor, index.change_password), (Some(false), Some(false)));
        assert_eq!(found.authentication, ["oauthbearertoken"]);
    }

    #[test]
    fn silence_is_neither_yes_nor_no_and_strange_values_are_passed_over() {
        assert_eq!(read(json!({})), Capabilities::default());
        let odd = read(json!({"Patch": {"Supported": "True"}, "bulk": 7, "filter": true,
            "pagination": {"cursor": true, "maxPageSize": "250"}, "authenticationSchemes": [1, {"type": 2}]}));
        assert_eq!((odd.patch, odd.bulk, odd.filter), (Some(true), None, Some(true)));
        assert_eq!((odd.cursor, odd.max_page_size), (Some(true), Some(250)));
        assert!(odd.authentication.is_empty());
    }

    #[test]
    fn the_role_extension_is_shown_as_optional_with_its_values() {
        let roles = schema::workato_role(&["Admin".to_owned(), "No access".to_owned()]);
        let user = schema::user_with(vec![roles.clone()]);
        let types = resource_type("b", "User", "/Users", &user);
        assert_eq!(types["schemaExtensions"][1], json!({"schema": urn::WORKATO_ROLE, "required": false}));
        let document = super::schema("b", &roles);
        assert_eq!(document["attributes"][0]["canonicalValues"], json!(["Admin", "No access"]));
    }
}
