use std::time::Duration;

use scimdeck::domain::{Answer, Call, Method, OpId, Outcome, RetryAfter, Secret};
use scimdeck::endpoint::{Caps, Endpoint, EndpointConfig, EndpointError, MayLeave, Timeouts, judge};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::gzip;
use crate::server::{CANARY, Reply, Server, answer, scim, with};

fn get() -> Call {
    Call::new(Method::Get, &["Users"])
}

fn post() -> Call {
    Call::new(Method::Post, &["Users"]).body(json!({"userName": "a"}))
}

async fn sent(server: &Server, call: &Call) -> Outcome {
    server.endpoint().send(call).await.outcome
}

fn answered(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Answered(answer) => answer,
        other => panic!("{other:?}"),
    }
}

fn maybe(outcome: Outcome) -> String {
    match outcome {
        Outcome::MaybeSent(text) => text,
        other => panic!("{other:?}"),
    }
}

fn not_sent(outcome: Outcome) -> String {
    match outcome {
        Outcome::NotSent(text) => text,
        other => panic!("{other:?}"),
    }
}

fn brief(server: &Server, caps: Caps) -> Endpoint {
    let timeouts = Timeouts {
        connect: Duration::from_secs(5),
        total: Duration::from_secs(20),
        idle: Duration::from_secs(1),
    };
    Endpoint::new(EndpointConfig { timeouts, caps, ..server.config() }).expect("an endpoint")
}

#[tokio::test]
async fn a_request_carries_what_scim_and_our_logs_need() {
    let server = Server::start(|_, _| scim(201, "{\"id\":\"1\"}")).await;
    let mut call = post().query("a b", "ü&=");
    call.operation = Some(OpId(77));
    call.if_match = Some("W/\"3\"".into());
    let exchange = server.endpoint().send(&call).await;
    assert_eq!(exchange.call, call);
    assert!(exchange.at.ms() > 1_700_000_000_000);
    let seen = server.seen().remove(0);
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/scim/v2/Users?a%20b=%C3%BC%26%3D"));
    assert_eq!(seen.body, r#"{"userName":"a"}"#);
    let header = |name: &str| seen.headers.get(name).map(String::as_str);
    assert_eq!(header("authorization"), Some(format!("Bearer {CANARY}").as_str()));
    assert_eq!(header("accept"), Some("application/scim+json"));
    assert_eq!(header("content-type"), Some("application/scim+json; charset=utf-8"));
    assert_eq!(header("user-agent"), Some(concat!("scimdeck/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(header("x-request-id"), Some(OpId(77).to_string().as_str()));
    assert_eq!(header("if-match"), Some("W/\"3\""));
    assert_eq!(header("accept-encoding"), Some("gzip,deflate"));
    assert!(header("referer").is_none() && header("cookie").is_none());
}

#[tokio::test]
async fn a_new_token_is_used_from_the_next_request_on() {
    let server = Server::start(|_, _| scim(200, "{}")).await;
    let endpoint = server.endpoint();
    let clone = endpoint.clone();
    clone.send(&get()).await;
    endpoint.set_token(Secret::new("another-token"));
    clone.send(&get()).await;
    let tokens: Vec<_> = server.seen().iter().map(|s| s.headers["authorization"].clone()).collect();
    assert_eq!(tokens, [format!("Bearer {CANARY}"), "Bearer another-token".to_owned()]);
}

#[tokio::test]
async fn the_head_of_an_answer_is_read() {
    let server = Server::start(|_, _| {
        let headers = "Content-Type: Application/SCIM+JSON; charset=x\r\nETag: W/\"v1\"\r\nRetry-After: 7\r\n\
                       Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n";
        with(429, headers, b"\xff\xfe{}")
    })
    .await;
    let answer = answered(sent(&server, &get()).await);
    assert_eq!((answer.status, answer.content_type.as_str()), (429, "application/scim+json"));
    assert_eq!(answer.etag.as_deref(), Some("W/\"v1\""));
    assert_eq!(answer.retry_after, Some(RetryAfter::Seconds(7)));
    assert_eq!(answer.date.map(|d| d.ms()), Some(1_700_000_000_000));
    assert_eq!(answer.body, "\u{FFFD}\u{FFFD}{}");
}

#[tokio::test]
async fn statuses_without_body_are_whole_answers() {
    let server = Server::start(|_, _| Reply::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())).await;
    let answer = answered(sent(&server, &Call::new(Method::Put, &["Users", "1"])).await);
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
}

#[tokio::test]
async fn a_redirect_comes_back_and_is_not_followed() {
    let elsewhere = Server::start(|_, _| scim(200, "{}")).await;
    let target = elsewhere.base.clone();
    let server = Server::start(move |n, _| {
        with([301, 302, 303, 307, 308][n], &format!("location: {target}/Users\r\n"), b"")
    })
    .await;
    for status in [301, 302, 303, 307, 308] {
        let call = post();
        let exchange = server.endpoint().send(&call).await;
        let trouble = judge(&call, &exchange.outcome).expect_err("a redirect");
        let host = elsewhere.endpoint().host().to_owned();
        assert!(trouble.text.contains(&host) && trouble.next.contains("base URL"), "{trouble}");
        assert_eq!(answered(exchange.outcome).status, status);
    }
    assert!(elsewhere.seen().is_empty());
    assert_eq!(server.seen().len(), 5);
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_not_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let config = EndpointConfig::new(&format!("http://{address}"), Secret::new(CANARY));
    let text = not_sent(Endpoint::new(config).expect("an endpoint").send(&post()).await.outcome);
    assert!(text.contains("refused the connection") && text.contains(&address.to_string()), "{text}");
}

#[tokio::test]
async fn a_timeout_while_connecting_is_not_sent() {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let listener = socket.listen(1).expect("a listener");
    let address = listener.local_addr().expect("an address");
    // Nobody accepts: when the queue is full, further connections get no answer at all.
    let mut held = Vec::new();
    while let Ok(stream) = tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await
    {
        held.push(stream);
    }
    let timeouts = Timeouts { connect: Duration::from_millis(200), ..Timeouts::default() };
    let config = EndpointConfig::new(&format!("http://{address}"), Secret::new(CANARY));
    let endpoint = Endpoint::new(EndpointConfig { timeouts, ..config }).expect("an endpoint");
    let text = not_sent(endpoint.send(&post()).await.outcome);
    assert!(text.contains("did not accept a connection in time"), "{text}");
}

#[tokio::test]
async fn calls_that_cannot_be_written_are_not_sent() {
    let server = Server::start(|_, _| scim(200, "{}")).await;
    let endpoint = server.endpoint();
    for id in ["", ".", "..", &"x".repeat(300_000)] {
        not_sent(endpoint.send(&Call::new(Method::Put, &["Users", id])).await.outcome);
    }
    let mut call = get();
    call.if_match = Some("a\r\nx: y".into());
    not_sent(endpoint.send(&call).await.outcome);
    for token in ["", "a\nb", "a\u{7f}b"] {
        endpoint.set_token(Secret::new(token));
        not_sent(endpoint.send(&get()).await.outcome);
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn an_id_that_climbs_arrives_as_one_segment() {
    let server = Server::start(|_, _| scim(200, "{}")).await;
    for id in ["../../admin", "a/b", "%2e%2e", "?x"] {
        answered(sent(&server, &Call::new(Method::Get, &["Users", id])).await);
    }
    let targets: Vec<_> = server.seen().into_iter().map(|s| s.target).collect();
    let below = |rest: &str| format!("/scim/v2/Users/{rest}");
    assert_eq!(targets, ["..%2F..%2Fadmin", "a%2Fb", "%252e%252e", "%3Fx"].map(below));
}

#[tokio::test]
async fn a_silent_server_may_have_taken_the_request() {
    let server = Server::start(|n, _| {
        Reply::Hang(if n == 0 {
            Vec::new()
        } else {
            b"HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n{".to_vec()
        })
    })
    .await;
    let endpoint = brief(&server, Caps::default());
    let text = maybe(endpoint.send(&post()).await.outcome);
    assert!(text.contains("did not answer in time"), "{text}");
    let text = maybe(endpoint.send(&post()).await.outcome);
    assert!(text.contains("HTTP 201 came"), "{text}");
}

#[tokio::test]
async fn a_connection_that_breaks_may_have_taken_the_request_and_is_not_tried_again() {
    let replies = [
        "",
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"id\":",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"id\"",
        "not HTTP at all\r\n\r\n",
    ];
    let server = Server::start(move |n, _| Reply::Bytes(replies[n].into())).await;
    for _ in 0..4 {
        maybe(sent(&server, &post()).await);
    }
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn an_error_without_its_whole_body_is_still_that_error() {
    let server = Server::start(|n, _| match n {
        0 => Reply::Endless(b"HTTP/1.1 500 X\r\n\r\n".to_vec(), vec![b'x'; 4096]),
        1 => Reply::Hang(b"HTTP/1.1 401 X\r\ncontent-length: 50\r\n\r\nno".to_vec()),
        _ => Reply::Endless(b"HTTP/1.1 302 X\r\nlocation: /x\r\n\r\n".to_vec(), vec![b'x'; 4096]),
    })
    .await;
    let endpoint = brief(&server, Caps::default());
    let answer = answered(endpoint.send(&get()).await.outcome);
    assert_eq!((answer.status, answer.body.len()), (500, 64 << 10));
    let answer = answered(endpoint.send(&get()).await.outcome);
    assert_eq!((answer.status, answer.body.as_str()), (401, "no"));
    assert_eq!(answered(endpoint.send(&get()).await.outcome).status, 302);
}

#[tokio::test]
async fn a_body_without_end_is_cut_off_and_said() {
    let server = Server::start(|_, _| {
        Reply::Endless(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"a\":\"".to_vec(),
            vec![b'x'; 1 << 16],
        )
    })
    .await;
    let text = maybe(sent(&server, &get()).await);
    assert!(text.contains("larger than 16 MB and was cut off"), "{text}");
    let text = maybe(sent(&server, &Call::new(Method::Get, &["Users", "1"])).await);
    assert!(text.contains("larger than 1 MB"), "{text}");
    let text = maybe(sent(&server, &post()).await);
    assert!(text.contains("larger than 1 MB"), "{text}");
}

#[tokio::test]
async fn a_compressed_body_is_capped_by_what_it_unfolds_to() {
    let bomb = gzip::bomb(64);
    assert!(bomb.len() < 1 << 19, "{}", bomb.len());
    let server = Server::start(move |n, _| {
        let body = if n == 0 { gzip::stored("{\"id\":\"1\"}") } else { bomb.clone() };
        with(200, "content-type: application/json\r\ncontent-encoding: gzip\r\n", &body)
    })
    .await;
    assert_eq!(answered(sent(&server, &get()).await).body, "{\"id\":\"1\"}");
    let text = maybe(sent(&server, &get()).await);
    assert!(text.contains("larger than 16 MB"), "{text}");
}

#[tokio::test]
async fn a_body_that_cannot_be_unpacked_is_no_answer() {
    let server = Server::start(|_, _| with(200, "content-encoding: gzip\r\n", b"{\"id\":\"1\"}")).await;
    let text = maybe(sent(&server, &get()).await);
    assert!(text.contains("could not be unpacked"), "{text}");
}

#[tokio::test]
async fn a_body_of_exactly_the_cap_is_whole() {
    let server = Server::start(|n, _| {
        answer(200, "application/json", &format!("{{\"a\":\"{}\"}}", "x".repeat(92 + n)))
    })
    .await;
    let endpoint = brief(&server, Caps { list: 100, ..Caps::default() });
    assert_eq!(answered(endpoint.send(&get()).await.outcome).body.len(), 100);
    assert!(maybe(endpoint.send(&get()).await.outcome).contains("larger than 100 bytes"));
}

#[tokio::test]
async fn https_where_plain_http_is_spoken_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    match Endpoint::new(EndpointConfig::new(&format!("https://{address}"), Secret::new(CANARY))) {
        Ok(endpoint) => {
            let text = not_sent(endpoint.send(&post()).await.outcome);
            assert!(text.contains("no connection to"), "{text}");
        }
        // A machine without certificates must say so before anything is sent.
        Err(error) => assert!(matches!(error, EndpointError::Tls(_)), "{error}"),
    }
    server.abort();
}

#[tokio::test]
async fn without_a_certificate_store_loopback_works_and_https_says_what_is_missing() {
    const NAME: &str = "transport::without_a_certificate_store_loopback_works_and_https_says_what_is_missing";
    let here = std::env::current_exe().expect("this program");
    let dir = tempfile::tempdir().expect("a directory");
    let none = dir.path().join("none.pem");
    std::fs::write(&none, "").expect("a file");
    if std::env::var_os("SCIMDECK_TEST_NO_STORE").is_none() {
        // The store is named by the environment, which belongs to the whole process: look from a fresh one.
        let run = std::process::Command::new(here)
            .args(["--exact", NAME])
            .env("SCIMDECK_TEST_NO_STORE", "1")
            .env("SSL_CERT_FILE", &none)
            .env("SSL_CERT_DIR", dir.path())
            .output()
            .expect("a run");
        let out = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && out.contains("1 passed"), "{out}");
        return;
    }
    let server = Server::start(|_, _| scim(200, "{}")).await;
    assert_eq!(answered(sent(&server, &get()).await).status, 200);
    let error = Endpoint::new(EndpointConfig::new("https://app.example.com", Secret::new(CANARY)))
        .expect_err("no certificates");
    assert!(error.to_string().contains("ca-certificates"), "{error}");
}

#[tokio::test]
async fn a_write_that_may_not_leave_any_more_writes_not_one_byte() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let came = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.expect("a connection");
        let mut bytes = Vec::new();
        connection.read_to_end(&mut bytes).await.expect("its end");
        bytes.len()
    });
    let config = EndpointConfig::new(&format!("http://{address}"), Secret::new(CANARY));
    let endpoint = Endpoint::new(config).expect("an endpoint");
    assert!(endpoint.send_this(post(), Some(Box::new(|| false))).await.is_none());
    assert_eq!(came.await.expect("no panic"), 0);
}

#[tokio::test]
async fn a_write_that_may_leave_is_sent_whole_and_with_its_length() {
    let server = Server::start(|_, _| scim(201, r#"{"id":"1"}"#)).await;
    for may_leave in [None, Some(Box::new(|| true) as MayLeave)] {
        let exchange = server.endpoint().send_this(post(), may_leave).await.expect("it left");
        assert_eq!(answered(exchange.outcome).status, 201);
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].body, seen[1].body);
    assert!(seen.iter().all(|seen| seen.headers.contains_key("content-length")), "{seen:?}");
}
