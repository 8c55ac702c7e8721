//! `fmt`: configurations in one style. The style is said in `src/fmt/style.rs`.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use similar::TextDiff;

use super::files::{self, STDIN, plain, text_of};
use super::terminal;
use crate::diagnostics::fancy;
use crate::fmt;
use crate::syntax::{self, Dump, FileId, Sources};

/// Exit codes, besides 0.
const WOULD_CHANGE: u8 = 1;
const REFUSED: u8 = 2;

/// After that a difference is shown as good as it is found: between large files the smallest takes minutes.
const TIME_FOR_DIFFERENCE: Duration = Duration::from_secs(1);

const EXAMPLES: &str = "\
Examples:
  nginxlb fmt nginx.conf                 that file, in place; what it includes is left alone
  nginxlb fmt /etc/nginx                 every *.conf in the folder and below
  nginxlb fmt --check .                  for CI: list what is not in style
  nginxlb fmt --diff nginx.conf          what would change, for people or for patch -p0
  nginxlb fmt - < nginx.conf             from the standard input to the standard output, for editors

The style: four spaces a level, one directive a line, one space between words, `{` at the end of
its line, `}` alone, `{}` where nothing is inside. Empty lines, comments and the line breaks of
long directives are kept; words and Lua code stay byte for byte as they are. Formatting twice is
formatting once, and what nginx reads stays the same.

Exit status: 0 done, or nothing to do; 1 with --check or --diff: something is not in style; 2 a
file could not be read, written, or cut into directives, and is as it was.";

/// Format configurations in one style
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Fmt {
    /// Files, folders, or - for the standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    instead: Instead,
}

/// What to do instead of rewriting the files.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Instead {
    /// Change nothing, list the files that are not in style
    #[arg(long)]
    check: bool,
    /// Change nothing, show what would
    #[arg(long)]
    diff: bool,
    /// Change nothing, write the formatted text to the standard output
    #[arg(long)]
    stdout: bool,
}

/// Runs `nginxlb fmt`.
pub fn run(arguments: &Fmt) -> ExitCode {
    let mut run = Run { instead: &arguments.instead, changed: 0, same: 0, refused: false };
    match run.all(&arguments.paths) {
        // Whoever read the output has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => run.refuse(&format!("cannot write: {error}")),
        _ => {}
    }
    match () {
        () if run.refused => ExitCode::from(REFUSED),
        () if run.changed > 0 && (arguments.instead.check || arguments.instead.diff) => ExitCode::from(WOULD_CHANGE),
        () => ExitCode::SUCCESS,
    }
}

/// One run of the command.
struct Run<'a> {
    instead: &'a Instead,
    /// How many texts were not in style.
    changed: usize,
    /// How many were.
    same: usize,
    refused: bool,
}

impl Run<'_> {
    fn all(&mut self, paths: &[PathBuf]) -> io::Result<()> {
        let here = [PathBuf::from(".")];
        // A file that is found twice, by a link or as asked for, is formatted once.
        let mut seen = HashSet::new();
        for path in if paths.is_empty() { here.as_slice() } else { paths } {
            if path.as_os_str() == "-" {
                self.standard_input()?;
                continue;
            }
            let found = if path.is_dir() { self.folder(path) } else { vec![path.clone()] };
            for path in found {
                if seen.insert(files::identity(&path)) {
                    self.file(&path)?;
                }
            }
        }
        if !self.instead.stdout && self.changed + self.same > 0 {
            eprintln!("{}", self.summary());
        }
        Ok(())
    }

    fn folder(&mut self, path: &Path) -> Vec<PathBuf> {
        match files::configurations(path) {
            Ok(found) if found.is_empty() => self.refuse(&format!("there is no *.conf in {}", path.display())),
            Ok(found) => return found,
            Err(error) => self.refuse(&format!("cannot read {}: {}", path.display(), plain(&error))),
        }
        Vec::new()
    }

    fn standard_input(&mut self) -> io::Result<()> {
        let mut bytes = Vec::new();
        match io::stdin().read_to_end(&mut bytes) {
            Ok(_) => self.text(STDIN, &bytes, None),
            Err(error) => {
                self.refuse(&format!("cannot read {STDIN}: {}", plain(&error)));
                Ok(())
            }
        }
    }

    fn file(&mut self, path: &Path) -> io::Result<()> {
        match fs::read(path) {
            Ok(bytes) => self.text(&text_of(path), &bytes, Some(path)),
            Err(error) => {
                self.refuse(&format!("cannot read {}: {}", path.display(), plain(&error)));
                Ok(())
            }
        }
    }

    /// Formats one text, and does with it what was asked for; the errors are those of the standard output.
    fn text(&mut self, name: &str, bytes: &[u8], path: Option<&Path>) -> io::Result<()> {
        let before = syntax::decode(bytes);
        let Some(after) = self.formatted(name, &before) else { return Ok(()) };
        let changes = before != after;
        if path.is_some() || self.instead.check || self.instead.diff {
            *(if changes { &mut self.changed } else { &mut self.same }) += 1;
        }
        let mut out = io::stdout().lock();
        let said = match (self.instead, path) {
            (Instead { check: true, .. }, _) if changes => format!("{name}\n"),
            (Instead { diff: true, .. }, _) if changes => difference(name, &before, &after),
            (Instead { check: true, .. } | Instead { diff: true, .. }, _) => String::new(),
            (Instead { stdout: true, .. }, _) | (_, None) => after,
            (_, Some(path)) if changes => match files::replace(path, &syntax::encode(&after)) {
                Ok(()) => format!("formatted {name}\n"),
                Err(error) => {
                    self.changed -= 1;
                    self.refuse(&format!("cannot write {name}: {}", plain(&error)));
                    return Ok(());
                }
            },
            _ => String::new(),
        };
        out.write_all(&syntax::encode(&said))?;
        out.flush()
    }

    /// The text in style, unless it is no sequence of directives: then what is wrong is drawn.
    fn formatted(&mut self, name: &str, text: &str) -> Option<String> {
        if u32::try_from(text.len()).is_err() {
            self.refuse(&format!("cannot format {name}: it is too large"));
            return None;
        }
        let tree = syntax::parse(FileId(0), text);
        match fmt::format(&tree, text) {
            // Configurations are not at stake for a fault of ours.
            Ok(after) if after != text && !fmt::same_meaning(&tree, text, &after) => {
                self.refuse(&format!(
                    "cannot format {name}: it would change its meaning. This is a bug, please report it"
                ));
                None
            }
            Ok(after) => Some(after),
            Err(fault) => {
                let sources = Sources::from_text(name, text.to_owned(), "", &Dump::default());
                let aside = fancy::Aside { subject: name, topic: None, again: &[] };
                let drawn = fancy::draw(&fault, &sources, aside, terminal::style(&io::stderr()));
                // Where the error cannot be written there is no one to tell.
                let _ = io::stderr().write_all(&syntax::encode(&drawn));
                self.refuse(&format!("cannot format {name}"));
                None
            }
        }
    }

    fn refuse(&mut self, message: &str) {
        eprintln!("nginxlb: {message}");
        self.refused = true;
    }

    fn summary(&self) -> String {
        let verb = if self.instead.check || self.instead.diff { "not in style" } else { "formatted" };
        format!("{} {verb}, {} in style already.", plural(self.changed), self.same)
    }
}

fn plural(files: usize) -> String {
    format!("{files} file{}", if files == 1 { "" } else { "s" })
}

/// What would change, as `diff -u` shows it and `patch` reads it.
fn difference(name: &str, before: &str, after: &str) -> String {
    // Not the lines of `similar`, which end at a lone carriage return, too.
    let [old, new] = [before, after].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let diff = TextDiff::configure().timeout(TIME_FOR_DIFFERENCE).newline_terminated(true).diff_slices(&old, &new);
    let mut out = format!("--- {name}\n+++ {name}\n");
    for hunk in diff.unified_diff().iter_hunks() {
        // Writing into a string cannot fail.
        let _ = writeln!(out, "{}", hunk.header());
        for change in hunk.iter_changes() {
            let no_line_feed = if change.value().ends_with('\n') { "" } else { "\n\\ No newline at end of file\n" };
            let _ = write!(out, "{}{}{no_line_feed}", change.tag(), change.value());
        }
    }
    out
}
