//! Mails that are really written, and their links followed over HTTP.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use reqwest::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, Response, StatusCode};
use scimdeck::sandbox::{MailConfig, SandboxConfig, Smtp};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::harness::{Server, client, config, user};
use crate::nowhere::{Folder, LOG};

fn with_mail(folder: &Path) -> SandboxConfig {
    let mut config = config();
    config.settings.workspace_name = "Acme".to_owned();
    config.mail = MailConfig { folder: Some(folder.to_owned()), smtp: None };
    config
}

/// A mail of a folder by what it says, taken once.
fn take_mail(folder: &Path, about: &str) -> String {
    let files = std::fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").path());
    let mut mails = files.map(|path| (std::fs::read_to_string(&path).expect("a mail"), path));
    let (text, path) = mails.find(|(text, _)| text.contains(about)).expect(about);
    std::fs::remove_file(path).expect("removed");
    text
}

/// The link of the plain text part: on a line of its own.
fn link(mail: &str) -> String {
    mail.lines().find(|line| line.starts_with("http://")).expect("a link").to_owned()
}

async fn form(client: &Client, url: &str, fields: &str) -> Response {
    let request = client.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(fields.to_owned()).send().await.expect("an answer")
}

async fn get(client: &Client, url: &str) -> (StatusCode, String) {
    let answer = client.get(url).send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("a page"))
}

/// Does not follow: where a page leads is what is looked at.
fn browser() -> Client {
    let _ = client();
    Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

#[tokio::test]
async fn the_mail_is_a_file_of_its_owner_and_its_link_lets_the_person_in() {
    let folder = Folder::new();
    let mails = folder.path().join("mails");
    let server = Server::with(with_mail(&mails)).await;
    server.create("ana@example.com", "Analyst").await;
    let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let file = std::fs::read_dir(&mails).expect("mails").next().expect("a mail").expect("a file").path();
    assert_eq!((mode(&mails), mode(&file)), (0o700, 0o600));
    assert!(file.extension().is_some_and(|extension| extension == "eml"));
    let mail = take_mail(&mails, "You are invited");
    for line in [
        "To: \"Ana Ruiz\" <ana@example.com>",
        "From: Acme <owner@sandbox.test>",
        "Subject: You are invited to join Acme",
        "Content-Type: text/html; charset=utf-8",
    ] {
        assert!(mail.lines().any(|there| there == line), "{line}: {mail}");
    }
    let browser = browser();
    let link = link(&mail);
    let (status, page) = get(&browser, &link).await;
    assert_eq!(status, 200);
    assert!(page.contains("Acme") && page.contains("Analyst") && !page.contains("<script"));
    let accepted = form(&browser, &link, "password=a+long+password").await;
    assert_eq!(accepted.status(), 200);
    assert!(
        accepted.headers()["content-security-policy"]
            .to_str()
            .expect("text")
            .starts_with("default-src 'none'")
    );
    let (again, page) = get(&browser, &link).await;
    assert_eq!(again, 410);
    assert!(page.contains("already accepted"));
    let members = server.client.get(server.url("/api/members")).bearer_auth(LOG);
    let (_, members) = crate::harness::read(members.send().await.expect("an answer")).await;
    assert_eq!(members["data"][0]["state"], "active");
    assert_eq!(
        server.activity(&[]).await.1["data"][0]["details"]["sentence"],
        "User Ana Ruiz joined team as an Analyst."
    );
}

#[tokio::test]
async fn who_has_an_account_elsewhere_resets_the_password_and_comes_in() {
    let folder = Folder::new();
    let server = Server::with(with_mail(folder.path())).await;
    assert_eq!(server.control("elsewhere", &json!({"userName": "ana@example.com"})).await.0, 200);
    server.create("ana@example.com", "Admin").await;
    let browser = browser();
    let invited = link(&take_mail(folder.path(), "You are invited"));
    let sent_on = browser.get(&invited).send().await.expect("an answer");
    assert_eq!(sent_on.status(), 303);
    let login = sent_on.headers()[LOCATION].to_str().expect("text").to_owned();
    let (_, page) = get(&browser, &server.url(&login)).await;
    assert!(page.contains("Forgot password?"), "{page}");
    let invitation = login.split_once('?').expect("a query").1;
    form(&browser, &server.url("/forgot"), &format!("email=ana%40example.com&{invitation}")).await;
    let reset = link(&take_mail(folder.path(), "Reset your password"));
    assert_eq!(form(&browser, &reset, "password=a+new+password").await.status(), 200);
    let fields = format!("email=ana%40example.com&password=a+new+password&{invitation}");
    let signed_in = form(&browser, &server.url("/login"), &fields).await;
    assert_eq!(signed_in.status(), 303);
    let cookie =
        signed_in.headers()[SET_COOKIE].to_str().expect("text").split(';').next().expect("a pair").to_owned();
    let inside =
        browser.get(server.url("/workspace")).header("cookie", cookie).send().await.expect("an answer");
    assert!(inside.text().await.expect("a page").contains("dev: <strong>Admin</strong>"));
}

#[tokio::test]
async fn a_name_of_a_client_cannot_add_a_header_or_a_line_to_the_mail() {
    let folder = Folder::new();
    let server = Server::with(with_mail(folder.path())).await;
    let mut body = user("eve@example.com", "Admin");
    body["displayName"] = json!("Eve\r\nBcc: all@example.com\r\n\r\n<script>alert(1)</script>");
    assert_eq!(server.send(Method::POST, "/Users", &body).await.0, 201);
    let mail = take_mail(folder.path(), "You are invited");
    assert!(!mail.lines().any(|line| line.starts_with("Bcc:")), "{mail}");
    let html = mail.split("text/html").nth(1).expect("an HTML part");
    assert!(!html.contains("<script"), "{html}");
    assert_eq!(server.send(Method::POST, "/Users", &user("no address", "Admin")).await.0, 201);
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0, "nobody to write to");
}

#[tokio::test]
async fn a_refreshed_token_is_answered_and_stands_in_the_token_file() {
    let folder = Folder::new();
    let mut config = config();
    let path = folder.keeps("token");
    config.token_file = Some(path.clone());
    let server = Server::with(config).await;
    let (status, answer) = server.control("refresh_token", &json!({})).await;
    let token = answer["token"].as_str().expect("a token").to_owned();
    assert_eq!((status, std::fs::read_to_string(&path).expect("the file")), (200, token.clone()));
    assert_eq!(server.get("/Users").await.0, 401);
    let with_new = server.client.get(format!("{}/Users", server.sandbox.base_url())).bearer_auth(&token);
    assert_eq!(with_new.send().await.expect("an answer").status(), 200);
    server.control("revoke_token", &json!({})).await;
    let revoked = server.client.get(format!("{}/Users", server.sandbox.base_url())).bearer_auth(&token);
    assert_eq!(revoked.send().await.expect("an answer").status(), 401);
}

#[tokio::test]
async fn a_session_has_the_new_rights_in_its_next_request() {
    let server = Server::start().await;
    let id = server.create("ana@example.com", "Operator").await;
    server.control("accept", &json!({"userName": "ana@example.com"})).await;
    let (_, signed_in) = server.control("sign_in", &json!({"userName": "ana@example.com"})).await;
    let session = signed_in["session"].as_str().expect("a session").to_owned();
    let make = async || {
        let request = server.client.post(server.url("/api/recipes")).bearer_auth(&session);
        let body = json!({"name": "Sync", "environment": "dev"}).to_string();
        let answer = request.header(CONTENT_TYPE, "application/json").body(body).send().await;
        answer.expect("an answer").status().as_u16()
    };
    assert_eq!(make().await, 403);
    server.send(Method::PUT, &format!("/Users/{id}"), &user("ana@example.com", "Admin")).await;
    assert_eq!(make().await, 201);
    let ops = json!({"Operations": [{"op": "replace", "value": {"active": false}}]});
    server.send(Method::PATCH, &format!("/Users/{id}"), &ops).await;
    assert_eq!(make().await, 403);
    let all = server.client.get(server.url("/api/recipes")).bearer_auth(LOG);
    let (_, recipes) = crate::harness::read(all.send().await.expect("an answer")).await;
    assert_eq!(recipes["data"][0]["author"]["email"], "ana@example.com", "what was made stays with the team");
}

/// A mail server that takes one mail and gives its lines.
async fn one_mail(listener: TcpListener) -> Vec<String> {
    let (stream, _) = listener.accept().await.expect("a client");
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut taken = Vec::new();
    write.write_all(b"220 here\r\n").await.expect("written");
    let mut in_data = false;
    while let Some(line) = lines.next_line().await.expect("a line") {
        let answer: &[u8] = match line.as_str() {
            "." if in_data => {
                in_data = false;
                b"250 taken\r\n"
            }
            _ if in_data => b"",
            "DATA" => {
                in_data = true;
                b"354 go on\r\n"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await.expect("written");
                break;
            }
            _ => b"250 fine\r\n",
        };
        taken.push(line);
        write.write_all(answer).await.expect("written");
    }
    taken
}

#[tokio::test]
async fn a_mail_server_gets_the_mail() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let taken = tokio::spawn(one_mail(listener));
    let mut config = config();
    config.mail.smtp = Some(Smtp { url, user: None });
    let server = Server::with(config).await;
    server.create("ana@example.com", "Admin").await;
    server.sandbox.shutdown().await.expect("a clean end");
    let lines = taken.await.expect("a mail");
    assert!(lines.iter().any(|line| line == "RCPT TO:<ana@example.com>"), "{lines:?}");
    assert!(lines.iter().any(|line| line == "Subject: You are invited to join Sandbox"), "{lines:?}");
}
