//! The floor of reading: the same pages into typed rows that own their text, and nothing else done with them.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "a floor has to read them")]
pub(crate) struct FloorPage {
    total_results: u64,
    start_index: u64,
    items_per_page: u64,
    #[serde(rename = "Resources")]
    pub(crate) resources: Vec<FloorUser>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "a floor has to read them")]
pub(crate) struct FloorUser {
    id: String,
    external_id: String,
    user_name: String,
    name: FloorName,
    display_name: String,
    title: String,
    active: bool,
    emails: Vec<FloorEmail>,
    #[serde(rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")]
    enterprise: FloorEnterprise,
    #[serde(rename = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole")]
    role: FloorRole,
    meta: FloorMeta,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "a floor has to read them")]
pub(crate) struct FloorName {
    given_name: String,
    family_name: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a floor has to read them")]
pub(crate) struct FloorEmail {
    value: String,
    primary: bool,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a floor has to read them")]
pub(crate) struct FloorEnterprise {
    department: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a floor has to read them")]
pub(crate) struct FloorRole {
    workato_role: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "a floor has to read them")]
pub(crate) struct FloorMeta {
    version: String,
}
