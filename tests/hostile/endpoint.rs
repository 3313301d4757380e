//! One attack each, against all flows.

use serde_json::{Value, json};

use crate::attack::{outlast, withstand};
use crate::bodies::{deep, everywhere, page, twisted, user};
use crate::gzip::{bomb, stored};
use crate::server::{Elsewhere, Reply, scim, with};

const JSON: &str = "content-type: application/scim+json\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redirects_are_never_followed_to_another_origin_or_another_path() {
    let foreign = Elsewhere::start().await;
    let address = foreign.address;
    let world = withstand(move |n, _| {
        let status = [301, 302, 303, 307, 308][n % 5];
        let to = if n % 2 == 0 {
            format!("http://{address}/scim/v2/Users")
        } else {
            "/elsewhere/Users".to_owned()
        };
        Reply::Bytes(with(status, &format!("location: {to}\r\n"), b""))
    })
    .await;
    assert_eq!(foreign.visits(), 0);
    assert!(world.server.seen().iter().all(|seen| !seen.target.contains("elsewhere")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_in_answers_are_never_fetched() {
    let foreign = Elsewhere::start().await;
    let url = format!("http://{}/scim/v2/Users/1", foreign.address);
    withstand(move |_, _| {
        let url = url.clone();
        twisted(move |user| {
            for key in ["$ref", "next", "nextPage", "photos", "profileUrl"] {
                user[key] = json!(url);
            }
            user["meta"] = json!({"location": url, "resourceType": "User"});
        })
    })
    .await;
    assert_eq!(foreign.visits(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bomb_in_gzip_is_not_unfolded() {
    let bomb = with(200, &format!("{JSON}content-encoding: gzip\r\n"), &bomb(256));
    withstand(move |_, _| Reply::Bytes(bomb.clone())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bomb_in_an_error_is_not_unfolded_and_what_is_no_gzip_is_no_answer() {
    let bomb = with(500, &format!("{JSON}content-encoding: gzip\r\n"), &bomb(64));
    let plain = with(200, &format!("{JSON}content-encoding: gzip\r\n"), b"{\"totalResults\":0}");
    let short = with(200, &format!("{JSON}content-encoding: gzip\r\n"), &stored("{\"totalRes"));
    withstand(move |n, _| Reply::Bytes([&bomb, &plain, &short][n % 3].clone())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_nested_200_000_deep_is_refused() {
    withstand(everywhere(deep(200_000))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_and_other_documents_nested_200_000_deep_are_refused() {
    let deep = "[".repeat(200_000);
    let detail = format!(r#"{{"schemas":{deep}"#);
    withstand(move |n, _| scim([400, 409, 500, 200][n % 4], if n % 2 == 0 { &deep } else { &detail })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_that_climb_lead_nowhere() {
    let ids = [
        "../../admin",
        "a/b",
        "%2e%2e",
        "?x",
        "..",
        ".",
        "\u{0}",
        "\u{202e}x",
        "#",
        "a\r\nX: y",
        "\\..\\",
        ";",
    ];
    withstand(move |n, _| {
        twisted(move |user| {
            if user["userName"].is_string() {
                user["id"] = json!(ids[n % ids.len()]);
            }
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_without_end_or_without_anything_are_no_ids() {
    let long = "i".repeat(300_000);
    withstand(move |n, _| {
        let id =
            [json!(long), json!(""), Value::Null, json!([1]), json!({"a": 1}), json!(true)][n % 6].clone();
        twisted(move |user| {
            if user["userName"].is_string() {
                user["id"] = id.clone();
            }
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_that_come_twice_change_nobody_s_access_silently() {
    withstand(move |_, _| {
        Reply::Twisted(Box::new(|body| {
            body.replace(
                "\"active\":true",
                "\"active\":true,\"active\":false,\"Active\":true,\"ACTIVE\":\"no\"",
            )
            .replace("\"userName\":", "\"username\":\"somebody@else.example\",\"userName\":")
            .replace("\"totalResults\":", "\"totalResults\":0,\"TotalResults\":-1,\"totalResults\":")
        }))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_that_is_no_text_is_refused_or_replaced() {
    let rows: [&[u8]; 5] = [
        b"{\"totalResults\":1,\"Resources\":[{\"id\":\"\xff\xfe\",\"userName\":\"p1@example.com\xc0\x80\"}]}",
        br#"{"totalResults":1,"Resources":[{"id":"x","userName":"\ud800"}]}"#,
        br#"{"totalResults":1,"Resources":[{"id":"x\u0000y","userName":"p1@example.com\udfff"}]}"#,
        b"\xef\xbb\xbf{\"totalResults\":0}",
        b"{\0\"\0t\0",
    ];
    withstand(move |n, _| scim(200, rows[n % rows.len()])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_beyond_all_numbers_are_no_numbers() {
    let row =
        r#"{"id":12345678901234567890123456789,"userName":-0,"active":1e999,"meta":{"version":1e-999}}"#;
    withstand(move |n, seen| {
        let total = ["1e999", "-1", "18446744073709551616", "1e12", "0.5", "-0", "\"NaN\""][n % 7];
        scim(200, if seen.list() { page(total, row) } else { row.to_owned() })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_without_end_by_its_total_ends() {
    let row = user("x1", "p1@example.com").to_string();
    withstand(move |_, seen| match seen.list() {
        true => scim(200, page(1_000_000_000_000_u64, &row)),
        false => Reply::Honest,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_without_end_by_its_cursor_ends() {
    withstand(move |n, seen| match seen.list() {
        true => {
            let next =
                ["c".to_owned(), "c".to_owned(), "x".repeat(100_000), "\r\n../..".to_owned()][n % 4].clone();
            let body = json!({"nextCursor": next, "Resources": [user("x1", "p1@example.com")]});
            scim(200, body.to_string())
        }
        false => Reply::Honest,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_300_000_rows_is_refused() {
    let rows: Vec<String> = (0..300_000).map(|n| format!("{{\"id\":{n}}}")).collect();
    let body = page(100, &rows.join(","));
    assert!(body.len() < 16 << 20);
    withstand(move |_, _| scim(200, &body)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_three_million_nothings_is_refused() {
    let nothings = "1,".repeat(3_000_000);
    let body = page(100, nothings.trim_end_matches(','));
    assert!(body.len() < 16 << 20);
    let log = body.replace("Resources", "data");
    withstand(move |_, seen| scim(200, if seen.target.starts_with("/api/") { &log } else { &body })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_whose_every_row_is_large_is_read_in_bounds() {
    // Fifteen rows of a megabyte each, all of them new for ever, until the pass gives up.
    withstand(move |n, seen| {
        let row = |i: usize| {
            let mut user = user(&format!("{n}-{i}"), &format!("u{n}-{i}@example.com"));
            user["title"] = json!("t".repeat(1 << 20));
            user.to_string()
        };
        match seen.list() && n < 40 {
            true => scim(200, page(1_000_000, &(0..3).map(row).collect::<Vec<_>>().join(","))),
            false if seen.list() => scim(500, "{}"),
            false => Reply::Honest,
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_never_end_are_given_up() {
    let head = format!("HTTP/1.1 200 OK\r\n{JSON}content-length: 1000000\r\n\r\n").into_bytes();
    let line = b"HTTP/1.1 200 OK\r\n".to_vec();
    let interim = ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n"];
    // They wait rather than work, so they do it together.
    tokio::join!(
        outlast(move |_, _| Reply::Drip(head.clone(), b' ')),
        outlast(move |_, _| Reply::Drip(b"HTTP/1.1 200 OK\r\nx: ".to_vec(), b'x')),
        outlast(move |n, _| {
            let piece = if n % 2 == 0 { format!("x-{n}: y\r\n") } else { "x".repeat(10_000) };
            Reply::Endless(line.clone(), piece.into_bytes())
        }),
        outlast(move |n, _| Reply::Endless(Vec::new(), interim[n % 2].repeat(10).into_bytes())),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lengths_that_lie_make_no_answer() {
    let body = r#"{"totalResults":0,"Resources":[]}"#;
    let lengths = [
        "content-length: 5",
        "content-length: 999999",
        "content-length: -1",
        "content-length: 33\r\ncontent-length: 34",
        "content-length: 33\r\ntransfer-encoding: chunked",
        "content-length: 99999999999999999999999999",
        "transfer-encoding: gzip, nonsense",
    ];
    withstand(move |n, _| {
        let length = lengths[n % lengths.len()];
        Reply::Bytes(format!("HTTP/1.1 200 OK\r\n{JSON}{length}\r\n\r\n{body}").into_bytes())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_http_is_no_answer() {
    let answers: [&[u8]; 6] = [
        b"",
        b"\0\0\0\0",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 999 \x1b[31mX\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\x1b\r\n\r\n",
    ];
    withstand(move |n, _| Reply::Bytes(answers[n % answers.len()].to_vec())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_answer_behind_the_first_answers_nothing() {
    let nobody = page(0, "");
    withstand(move |_, seen| {
        let first = if seen.list() { with(200, JSON, nobody.as_bytes()) } else { with(404, JSON, b"{}") };
        let first = String::from_utf8(first).expect("text").replace("connection: close\r\n", "");
        let second = with(200, JSON, user("evil", "p2@example.com").to_string().as_bytes());
        Reply::Bytes([first.into_bytes(), second].concat())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_that_steer_the_terminal_are_told_in_plain_text() {
    let detail = "\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}[2J\u{9b}31m\u{202e}\r\nfake prompt $ \u{e0041}";
    let body = json!({"detail": detail, "scimType": detail, "status": detail}).to_string();
    withstand(move |n, _| scim([400, 409, 403, 500, 404, 429, 418][n % 7], &body)).await;
}
