//! "Configure Workato role attributes for SCIM": the To App actions, and the attributes with their namespace.

use crate::scene::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn to_app_actions_are_chosen_and_each_attribute_has_all_fields_of_the_seed() {
    let scene = Scene::configured(0, &[]).await;
    let (_, attributes) = scene.json(&["attributes"]).await;
    let all = attributes.as_array().expect("a list");
    assert_eq!(all.len(), 3, "repeated for the environment-specific roles");
    for (attribute, variable) in all.iter().zip(ENVIRONMENTS) {
        assert_eq!(attribute["data_type"], "string");
        for key in ["display_name", "variable", "external_name"] {
            assert_eq!(attribute[key], variable, "{attribute}");
        }
        assert_eq!(attribute["external_namespace"], ROLE);
        let values: Vec<_> =
            attribute["members"].as_array().expect("members").iter().map(|m| &m["value"]).collect();
        assert_eq!(values, ["Admin", "Analyst", "Operator", "No access"]);
    }
    assert_eq!(all[0]["required"], true);
    // Create Users, Update User Attributes, Deactivate Users: switched off, nothing of that kind is sent.
    scene.ok(&["connection", "set", "--to-app-create", "off"]).await;
    scene.ok(&["person", "add", "new@example.com", "--given-name", "New", "--family-name", "One"]).await;
    let output = scene.run(&["assign", "new@example.com", "--role", "workato_role=Admin"]).await;
    assert_eq!(output.status.code(), Some(5), "assigned here, and why not there: {}", said(&output));
    assert!(said(&output).contains("Create Users is off"), "{}", said(&output));
    assert_eq!(scene.account("new@example.com").await, None);
    scene.ok(&["connection", "set", "--to-app-create", "on"]).await;
    scene.ok(&["provision", "--yes"]).await;
    assert!(scene.account("new@example.com").await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attribute_configured_before_without_the_namespace_is_found_and_configured_again() {
    let scene = Scene::connected(0, &[]).await;
    let args =
        ["attribute", "add", "workato_role", "--member", "Admin", "--member", "Operator", "--required"];
    scene.ok(&args).await;
    scene.assigned("ana@example.com", "Admin").await;
    let before = scene.account("ana@example.com").await.expect("an account");
    assert_eq!(role(&before, "workato_role"), "", "without the namespace the role is not sent: {before}");
    let output = scene.run(&["attributes", "--lint"]).await;
    assert!(said(&output).contains("workato_role"), "{}", said(&output));
    assert_ne!(output.status.code(), Some(0), "a finding is told by the exit code too");
    scene.ok(&["attribute", "repair", "--yes"]).await;
    let after = scene.account("ana@example.com").await.expect("the account");
    assert_eq!((role(&after, "workato_role").as_str(), &after["id"]), ("Admin", &before["id"]));
    scene.ok(&["attributes", "--lint"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_list_is_taken_from_the_app_and_a_value_in_use_is_replaced_under_a_plan() {
    let scene = Scene::configured(0, &[]).await;
    scene.assigned("ana@example.com", "Analyst").await;
    scene.ok(&["attribute", "values", "workato_role", "--from-endpoint"]).await;
    let refused = scene.refused(&["attribute", "set", "workato_role", "--member", "Admin", "--yes"]).await;
    assert_eq!(refused, (4, "member_in_use".to_owned()));
    let (_, plan) =
        scene.json(&["attribute", "replace", "workato_role", "Analyst", "Operator", "--plan"]).await;
    assert_eq!(plan["operations"].as_array().expect("operations").len(), 1, "{plan}");
    scene.ok(&["attribute", "replace", "workato_role", "Analyst", "Operator", "--yes"]).await;
    let account = scene.account("ana@example.com").await.expect("an account");
    assert_eq!(role(&account, "workato_role"), "Operator");
    let said = scene.ok(&["preview", "ana@example.com"]).await;
    assert!(said.contains("workato_role") && said.contains("Operator"), "{said}");
}
