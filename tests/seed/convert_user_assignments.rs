//! "Convert user assignments to group assignments".

use crate::scene::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_individual_is_converted_to_the_group_and_gets_its_roles_and_follows_it_from_then_on() {
    let scene = Scene::configured(0, &[]).await;
    scene.assigned("ana@example.com", "Admin").await;
    scene.assigned("ben@example.com", "Admin").await;
    scene.ok(&["group", "add", "Engineering"]).await;
    scene.ok(&["member", "add", "Engineering", "ana@example.com", "--yes"]).await;
    scene.ok(&["assign", "--group", "Engineering", "--role", "workato_role=Analyst", "--yes"]).await;
    assert_eq!(scene.person("ana@example.com").await["type"], "individual");
    let said = scene.ok(&["convert", "ana@example.com", "ben@example.com", "--plan"]).await;
    assert!(said.contains("Admin") && said.contains("Analyst"), "what the roles become: {said}");
    assert!(said.contains("lowered"), "{said}");
    let said = scene.ok(&["convert", "ana@example.com", "--yes"]).await;
    assert!(said.to_lowercase().contains("convert"), "the success message: {said}");
    assert_eq!(scene.person("ana@example.com").await["type"], "group");
    let value = |account: Option<serde_json::Value>| role(&account.expect("an account"), "workato_role");
    assert_eq!(value(scene.account("ana@example.com").await), "Analyst");
    // The roles follow the group.
    scene.ok(&["role", "--group", "Engineering", "workato_role=Operator", "--yes"]).await;
    assert_eq!(value(scene.account("ana@example.com").await), "Operator");
    // Who is in no assigned group stays.
    let output = scene.run(&["convert", "ben@example.com", "--yes"]).await;
    assert_ne!(output.status.code(), Some(0), "{}", crate::scene::said(&output));
    assert_eq!(scene.person("ben@example.com").await["type"], "individual");
    // And back again.
    scene.ok(&["convert", "--back", "ana@example.com", "--yes"]).await;
    assert_eq!(scene.person("ana@example.com").await["type"], "individual");
    assert_eq!(value(scene.account("ana@example.com").await), "Operator");
}
