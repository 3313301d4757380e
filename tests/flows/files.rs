//! Files that are not as they should be: refused whole, with the line and the reason.

use crate::program::{Program, all, people_csv};

/// Every kind refuses the file with exit 4, changes nothing, and names the line where there is one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_file_is_refused_whole() {
    let program = Program::start(2, 0, &[]).await;
    let long = format!("user_name,title\nbig@example.com,{}\n", "x".repeat(1 << 20));
    let cases: [(&str, Vec<u8>); 8] = [
        ("missing column", b"name,title\na,b\n".to_vec()),
        ("open quote", b"user_name,title\n\"a@example.com,b\n".to_vec()),
        ("text after a quote", b"user_name,title\n\"a@example.com\"x,b\n".to_vec()),
        ("twice", b"user_name\nnew@example.com\nNEW@example.com\n".to_vec()),
        ("a long line", long.into_bytes()),
        ("Latin-1", b"user_name,title\nnew@example.com,Chef f\xfcr alles\n".to_vec()),
        ("too many cells", b"user_name,title\nnew@example.com,a,b,c\n".to_vec()),
        ("a role there is not", b"user_name,assigned,workato_role\nnew@example.com,yes,King\n".to_vec()),
    ];
    for (what, bytes) in cases {
        let file = program.file("bad.csv", bytes);
        let (code, answer) = program.json(&["import", "people", &file]).await;
        assert_eq!(code, 4, "{what}: {answer}");
        let error = &answer["error"];
        assert!(
            error["message"].as_str().is_some_and(|m| m.contains("Nothing was changed")),
            "{what}: {answer}"
        );
        assert!(!error["next"].as_str().unwrap().is_empty(), "{what}: {answer}");
        assert!(answer.to_string().len() < 20_000, "{what} is not repeated at length");
        assert_eq!(program.status().await["people"], 2, "{what}");
    }
    assert_eq!(program.proxy.writes(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn skip_bad_takes_the_good_rows_and_tells_of_the_others() {
    let program = Program::start(1, 0, &[]).await;
    let rows = "user_name,assigned,workato_role\ngood@example.com,yes,Admin\nbad@example.com,yes,King\n";
    let file = program.file("some.csv", rows);
    let output = program.run(&["import", "people", &file]).await;
    assert_eq!(output.status.code(), Some(4), "{}", all(&output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("line 3") && said.contains("--skip-bad"), "{said}");
    let (code, report) = program.json(&["import", "people", &file, "--skip-bad"]).await;
    assert_eq!((code, report["new"].as_u64()), (0, Some(1)), "{report}");
    assert_eq!(report["rejected"][0]["line"], 3);
    assert_eq!(program.status().await["people"], 2);
    assert_eq!(program.proxy.writes(), 0, "nothing is sent by an import");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_formula_is_text_here_and_there() {
    let program = Program::start(0, 0, &[]).await;
    let rows = "user_name,given_name,title,assigned,workato_role\n\
                f@example.com,Ana,\"=HYPERLINK(\"\"http://x\"\")\",yes,Admin\n";
    let file = program.file("formula.csv", rows);
    program.ok(&["import", "people", &file]).await;
    program.ok(&["provision", "--yes"]).await;
    let show = program.ok(&["show", "f@example.com"]).await;
    assert!(show.contains("=HYPERLINK"), "{show}");
    program.all_true(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_file_again_changes_nothing() {
    let program = Program::start(3, 0, &[]).await;
    let file = program.file("again.csv", people_csv(3));
    let (code, report) = program.json(&["import", "people", &file]).await;
    let counts = ["new", "matched", "unchanged"].map(|key| report[key].as_u64());
    assert_eq!((code, counts), (0, [Some(0), Some(0), Some(3)]), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g12_a_file_that_is_everybody_flags_who_is_absent_and_takes_nobodys_access() {
    let program = Program::start(3, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    let writes = program.proxy.writes();
    let file = program.file("two.csv", people_csv(2));
    let (code, report) = program.json(&["import", "people", &file, "--whole"]).await;
    assert_eq!((code, report["absent"].as_u64()), (0, Some(1)), "{report}");
    let status = program.status().await;
    assert_eq!((&status["flags"]["noted"], &status["assignments"]), (&1.into(), &3.into()), "{status}");
    assert_eq!(program.proxy.writes(), writes);
}
