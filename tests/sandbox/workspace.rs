//! What the workspace does behind the SCIM API.

use reqwest::Method;
use scimdeck::sandbox::{Event, NO_ACCESS, Preset, Roles, Standing};
use serde_json::{Value, json};

use crate::harness::{ROLE, Server, config, user};

#[tokio::test]
async fn a_new_user_is_invited_and_becomes_a_collaborator_by_accepting() {
    let server = Server::start().await;
    let id = server.create("ana@example.com", "Analyst").await;
    let workspace = server.sandbox.workspace();
    let invited = workspace.lock().expect("the workspace").invitations();
    assert_eq!((invited.len(), invited[0].standing), (1, Standing::Invited));
    assert_eq!(
        invited[0].roles,
        Roles { dev: "Analyst".into(), test: NO_ACCESS.into(), prod: NO_ACCESS.into() }
    );
    server.send(Method::PUT, &format!("/Users/{id}"), &user("ana@example.com", "Operator")).await;
    assert_eq!(server.control("accept", &json!({"userName": "ANA@example.com"})).await.0, 200);
    server.send(Method::PUT, &format!("/Users/{id}"), &user("ana@example.com", "Admin")).await;
    let workspace = workspace.lock().expect("the workspace");
    let events: Vec<_> = workspace
        .activity()
        .iter()
        .map(|e| (e.event, e.resource.kind.as_str(), e.activity.as_deref()))
        .collect();
    assert_eq!(
        events,
        [
            (Event::MemberInvited, "MemberInvitation", Some("scim_auto_sync")),
            (Event::InvitationUpdated, "MemberInvitation", Some("scim_auto_sync")),
            (Event::InvitationAccepted, "ManagedUserGrant", None),
            (Event::MemberUpdated, "ManagedUserGrant", Some("scim_auto_sync")),
        ]
    );
    assert_eq!(workspace.collaborators()[0].roles.dev, "Admin");
    assert!(workspace.invitations().is_empty());
}

#[tokio::test]
async fn an_invitation_is_accepted_once_and_only_by_its_person() {
    let server = Server::start().await;
    server.create("ana@example.com", "Admin").await;
    assert_eq!(server.control("accept", &json!({"userName": "bo@example.com"})).await.0, 404);
    assert_eq!(server.control("accept", &json!({"userName": "ana@example.com"})).await.0, 200);
    assert_eq!(server.control("accept", &json!({"userName": "ana@example.com"})).await.0, 409);
}

#[tokio::test]
async fn access_is_taken_and_given_back_with_the_earlier_roles() {
    let server = Server::start().await;
    let id = server.create("ana@example.com", "Analyst").await;
    let active = async |flag: bool| {
        let ops = json!({"Operations": [{"op": "replace", "path": "active", "value": flag}]});
        server.send(Method::PATCH, &format!("/Users/{id}"), &ops).await.1
    };
    assert_eq!(active(false).await["active"], false);
    let workspace = server.sandbox.workspace();
    let access = || workspace.lock().expect("the workspace").account("ana@example.com").map(|a| a.access);
    assert_eq!(access(), Some(false));
    assert_eq!(server.get(&format!("/Users/{id}")).await.0, 200, "the record stays");
    assert_eq!(active(true).await[ROLE]["workato_role"], "Analyst");
    assert_eq!(access(), Some(true));
    let workspace = workspace.lock().expect("the workspace");
    let events: Vec<_> = workspace.activity().iter().map(|e| e.event).collect();
    assert_eq!(events, [Event::MemberInvited, Event::MemberDeactivated, Event::MemberReactivated]);
}

#[tokio::test]
async fn a_put_without_the_extension_erases_the_roles_and_without_active_leaves_access() {
    let server = Server::start().await;
    let id = server.create("ana@example.com", "Admin").await;
    let (status, user) =
        server.send(Method::PUT, &format!("/Users/{id}"), &json!({"userName": "ana@example.com"})).await;
    assert_eq!((status, &user[ROLE], &user["active"]), (200, &Value::Null, &Value::Null));
    let workspace = server.sandbox.workspace();
    let workspace = workspace.lock().expect("the workspace");
    let account = workspace.account("ana@example.com").expect("the account");
    assert_eq!((Roles::of(&account.attributes), account.access), (Roles::all(NO_ACCESS), true));
}

#[tokio::test]
async fn an_unknown_role_is_refused_with_the_roles_there_are() {
    let mut config = config();
    config.settings.custom_roles = vec!["Auditor".to_owned()];
    let server = Server::with(config).await;
    for role in ["admin", "Wizard"] {
        let (status, error) = server.send(Method::POST, "/Users", &user("ana@example.com", role)).await;
        assert_eq!((status, &error["scimType"]), (400, &json!("invalidValue")));
        let detail = error["detail"].as_str().expect("a detail");
        assert!(detail.contains("Admin, Analyst, Operator, No access, Auditor"), "{detail}");
    }
    server.create("ana@example.com", "Auditor").await;
    let (_, schema) = server.get(&format!("/Schemas/{ROLE}")).await;
    assert_eq!(schema["attributes"][0]["canonicalValues"][4], "Auditor");
}

#[tokio::test]
async fn accounts_from_before_scim_are_in_without_external_id_and_can_be_linked() {
    let mut config = config();
    config.accounts = vec![Preset {
        name: "Rae Kim".into(),
        email: "Rae@Example.com".into(),
        roles: Roles::all("Operator"),
    }];
    config.people = 5;
    let server = Server::with(config).await;
    let (_, found) = server.list(&[("filter", "userName eq \"rae@example.com\"")]).await;
    let rae = &found["Resources"][0];
    assert_eq!((&rae["externalId"], &rae["name"]["familyName"]), (&Value::Null, &json!("Kim")));
    let mut linked = rae.clone();
    linked["externalId"] = json!("00u1");
    let (status, user) =
        server.send(Method::PUT, &format!("/Users/{}", rae["id"].as_str().expect("id")), &linked).await;
    assert_eq!(
        (status, &user["externalId"], &user["userName"]),
        (200, &json!("00u1"), &json!("Rae@Example.com"))
    );
    let workspace = server.sandbox.workspace();
    let workspace = workspace.lock().expect("the workspace");
    assert_eq!((workspace.collaborators().len(), workspace.activity().len()), (6, 1));
}

#[tokio::test]
async fn a_role_changed_by_hand_shows_over_scim_and_is_not_marked_as_sync() {
    let server = Server::start().await;
    let id = server.create("ana@example.com", "Admin").await;
    let body = json!({"userName": "ana@example.com", "attribute": "workato_role", "role": "Operator"});
    assert_eq!(server.control("role", &body).await.0, 200);
    assert_eq!(server.get(&format!("/Users/{id}")).await.1[ROLE]["workato_role"], "Operator");
    let (_, log) = server.activity(&[]).await;
    assert_eq!(log["data"][0]["details"]["activity"], Value::Null);
    assert_eq!(server.control("remove", &json!({"userName": "ana@example.com"})).await.0, 200);
    assert_eq!(server.get(&format!("/Users/{id}")).await.0, 404);
}

#[tokio::test]
async fn a_refreshed_token_ends_the_old_one_at_once() {
    let server = Server::start().await;
    server.sandbox.workspace().lock().expect("the workspace").refresh_scim_token("new".to_owned().into());
    assert_eq!(server.get("/Users").await.0, 401);
}
