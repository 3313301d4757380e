//! Reading the tree's Rust files as text: without comments, strings and tests.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The folder that holds `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder whose names end so, sorted.
pub(crate) fn files(below: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![below.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() && !matches!(&*name, "target" | ".git" | "node_modules" | "__pycache__") {
                folders.push(path);
            } else if path.is_file() && name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// How a file is named in messages.
pub(crate) fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// A file of the library.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    /// Folder below `src`, or the file's own name.
    pub(crate) room: String,
    /// Modules between the crate and this file: 1 for `src/room/mod.rs`.
    pub(crate) depth: usize,
    /// Its code, tests blanked out, line for line as in the file.
    pub(crate) code: String,
}

/// The library's files without those that are only compiled for tests.
pub(crate) fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut tests = HashSet::new();
    let mut all = Vec::new();
    for path in files(&src, ".rs") {
        let text = std::fs::read_to_string(&path).expect("a file of UTF-8");
        let (code, modules) = without_tests(&code_of(&text), &text);
        let folder = match path.file_stem().unwrap_or_default().to_string_lossy().as_ref() {
            "mod" | "lib" | "main" => path.parent().unwrap_or(&src).to_owned(),
            stem => path.with_file_name(stem),
        };
        for module in modules {
            tests.insert(folder.join(format!("{module}.rs")));
            tests.insert(folder.join(&module));
            // With #[path] it stands beside the file.
            tests.insert(path.with_file_name(module));
        }
        let inside: Vec<String> = path
            .strip_prefix(&src)
            .expect("below src")
            .with_extension("")
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        let depth = inside.len() - usize::from(inside.last().is_some_and(|name| name == "mod"));
        let room = path.strip_prefix(&src).expect("below src").iter().next().unwrap_or_default();
        all.push(Source { room: room.to_string_lossy().into_owned(), depth, code, path });
    }
    all.retain(|source| !source.path.ancestors().any(|part| tests.contains(part)));
    all
}

/// The text with comments and the insides of strings blanked out; lines keep their numbers.
pub(crate) fn code_of(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match (chars[at], chars.get(at + 1)) {
            ('/', Some('/')) => until(&chars, at, |rest| rest[0] == '\n'),
            ('/', Some('*')) => until(&chars, at, |rest| rest.starts_with(&['*', '/'])) + 2,
            ('"', _) => string_end(&chars, at + 1),
            ('r', Some('"' | '#')) if !word_before(&chars, at) => raw_end(&chars, at).unwrap_or(at),
            ('\'', _) => char_end(&chars, at).unwrap_or(at),
            _ => at,
        };
        if end <= at {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        let end = end.min(chars.len());
        out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
        at = end;
    }
    out
}

fn until(chars: &[char], from: usize, stop: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|at| stop(&chars[*at..])).unwrap_or(chars.len())
}

fn word_before(chars: &[char], at: usize) -> bool {
    // b"..." and br"..." are strings too.
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_') && chars[at - 1] != 'b'
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() && chars[at] != '"' {
        at += 1 + usize::from(chars[at] == '\\');
    }
    at + 1
}

fn raw_end(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let body = at + 1 + hashes;
    if chars.get(body) != Some(&'"') {
        return None;
    }
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    Some(until(chars, body + 1, |rest| rest.starts_with(&close)) + close.len())
}

/// The end of a character, or none for a lifetime.
fn char_end(chars: &[char], at: usize) -> Option<usize> {
    match (chars.get(at + 1)?, chars.get(at + 2)) {
        ('\\', _) => Some(until(chars, at + 3, |rest| rest[0] == '\'') + 1),
        (_, Some('\'')) => Some(at + 3),
        _ => None,
    }
}

/// The code without what stands under `#[cfg(test)]`, and the names of the modules there that are files.
fn without_tests(code: &str, text: &str) -> (String, Vec<String>) {
    let mut kept = code.to_owned();
    let mut modules = Vec::new();
    while let Some(start) = kept.find("#[cfg(test)]") {
        let rest = &kept[start..];
        let end = match (rest.find('{'), rest.find(';')) {
            (Some(open), semicolon) if semicolon.is_none_or(|at| open < at) => block_end(rest, open),
            (_, Some(semicolon)) => {
                let declared = &rest[..semicolon];
                if let Some((_, name)) = declared.rsplit_once("mod ") {
                    modules.push(name.trim().to_owned());
                }
                modules.extend(path_attribute(text, &kept[..start]));
                semicolon + 1
            }
            _ => rest.len(),
        };
        let blank: String = rest[..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        kept.replace_range(start..start + end, &blank);
    }
    (kept, modules)
}

/// The file that `#[path = "..."]` names right after this much code.
fn path_attribute(text: &str, before: &str) -> Option<String> {
    let line = before.matches('\n').count();
    let attribute = text.lines().skip(line).take(3).find(|line| line.starts_with("#[path"))?;
    attribute.split('"').nth(1).map(str::to_owned)
}

fn block_end(rest: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in rest[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + at + 1;
        }
    }
    rest.len()
}
