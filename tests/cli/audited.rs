//! The audit log's check and exports as they are typed.

use crate::fake::Fake;
use crate::ran::run;

#[test]
fn a_head_kept_elsewhere_finds_a_cut_end() {
    let hash = "ab".repeat(32);
    let ran = run(&Fake::new(), &format!("audit verify --head {hash}@9"));
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("ends at entry 5") && ran.out.contains("cut off"), "{ran:?}");
    let ran = run(&Fake::new(), &format!("audit verify --head {hash}@2"));
    assert!(ran.code == 1 && ran.out.contains("written anew"), "{ran:?}");
    assert_eq!(run(&Fake::new(), "audit verify").code, 0);
}

#[test]
fn an_export_states_its_count_and_disarms_formulas() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.csv");
    let line = format!("--json audit export {}", file.display());
    let ran = run(&Fake::new(), &line);
    assert_eq!(ran.code, 0, "{ran:?}");
    let told: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(told["summary"]["entries"], 5);
    assert!(std::fs::read_to_string(&file).unwrap().contains(",'=evil(),"));
    let beside = std::fs::read_to_string(folder.path().join("a.csv.summary.json")).unwrap();
    let beside: serde_json::Value = serde_json::from_str(&beside).unwrap();
    assert_eq!(beside, told["summary"]);
    let again = run(&Fake::new(), &line);
    assert!(again.code == 4 && again.out.contains("file_exists"), "{again:?}");
    assert_eq!(run(&Fake::new(), &format!("{line} --force")).code, 0);
}

#[test]
fn json_lines_end_with_the_summary_and_a_person_is_found_by_name_after_removal() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.jsonl");
    let ran = run(&Fake::new(), &format!("audit --export {} --person gone@example.com", file.display()));
    assert_eq!(ran.code, 0, "{ran:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!((&last["summary"]["entries"], &last["summary"]["of"]), (&0.into(), &5.into()));
    assert_eq!(last["summary"]["filter"]["person"], "gone@example.com");
}

#[test]
fn what_is_still_open_comes_first() {
    let ran = run(&Fake::new(), "audit deprovisioned --csv");
    let rows: Vec<&str> = ran.out.lines().collect();
    assert!(rows[1].starts_with("cy@example.com,suspend,operator,"), "{ran:?}");
    assert!(rows[2].starts_with("ana@example.com,remove,") && rows[2].ends_with(",left,"), "{ran:?}");
    assert!(rows[0].ends_with(",operation,reason,dropped"), "what is new goes last: {ran:?}");
}

#[test]
fn ends_of_access_state_their_number_and_the_head_they_were_read_at() {
    let ran = run(&Fake::new(), "audit deprovisioned --csv");
    assert_eq!(ran.out.lines().count(), 3, "the table alone: {ran:?}");
    let said: Vec<&str> = ran.err.lines().collect();
    assert_eq!((said[0], said[2]), ("2 of 2 ends of access, 1 open", "no cell begins as a formula would"));
    assert!(said[1].starts_with("head ") && said[1].ends_with("@5"), "{ran:?}");
    let text = run(&Fake::new(), "audit deprovisioned").out;
    assert!(text.contains(said[0]) && text.contains(said[1]), "{text}");
    let later = run(&Fake::new(), "--json audit deprovisioned --since 2999-01-01T00:00:00Z");
    let told: serde_json::Value = serde_json::from_str(&later.out).unwrap();
    assert_eq!((&told["entries"], &told["of"], &told["open"]), (&1.into(), &2.into(), &1.into()), "{told}");
}
