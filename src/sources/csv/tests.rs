//! What a file gives, row by row.

use proptest::prelude::*;

use super::*;
use crate::domain::{DataType, ProfileAttribute, Status};
use crate::verbs::PersonRecord;

fn roles() -> [ProfileAttribute; 1] {
    [ProfileAttribute::workato("workato_role")]
}

fn read(text: impl AsRef<[u8]>) -> Parsed<PersonRecord> {
    people(text.as_ref(), &roles()).unwrap()
}

fn only_reason(text: impl AsRef<[u8]>) -> (u64, String) {
    let parsed = read(text);
    assert_eq!(parsed.records, [], "every row is refused");
    assert_eq!(parsed.rejected.len(), 1);
    (parsed.rejected[0].line, parsed.rejected[0].reason.clone())
}

#[test]
fn a_row_with_every_column_is_read_whatever_the_case_of_the_header() {
    let parsed = read(
        "\u{feff}User_Name,given_name,family_name,display_name,email,title,department,external_id,STATUS,assigned,workato_role\r\n\
         ana@example.com,Ana,\"Souza, jr\",Ana S,a@example.com,\"The \"\"boss\"\"\",Ops,17,Suspended,YES,Admin\r\n",
    );
    let ana = &parsed.records[0];
    assert_eq!((ana.line, ana.user_name.as_str()), (2, "ana@example.com"));
    assert_eq!(ana.fields.family_name.as_deref(), Some("Souza, jr"));
    assert_eq!(ana.fields.title.as_deref(), Some("The \"boss\""));
    assert_eq!((ana.status, ana.assigned), (Some(Status::Suspended), Some(true)));
    assert_eq!(ana.roles.get("workato_role").map(String::as_str), Some("Admin"));
    assert_eq!(parsed.rejected, []);
}

#[test]
fn an_empty_cell_leaves_and_a_dash_clears() {
    let parsed = read("user_name,title,department,workato_role\na,,-,-\n");
    let fields = &parsed.records[0].fields;
    assert_eq!((fields.title.as_deref(), fields.department.as_deref()), (None, Some("")));
    assert_eq!(parsed.records[0].roles.get("workato_role").map(String::as_str), Some(""));
}

#[test]
fn a_file_without_user_names_is_refused_and_its_columns_are_named() {
    let refusal = people(b"login,mail\na,b\n", &[]).unwrap_err();
    assert_eq!(refusal.code, "missing_column");
    assert!(refusal.text.contains("login, mail"), "{}", refusal.text);
    let refusal = people(b"user_name;title\na;b\n", &[]).unwrap_err();
    assert!(refusal.next.contains("commas"), "{}", refusal.next);
    assert_eq!(people(b"", &[]).unwrap_err().code, "empty_file");
    assert_eq!(people(b"user_name,title,Title\n", &[]).unwrap_err().code, "duplicate_column");
}

#[test]
fn unknown_columns_are_named_and_passed_over() {
    let parsed = read("user_name,shoe size,,workato_role\na,43,x,Admin\n");
    assert_eq!(parsed.ignored, ["shoe size", "(column 3)"]);
    assert_eq!(parsed.records.len(), 1);
}

#[test]
fn a_refused_row_carries_the_line_where_it_really_stands() {
    let parsed = read("user_name,title\r\n\r\n\r\na,b\r\nc\r\n\r\nd,e,f\ng,h");
    let lines: Vec<_> = parsed.rejected.iter().map(|r| r.line).collect();
    assert_eq!(lines, [5, 7]);
    assert_eq!(parsed.rejected[0].reason, "the row has 1 cells, the header has 2");
    let lines: Vec<_> = parsed.records.iter().map(|r| r.line).collect();
    assert_eq!(lines, [4, 8]);
    let parsed = read("user_name,title\ra,b\rc\r");
    assert_eq!((parsed.records[0].line, parsed.rejected[0].line), (2, 3));
}

#[test]
fn an_unclosed_quote_costs_its_own_line_only() {
    let parsed = read("user_name,title\na,\"b\nc,d\ne,f\n");
    assert_eq!(parsed.rejected.len(), 1);
    assert_eq!(parsed.rejected[0].line, 2);
    assert!(parsed.rejected[0].reason.contains("not closed"));
    assert_eq!(parsed.records.len(), 2);
    assert_eq!(only_reason("user_name\na\"b\n").0, 2);
    assert!(only_reason("user_name\n\"a\"b\n").1.contains("after a closing quote"));
}

#[test]
fn rows_and_cells_have_a_longest_length() {
    let long = "x".repeat(1_000_000);
    assert!(only_reason(format!("user_name\n{long}\n")).1.contains("64 KB"));
    let parsed = read(format!("user_name\n\"{long}\n{}\nb\n", "y".repeat(2000)));
    let lines: Vec<_> = parsed.rejected.iter().map(|r| r.line).collect();
    assert_eq!((lines, parsed.records.len()), (vec![2, 3], 1));
}

#[test]
fn bytes_that_are_not_utf_8_and_hidden_characters_are_refused() {
    assert_eq!(only_reason(b"user_name,title\na,Caf\xe9\n"), (2, "title is not UTF-8".to_owned()));
    assert_eq!(only_reason("user_name\na\0b\n").1, "user_name holds the control character U+0000");
    assert_eq!(only_reason("user_name\na\u{202e}b\n").1, "user_name holds the control character U+202E");
    assert_eq!(only_reason("user_name,title\na,\"x\ny\"\n").1, "title holds a line break");
    assert_eq!(only_reason("user_name\na\u{200b}b\n").1, "user_name holds the invisible character U+200B");
    assert_eq!(read("user_name,given_name\na,\u{645}\u{6cc}\u{200c}\u{62e}\n").records.len(), 1);
}

#[test]
fn what_a_spreadsheet_would_run_is_refused_where_it_identifies_somebody() {
    for bad in ["=cmd()", "+1", "@x", "-x"] {
        assert!(only_reason(format!("user_name\n{bad}\n")).1.contains("formula"));
    }
    let parsed = read("user_name,title\na,=cmd()\n");
    assert_eq!(parsed.records[0].fields.title.as_deref(), Some("=cmd()"));
    assert!(only_reason("user_name,email\na,here\n").1.contains("no e-mail address"));
    assert!(only_reason("user_name\na b\n").1.contains("a space"));
}

#[test]
fn two_rows_for_one_person_are_both_refused_and_name_each_other() {
    let parsed = read("user_name,external_id\nAna,1\nbo,2\nana,3\nCy,2\ndi,4\n");
    let reasons: Vec<_> = parsed.rejected.iter().map(|r| (r.line, r.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [
            (2, "the same user_name is on line 4"),
            (3, "the same external_id is on line 5"),
            (4, "the same user_name is on line 2"),
            (5, "the same external_id is on line 3"),
        ]
    );
    assert_eq!(parsed.records.len(), 1);
}

#[test]
fn words_and_values_outside_the_lists_are_refused_with_the_right_ones_named() {
    assert!(only_reason("user_name,status\na,gone\n").1.contains("active, suspended, deactivated"));
    assert!(only_reason("user_name,assigned\na,maybe\n").1.contains("neither yes nor no"));
    assert!(only_reason("user_name,workato_role\na,admin\n").1.contains("did you mean Admin?"));
    assert!(
        only_reason("user_name,workato_role\na,King\n").1.contains("Admin, Analyst, Operator, No access")
    );
    let mut number = ProfileAttribute::workato("level");
    number.members.clear();
    number.data_type = DataType::Integer;
    let parsed = people(b"user_name,level\na,7\nb,x\n", &[number]).unwrap();
    assert_eq!((parsed.records.len(), parsed.rejected[0].line), (1, 3));
}

#[test]
fn a_groups_file_gives_one_membership_a_row() {
    let parsed = groups(b"group,user_name,note\nOps,ana,x\nOps,,\n").unwrap();
    assert_eq!((parsed.records.len(), parsed.rejected[0].line), (1, 3));
    assert_eq!(parsed.ignored, ["note"]);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = people(&bytes, &roles());
        let _ = groups(&bytes);
    }

    #[test]
    fn every_line_is_a_record_or_a_refused_row(
        lines in prop::collection::vec("[a-c,\"\\r=é-]{0,8}", 0..30), crlf in any::<bool>()
    ) {
        let end = if crlf { "\r\n" } else { "\n" };
        let text = format!("user_name,title{end}{}", lines.join(end));
        let parsed = read(&text);
        let flat = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut accounted: std::collections::BTreeSet<u64> = parsed.records.iter().map(|r| r.line).collect();
        accounted.extend(parsed.rejected.iter().map(|r| r.line));
        // A quoted cell may span lines, so a line is also accounted for inside the row that began before it.
        let mut open = false;
        for (i, line) in flat.split('\n').enumerate().skip(1) {
            let n = i as u64 + 1;
            if accounted.contains(&n) {
                open = line.contains('"');
            } else if !line.is_empty() {
                prop_assert!(open, "line {n} of {text:?} is lost");
            }
        }
        prop_assert_eq!(accounted.len(), parsed.records.len() + parsed.rejected.len());
    }

    #[test]
    fn what_a_csv_writer_writes_is_read_back(
        rows in prop::collection::btree_map("[a-z]{1,6}", "[a-zA-Z,\" ü漢]{0,12}", 0..20)
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["user_name", "title"]).unwrap();
        for (name, title) in &rows {
            writer.write_record([name, title]).unwrap();
        }
        let parsed = read(writer.into_inner().unwrap());
        prop_assert_eq!(parsed.rejected, []);
        for (record, (name, title)) in parsed.records.iter().zip(&rows) {
            prop_assert_eq!(&record.user_name, name);
            prop_assert_eq!(record.fields.title.as_deref().unwrap_or(""), title.trim());
        }
        prop_assert_eq!(parsed.records.len(), rows.len());
    }
}
