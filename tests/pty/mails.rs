//! The invitation mails of the demo: there while it runs, and gone with it unless a folder was named.

use std::path::Path;

use crate::nowhere::Folder;
use crate::terminal::{Start, Terminal};

fn mails(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder).into_iter().flatten().map(|file| file.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "eml")).count()
}

fn demo(folder: &Path, args: &[&str]) -> Terminal {
    let tmp = folder.join("tmp");
    std::fs::create_dir_all(&tmp).unwrap();
    let start = Start::scimdeck(args).home(&folder.join("home")).var("TMPDIR", tmp.to_str().unwrap());
    let console = start.run();
    console.wait("24 not provisioned").press("p").wait("15 to create").press("y").wait("24 done, 0 failed");
    console
}

#[test]
fn whoever_the_demo_creates_is_written_to_and_the_mails_go_with_it() {
    let folder = Folder::new();
    let console = demo(folder.path(), &["demo"]);
    let tmp = folder.path().join("tmp");
    let own = std::fs::read_dir(&tmp).unwrap().next().unwrap().unwrap().path();
    assert_eq!(mails(&own), 15);
    console.press("esc").wait_gone("Results").press("q");
    console.exit();
    assert_eq!(std::fs::read_dir(&tmp).unwrap().count(), 0);
}

#[test]
fn mails_in_a_named_folder_stay() {
    let folder = Folder::new();
    let named = folder.path().join("mails");
    let console = demo(folder.path(), &["demo", "--mail-dir", named.to_str().unwrap()]);
    console.press("esc").wait_gone("Results").press("q");
    console.exit();
    assert_eq!(mails(&named), 15);
}
