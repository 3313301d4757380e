//! A terminal with the program in it. Every wait has a deadline and ends as soon as what it waits for is there.

use std::cell::Cell;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system};
use rustix::process::{Pid, Signal};
use vt100::{Parser, Screen};

use crate::nowhere::{Folder, TALKATIVE, assert_nowhere};

/// Longer than anything takes on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(30);
const PATH: &str = "/usr/bin:/bin";

/// What the program has written so far.
struct Seen {
    parser: Parser,
    bytes: Vec<u8>,
    at: Instant,
    /// Nobody reads any more: the terminal is about to go away.
    leaving: bool,
}

/// The program and its terminal.
pub(crate) struct Terminal {
    /// The kernel's side, until it is closed.
    master: Option<Box<dyn MasterPty + Send>>,
    /// Kept open so that the line settings can be read after the program has gone.
    slave: Option<Box<dyn SlavePty + Send>>,
    keys: Arc<Mutex<Option<Box<dyn Write + Send>>>>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
    reader: Option<thread::JoinHandle<()>>,
    ended: mpsc::Receiver<ExitStatus>,
    gone: Cell<bool>,
    pid: Pid,
    lines_before: String,
    _home: Option<Folder>,
}

/// How to start.
pub(crate) struct Start {
    program: Vec<String>,
    size: (u16, u16),
    vars: Vec<(String, String)>,
}

impl Start {
    /// The program with these arguments.
    pub(crate) fn scimdeck(args: &[&str]) -> Self {
        Self::program(env!("CARGO_BIN_EXE_scimdeck"), args)
    }

    /// Any program.
    pub(crate) fn program(program: &str, args: &[&str]) -> Self {
        let program = std::iter::once(program).chain(args.iter().copied()).map(str::to_owned).collect();
        let vars =
            [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("USER", "sam"), ("PATH", PATH), TALKATIVE]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec();
        Self { program, size: (120, 40), vars }
    }

    /// Columns and rows.
    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    /// With an environment variable; nothing is inherited.
    pub(crate) fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.retain(|(has, _)| has != name);
        self.vars.push((name.to_owned(), value.to_owned()));
        self
    }

    /// On a home that others use too.
    pub(crate) fn home(self, home: &Path) -> Self {
        self.var("SCIMDECK_HOME", &home.display().to_string())
    }

    /// Starts it.
    pub(crate) fn run(mut self) -> Terminal {
        let mut kept = None;
        if !self.vars.iter().any(|(name, _)| name == "SCIMDECK_HOME") {
            let home = Folder::new();
            // What a program leaves that is killed goes with it.
            self = self.home(home.path()).var("TMPDIR", &home.path().display().to_string());
            kept = Some(home);
        }
        let pair = native_pty_system().openpty(pty_size(self.size)).unwrap();
        let lines_before = line_settings(&*pair.master);
        let mut command = CommandBuilder::new(&self.program[0]);
        command.args(&self.program[1..]);
        command.env_clear();
        command.cwd(std::env::temp_dir());
        for (name, value) in &self.vars {
            command.env(name, value);
        }
        let mut child = pair.slave.spawn_command(command).unwrap();
        let pid = Pid::from_raw(child.process_id().unwrap().try_into().unwrap()).unwrap();
        let (tell, ended) = mpsc::channel();
        thread::spawn(move || tell.send(child.wait().unwrap()));

        let [rows, columns] = [self.size.1, self.size.0].map(|n| NonZeroU16::new(n).unwrap());
        let parser = Parser::new(rows, columns, 0);
        let seen = Seen { parser, bytes: Vec::new(), at: Instant::now(), leaving: false };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let keys = Arc::new(Mutex::new(Some(pair.master.take_writer().unwrap())));
        let reader = {
            let (input, seen, keys) =
                (pair.master.try_clone_reader().unwrap(), Arc::clone(&seen), Arc::clone(&keys));
            thread::spawn(move || read(input, &seen, &keys))
        };
        Terminal {
            master: Some(pair.master),
            slave: Some(pair.slave),
            keys,
            seen,
            reader: Some(reader),
            ended,
            gone: Cell::new(false),
            pid,
            lines_before,
            _home: kept,
        }
    }
}

type Keys = Mutex<Option<Box<dyn Write + Send>>>;

fn read(mut input: Box<dyn Read + Send>, seen: &(Mutex<Seen>, Condvar), keys: &Keys) {
    let mut chunk = [0; 65_536];
    while let Ok(n @ 1..) = input.read(&mut chunk) {
        let mut now = seen.0.lock().unwrap();
        let before = now.bytes.len().saturating_sub(3);
        now.parser.process(&chunk[..n]);
        now.bytes.extend_from_slice(&chunk[..n]);
        now.at = Instant::now();
        // Programs that ask where the cursor is wait for the answer.
        let asked = now.bytes[before..].windows(4).filter(|four| four == b"\x1b[6n").count();
        let (row, column) = now.parser.screen().cursor_position();
        let leaving = now.leaving;
        drop(now);
        for _ in 0..asked {
            if let Some(keys) = keys.lock().unwrap().as_mut() {
                let _ = write!(keys, "\x1b[{};{}R", row + 1, column + 1);
            }
        }
        seen.1.notify_all();
        if leaving {
            return;
        }
    }
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn line_settings(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

/// The bytes of a key, by its name.
fn bytes(name: &str) -> Vec<u8> {
    match name {
        "enter" => b"\r".to_vec(),
        "esc" => b"\x1b".to_vec(),
        "tab" => b"\t".to_vec(),
        "shift-tab" => b"\x1b[Z".to_vec(),
        "space" => b" ".to_vec(),
        "backspace" => b"\x7f".to_vec(),
        "up" => b"\x1b[A".to_vec(),
        "down" => b"\x1b[B".to_vec(),
        "right" => b"\x1b[C".to_vec(),
        "left" => b"\x1b[D".to_vec(),
        _ => match name.strip_prefix("ctrl-") {
            Some(letter) => vec![letter.as_bytes()[0] & 0x1f],
            None => name.as_bytes().to_vec(),
        },
    }
}

impl Terminal {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.0.lock().unwrap()
    }

    /// Presses keys, separated by blanks.
    pub(crate) fn press(&self, names: &str) -> &Self {
        for name in names.split(' ') {
            self.send(&bytes(name));
        }
        self
    }

    /// Types or pastes bytes as they are.
    pub(crate) fn send(&self, bytes: &[u8]) -> &Self {
        let mut keys = self.keys.lock().unwrap();
        let keys = keys.as_mut().unwrap();
        keys.write_all(bytes).unwrap();
        keys.flush().unwrap();
        self
    }

    /// Waits until this holds of the screen, and gives what it found.
    pub(crate) fn until<T>(&self, what: &str, mut holds: impl FnMut(&Screen) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.seen();
        loop {
            if let Some(found) = holds(seen.parser.screen()) {
                return found;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited for {what}; the screen is\n{}", seen.parser.screen().contents());
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits for text.
    pub(crate) fn wait(&self, text: &str) -> &Self {
        self.until(&format!("{text:?}"), |screen| screen.contents().contains(text).then_some(()));
        self
    }

    /// Waits until text is not there any more.
    pub(crate) fn wait_gone(&self, text: &str) -> &Self {
        self.until(&format!("{text:?} to go"), |screen| (!screen.contents().contains(text)).then_some(()));
        self
    }

    /// The screen now.
    pub(crate) fn screen(&self) -> Screen {
        self.seen().parser.screen().clone()
    }

    /// The text of the screen now.
    pub(crate) fn text(&self) -> String {
        self.screen().contents()
    }

    /// All bytes so far.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.seen().bytes.clone()
    }

    /// Waits until the program has written nothing for so long, and gives the count of bytes until then.
    pub(crate) fn settle(&self, quiet: Duration) -> usize {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.seen();
        loop {
            let still = seen.at.elapsed();
            if still >= quiet && !seen.bytes.is_empty() {
                return seen.bytes.len();
            }
            assert!(Instant::now() < deadline, "it never stops writing");
            let left = quiet.saturating_sub(still).max(Duration::from_millis(1));
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Presses a key and waits until the program has answered and then been quiet for so long: the time to the last
    /// byte of the answer, and its bytes.
    pub(crate) fn answer(&self, key: &str, quiet: Duration) -> (Duration, usize) {
        let before = self.seen().bytes.len();
        let pressed = Instant::now();
        self.press(key);
        let deadline = pressed + PATIENCE;
        let mut seen = self.seen();
        loop {
            let still = seen.at.elapsed();
            let written = seen.bytes.len() - before;
            if written > 0 && still >= quiet {
                return (seen.at.duration_since(pressed), written);
            }
            assert!(Instant::now() < deadline, "no answer to {key}");
            let left = quiet.saturating_sub(still).max(Duration::from_millis(1));
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Presses a key and waits until the program has written nothing for so long since: for keys that may do nothing.
    pub(crate) fn press_and_settle(&self, key: &str, quiet: Duration) -> &Self {
        let pressed = Instant::now();
        self.press(key);
        let mut seen = self.seen();
        loop {
            let still = seen.at.max(pressed).elapsed();
            if still >= quiet {
                return self;
            }
            assert!(pressed.elapsed() < PATIENCE, "it never stops writing");
            seen = self.seen.1.wait_timeout(seen, quiet.saturating_sub(still)).unwrap().0;
        }
    }

    /// Makes the terminal another size.
    pub(crate) fn resize(&self, columns: u16, rows: u16) -> &Self {
        let [r, c] = [rows, columns].map(|n| NonZeroU16::new(n).unwrap());
        self.seen().parser.set_size(r, c);
        self.master.as_ref().unwrap().resize(pty_size((columns, rows))).unwrap();
        self
    }

    /// Sends a signal to the program.
    pub(crate) fn signal(&self, signal: Signal) -> &Self {
        rustix::process::kill_process(self.pid, signal).unwrap();
        self
    }

    /// The program's process.
    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }

    /// Waits for the end and gives the exit code.
    pub(crate) fn exit(&self) -> u32 {
        match self.ended.recv_timeout(PATIENCE) {
            Ok(status) => {
                self.gone.set(true);
                assert!(status.signal().is_none(), "{status:?}");
                status.exit_code()
            }
            Err(_) => panic!("it does not end; the screen is\n{}", self.text()),
        }
    }

    /// Takes the terminal away, as a lost connection does. `waker` is a key that makes the program write.
    pub(crate) fn hang_up(&mut self, waker: &str) {
        self.seen().leaving = true;
        self.press(waker);
        self.reader.take().unwrap().join().unwrap();
        self.keys.lock().unwrap().take();
        self.slave = None;
        self.master = None;
    }

    /// Whether the terminal is as it was before the program started.
    #[track_caller]
    pub(crate) fn assert_given_back(&self) {
        let screen = self.until("the last bytes", |screen| {
            (!screen.alternate_screen() && !screen.hide_cursor()).then(|| screen.clone())
        });
        assert!(!screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(line_settings(&**self.master.as_ref().unwrap()), self.lines_before);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if !self.gone.get() && self.ended.try_recv().is_err() {
            let _ = rustix::process::kill_process(self.pid, Signal::KILL);
        }
        if !thread::panicking() {
            assert_nowhere("what the terminal was sent", &self.bytes());
        }
    }
}

/// Where text is: row, first column, and the column after it.
pub(crate) fn find(screen: &Screen, text: &str) -> Option<(u16, u16, u16)> {
    let (rows, columns) = screen.size();
    (0..rows.get()).find_map(|row| {
        let (mut line, mut starts) = (String::new(), Vec::new());
        for column in 0..columns.get() {
            let cell = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation());
            let Some(cell) = cell else { continue };
            starts.push((line.len(), column));
            line.push_str(if cell.has_contents() { cell.contents() } else { " " });
        }
        let at = line.find(text)?;
        let column = |byte: usize| starts.iter().find(|(start, _)| *start >= byte).map(|(_, column)| *column);
        Some((row, column(at)?, column(at + text.len()).unwrap_or(columns.get())))
    })
}

/// The cells of text.
pub(crate) fn cells<'a>(screen: &'a Screen, text: &str) -> Vec<&'a vt100::Cell> {
    let (row, from, to) =
        find(screen, text).unwrap_or_else(|| panic!("no {text:?} on\n{}", screen.contents()));
    (from..to).filter_map(|column| screen.cell(row, column)).collect()
}

/// The text of a row.
pub(crate) fn row(screen: &Screen, n: u16) -> String {
    screen.rows(0, screen.size().1.get()).nth(n.into()).unwrap_or_default()
}

/// The text of the screen without blanks at the ends of rows: there, empty and blank look the same.
pub(crate) fn words(screen: &Screen) -> String {
    let rows: Vec<String> = screen.contents().lines().map(|row| row.trim_end().to_owned()).collect();
    rows.join("\n").trim_end().to_owned()
}
