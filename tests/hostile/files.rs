//! Files with every sort of damage: one sentence, soon, and nothing changed.

use crate::attack::MEMORY_MB;
use crate::program::{Ran, World, run};

fn refused(what: &str, ran: &Ran) {
    // A state that cannot be read is a store that cannot be used.
    let codes = if what.ends_with("state") { [1, 4, 4] } else { [3, 4, 6] };
    assert!(ran.code.is_some_and(|code| codes.contains(&code)), "{what}: {ran:?}");
    assert!(ran.stderr.len() > 20 && ran.stderr.len() < 40_000, "{what}: {}", ran.stderr.len());
    assert!(!ran.stderr.contains("panicked"), "{what}: {}", ran.stderr);
    assert!(!ran.stderr.contains(|c: char| c != '\n' && c.is_control()), "{what}: {:?}", ran.stderr);
    assert!(ran.memory < MEMORY_MB, "{what}: {} MB", ran.memory);
}

fn damaged() -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = "user_name,assigned\nx@example.com,yes\n".encode_utf16().flat_map(u16::to_le_bytes);
    vec![
        ("empty", Vec::new()),
        ("binary", (0..=255).cycle().take(100_000).collect()),
        ("UTF-16", [0xff, 0xfe].into_iter().chain(utf16).collect()),
        ("no UTF-8", b"user_name,given_name\nx@example.com,\xff\xfe\n".to_vec()),
        ("one line of 40 MB", vec![b'a'; 40 << 20]),
        ("a million columns", b"user_name,".repeat(1_000_000)),
        ("a quote that stays open", b"user_name,title\n\"x@example.com,y\n".repeat(50_000)),
        ("NUL", b"user_name\n\0\n".to_vec()),
        (
            "the same column twice",
            b"user_name,user_name,group,group\nx@example.com,y@example.com,g,g\n".to_vec(),
        ),
        ("deep JSON", b"[".repeat(200_000)),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_files_of_every_kind_are_refused_in_a_sentence_and_change_nothing() {
    let world = World::new().await;
    let (_, before) = world.json(&["people"]).await;
    let (_, groups) = world.json(&["groups"]).await;
    for (what, bytes) in damaged() {
        let file = world.file("damaged", &bytes);
        for args in
            [&["import", "people", &file][..], &["import", "groups", &file], &["apply", &file, "--yes"]]
        {
            refused(&format!("{what}: {}", args[1]), &world.run(args).await);
        }
        let text = String::from_utf8_lossy(&bytes);
        if what != "empty" && text.len() < 200_000 {
            let state = ["sandbox", "--state", &file];
            refused(&format!("{what}: state"), &run(&world.path("other"), &state).await);
            assert_eq!(std::fs::read(&file).expect("a file"), bytes, "{what}: the file stays");
        }
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .expect("its mode");
        let url = world.server.base_url();
        let connect = ["connect", "--name", "other", "--base-url", &url, "--token-file", &file];
        let ran = run(&world.path("other"), &connect).await;
        refused(&format!("{what}: token"), &ran);
        std::fs::remove_file(&file).expect("removed");
    }
    assert_eq!(world.json(&["people"]).await.1, before);
    assert_eq!(world.json(&["groups"]).await.1, groups);
}
