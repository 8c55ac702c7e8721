//! `lint`: every fault of a configuration, without nginx and without the machine that it is for.

mod judge;

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use judge::Judged;

use super::input::{self, How};
use super::{target, terminal};
use crate::config::{SURROUNDINGS, Surroundings};
use crate::diagnostics::{Diagnostic, Level, concise, fancy, json};
use crate::lint::Selection;
use crate::syntax;

/// Exit codes, besides 0 for a clean configuration.
const FINDINGS: u8 = 1;
const UNREADABLE: u8 = 2;

const EXAMPLES: &str = "\
Examples:
  nginxlb lint nginx.conf                         the file and all it includes
  nginxlb lint .                                  every *.conf that no other one includes
  nginxlb lint conf.d/app.conf                    a file without http {}, in the context it needs
  nginxlb lint --context location proxy.inc       ... or in the one you say
  ssh web1 nginx -T | nginxlb lint -              the output of nginx -T
  nginxlb lint --target nginx@1.22 nginx.conf     as nginx 1.22 would judge
  nginx -V 2> web1.txt; nginxlb lint --target web1.txt nginx.conf
                                                  as that very build, with its modules
  nginxlb lint --format json . | jq .message      one object per finding

Exit status: 0 clean, 1 findings, 2 something could not be read.
Silence a rule with a comment: # nginxlb: ignore RULE";

/// Find every fault, without nginx
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Lint {
    /// Files, folders, or - for the standard input [default: the current folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    target: target::Options,
    /// How to write the findings
    #[arg(long, value_enum, default_value_t = Format::Fancy)]
    format: Format,
    /// The folder that relative includes start from [default: that of the file]
    #[arg(long, value_name = "DIR")]
    prefix: Option<String>,
    /// The context that files without http {} are read in [default: the one they need]
    #[arg(long, value_name = "CONTEXT", value_parser = context)]
    context: Option<&'static Surroundings>,
    /// Run the rules that are often not worth a change, too
    #[arg(long)]
    pedantic: bool,
    /// Run this rule, too
    #[arg(long = "rule", value_name = "RULE")]
    rules: Vec<String>,
}

/// Ways to write findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Drawn in the text, for people
    Fancy,
    #[value(help = "FILE:LINE:COLUMN: LEVEL: MESSAGE [CODE], for editors")]
    Concise,
    /// One object per line, for programs
    Json,
}

fn context(name: &str) -> Result<&'static Surroundings, String> {
    let names = || SURROUNDINGS.iter().map(|around| around.name).collect::<Vec<_>>().join(", ");
    Surroundings::named(name).ok_or_else(|| format!("there are {}", names()))
}

/// Runs `nginxlb lint`.
pub fn run(arguments: &Lint) -> ExitCode {
    match lint(arguments) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("nginxlb: {message}");
            ExitCode::from(UNREADABLE)
        }
    }
}

fn lint(arguments: &Lint) -> Result<ExitCode, String> {
    let target = arguments.target.target()?;
    let selection = selection(arguments)?;
    let how = How { prefix: arguments.prefix.as_deref(), around: arguments.context };
    let here = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() { here.as_slice() } else { &arguments.paths };
    let (entries, unreadable) = input::read(paths, how);
    for one in &unreadable {
        eprintln!("nginxlb: cannot read {}: {}", one.path, one.error);
    }
    if entries.is_empty() && unreadable.is_empty() {
        return Err("there is no *.conf to read".to_owned());
    }
    let mut report = Report { format: arguments.format, ..Report::default() };
    for entry in entries {
        match report.add(&judge::judge(entry, &target, &selection, arguments.prefix.is_some())) {
            // Whoever read the findings has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            written => written.map_err(|error| format!("cannot write the findings: {error}"))?,
        }
    }
    if arguments.format != Format::Json && !report.files.is_empty() {
        eprintln!("{}", report.summary());
    }
    Ok(match () {
        () if !unreadable.is_empty() => ExitCode::from(UNREADABLE),
        () if report.errors + report.warnings > 0 => ExitCode::from(FINDINGS),
        () => ExitCode::SUCCESS,
    })
}

fn selection(arguments: &Lint) -> Result<Selection, String> {
    let mut selection = if arguments.pedantic { Selection::pedantic() } else { Selection::default() };
    for rule in &arguments.rules {
        selection.add(rule).map_err(|error| error.to_string())?;
    }
    Ok(selection)
}

/// What has been written so far.
struct Report {
    format: Format,
    errors: usize,
    warnings: usize,
    notes: usize,
    files: HashSet<String>,
    said: HashSet<String>,
}

impl Default for Report {
    fn default() -> Report {
        let (files, said) = (HashSet::new(), HashSet::new());
        Report { format: Format::Fancy, errors: 0, warnings: 0, notes: 0, files, said }
    }
}

impl Report {
    /// Writes the findings of one configuration, but not again those of a file that another one included.
    fn add(&mut self, judged: &Judged) -> io::Result<()> {
        self.files.extend(judged.files().map(str::to_owned));
        let line = |finding: &Diagnostic| concise::line(finding, &judged.sources, &judged.subject);
        let fresh: Vec<&Diagnostic> =
            judged.findings.iter().filter(|finding| self.said.insert(line(finding))).collect();
        for finding in &fresh {
            self.count(finding);
        }
        let mut out = io::stdout().lock();
        match self.format {
            Format::Concise => fresh.iter().try_for_each(|finding| write(&mut out, &line(finding)))?,
            Format::Json => fresh
                .iter()
                .try_for_each(|finding| write(&mut out, &json::object(finding, &judged.sources, &judged.subject)))?,
            Format::Fancy => {
                for group in of_same_words(&fresh) {
                    let Some((first, again)) = group.split_first() else { continue };
                    write(&mut out, &judged.draw(first, again, style()))?;
                }
            }
        }
        out.flush()
    }

    fn count(&mut self, finding: &Diagnostic) {
        match finding.level {
            Level::Warn => self.warnings += 1,
            Level::Notice => self.notes += 1,
            _ => self.errors += 1,
        }
    }

    fn summary(&self) -> String {
        let counts = [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")];
        let found: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| plural(*count, what)).collect();
        let files = plural(self.files.len(), "file");
        if found.is_empty() { format!("No findings in {files}.") } else { format!("{} in {files}.", found.join(", ")) }
    }
}

fn write(out: &mut impl Write, line: &str) -> io::Result<()> {
    out.write_all(&syntax::encode(line))?;
    out.write_all(b"\n")
}

/// Findings that say the same of several places together, in the order of the first of each.
fn of_same_words<'a>(findings: &[&'a Diagnostic]) -> Vec<Vec<&'a Diagnostic>> {
    let mut groups: Vec<Vec<&Diagnostic>> = Vec::new();
    let mut known: HashMap<(&str, &str), usize> = HashMap::new();
    for finding in findings {
        let at = *known.entry((finding.code, &finding.message)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn style() -> fancy::Style {
    terminal::style(&io::stdout())
}
