//! A disk that is full, a store that cannot be written, a file that is damaged: what cannot be recorded is not sent.

use std::path::Path;
use std::process::Output;

use crate::home::{Home, all};
use crate::honest::{what_is_done_is_there, what_is_there_is_known};
use crate::journal::Journal;
use crate::line::Line;
use crate::nowhere::TALKATIVE;
use crate::there::There;
use crate::work::{World, name};

const PEOPLE: usize = 30;
const PROVISION: [&str; 3] = ["--json", "provision", "--yes"];

struct Scene {
    there: There,
    line: Line,
    home: Home,
}

impl Scene {
    async fn start() -> Self {
        let there = There::inside(&["same-names", "slow=5"]).await;
        let line = Line::to(there.authority()).await;
        let home = Home::new();
        home.connect(&line.base()).await;
        let file = World::default().import(&home, 1..=PEOPLE);
        home.ok(&file.words()).await;
        Journal::beside(&home.store()).in_one_file();
        Self { there, line, home }
    }

    /// No file may grow beyond so many blocks of 512 bytes, and nobody is ended by a signal for trying.
    async fn with_blocks(&self, blocks: usize) -> Output {
        let home = self.home.path("home");
        let home = home.to_str().expect("text");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let args =
            [&["-c", &script, env!("CARGO_BIN_EXE_scimdeck"), "--home", home], &PROVISION[..]].concat();
        let mut command = tokio::process::Command::new("sh");
        command.args(&args).env_remove("SCIMDECK_HOME").envs([TALKATIVE]).stdin(std::process::Stdio::null());
        self.home.ended(command, &args).await
    }

    fn writes(&self) -> usize {
        self.line.asked().iter().filter(|asked| asked.method != "GET").count()
    }

    /// It ended with 1, named the file and said what to do.
    #[track_caller]
    fn is_told(&self, output: &Output) {
        assert_eq!(output.status.code(), Some(1), "{}", all(output));
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let (error, stopped) = (&said["error"], &said["stopped"]);
        let told = if error.is_null() { stopped } else { error };
        let text = told["message"].as_str().or(told["text"].as_str()).unwrap_or_default();
        assert!(text.contains(&*self.home.path("home").to_string_lossy()), "which file: {said}");
        assert!(told["next"].as_str().is_some_and(|next| next.len() > 15), "what to do: {said}");
    }

    async fn is_true(&self) {
        for args in [["apply", "--yes"], ["provision", "--yes"]] {
            self.home.ok(&args).await;
        }
        let users = self.there.users().await;
        assert_eq!(users.keys().cloned().collect::<Vec<_>>(), (1..=PEOPLE).map(name).collect::<Vec<_>>());
        assert_eq!(self.writes(), PEOPLE, "every account by one request");
        self.home.ok(&["audit", "verify"]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g18_a_disk_that_is_full_at_any_moment_stops_the_sending_before_what_it_cannot_record() {
    let scene = Scene::start().await;
    let (mut stopped, mut midway, mut blocks) = (0, 0, 0);
    loop {
        assert!(blocks < 20_000, "it never ends well");
        let output = scene.with_blocks(blocks).await;
        let journal = Journal::left(&scene.home.store());
        journal.whole();
        let (rows, users) = (journal.operations(), scene.there.users().await);
        what_is_done_is_there(&rows, &users);
        what_is_there_is_known(&rows, &users);
        if output.status.success() {
            break;
        }
        // A little more room each time: it fails at opening, at the commit, at the first save, at a later one.
        scene.is_told(&output);
        stopped += 1;
        midway += usize::from(!users.is_empty() && users.len() < PEOPLE);
        blocks += 16 + blocks / 10;
    }
    assert!(stopped > 4 && midway > 0, "{stopped} stopped, {midway} of them midway");
    println!("{stopped} runs stopped, {midway} of them midway; it took {blocks} blocks");
    scene.is_true().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g18_a_store_that_cannot_be_written_sends_nothing() {
    let scene = Scene::start().await;
    // Where the log of changes belongs, nothing can be written, by whoever it is.
    let log = scene.home.store().with_extension("db-wal");
    let _ = std::fs::remove_file(&log);
    std::fs::create_dir(&log).expect("a folder in the way");
    let output = scene.home.run(&PROVISION).await;
    scene.is_told(&output);
    assert_eq!(scene.writes(), 0);
    std::fs::remove_dir(&log).expect("it was empty");
    scene.is_true().await;
}

fn overwrite(path: &Path, from: usize, bytes: usize) {
    let mut content = std::fs::read(path).expect("the store");
    let end = content.len().min(from + bytes);
    content[from..end].fill(0xa5);
    std::fs::write(path, content).expect("the store");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g18_a_damaged_store_is_named_and_nothing_is_sent() {
    let scene = Scene::start().await;
    let copy = std::fs::read(scene.home.store()).expect("the store");
    // The header, everything but the header, and the tables' list.
    for (from, bytes) in [(0, 100), (4_096, copy.len()), (100, 3_000)] {
        overwrite(&scene.home.store(), from, bytes);
        let output = scene.home.run(&PROVISION).await;
        scene.is_told(&output);
        assert_eq!(scene.writes(), 0, "{from}");
        std::fs::write(scene.home.store(), &copy).expect("the store");
    }
    scene.is_true().await;
}
