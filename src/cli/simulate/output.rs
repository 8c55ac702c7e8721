//! What a run leaves behind: a table or JSON on the standard output, files where they are asked for.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::Stopped;
use crate::cli::files::plain;
use crate::simulate::report::backtest;
use crate::simulate::report::compare::{self, Comparison};
use crate::simulate::report::html::{self, Part};
use crate::simulate::report::{Summary, json, table};

/// The options.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
#[group(id = "output")]
pub struct Options {
    /// Write a line of JSON for every request: the peers it tried and what they answered
    #[arg(long, value_name = "OUT")]
    pub picks: Option<PathBuf>,
    /// Write a page with pictures, which needs nothing else
    #[arg(long, value_name = "OUT.html")]
    report: Option<PathBuf>,
    /// How to write what was found
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Replay the trace through another configuration, too, and show what it changes
    #[arg(long, value_name = "OTHER.conf")]
    pub against: Option<PathBuf>,
    /// Show how one request was decided, step by step: its id, or its line in the trace
    #[arg(long, value_name = "ID", conflicts_with_all = ["against", "backtest"])]
    pub why: Option<String>,
    /// Say how often the peers are those that the log names ($upstream_addr)
    #[arg(long, conflicts_with = "against")]
    pub backtest: bool,
}

/// Ways to write what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// For programs; docs/simulate.schema.json describes it
    Json,
}

/// What was found.
pub enum Finding {
    /// One run.
    Run(Summary),
    /// Two runs.
    Against(Box<Comparison>),
    /// A run beside its log.
    Backtest(Summary, backtest::Summary),
}

impl Finding {
    /// As a page: the runs with their plots, and what tells them apart as the terminal shows it.
    fn page(&self, title: &str) -> String {
        match self {
            Finding::Run(summary) => html::render(&[Part::Run(summary)], title),
            Finding::Backtest(summary, backtest) => {
                html::render(&[Part::Text(&backtest::table(backtest)), Part::Run(summary)], title)
            }
            Finding::Against(comparison) => {
                let Comparison { before, after, .. } = &**comparison;
                let text = compare::render(comparison);
                let runs = [Part::Heading("Before"), Part::Run(before), Part::Heading("After"), Part::Run(after)];
                html::render(&[&[Part::Text(&text)], &runs[..]].concat(), title)
            }
        }
    }
}

impl Options {
    /// Writes what was found.
    pub fn write(&self, finding: &Finding, title: &str) -> Result<(), Stopped> {
        let text = match (finding, self.format) {
            (Finding::Run(summary), Format::Table) => table::render(summary),
            (Finding::Run(summary), Format::Json) => json::render(summary),
            (Finding::Against(comparison), Format::Table) => compare::render(comparison),
            (Finding::Against(comparison), Format::Json) => json::render(comparison),
            (Finding::Backtest(summary, backtest), Format::Table) => {
                format!("{}\n{}", table::render(summary), backtest::table(backtest))
            }
            (Finding::Backtest(_, backtest), Format::Json) => json::render(backtest),
        };
        if let Some(path) = &self.report {
            create(path)?.write_all(finding.page(title).as_bytes()).map_err(|error| unwritable(path, &error))?;
        }
        print(&text)
    }
}

/// Prints; whoever has seen enough may stop reading.
pub fn print(text: &str) -> Result<(), Stopped> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Stopped::Unreadable(format!("cannot write what was found: {}", plain(&error))))
        }
        _ => Ok(()),
    }
}

/// Creates a file to write.
pub fn create(path: &Path) -> Result<BufWriter<File>, Stopped> {
    Ok(BufWriter::new(File::create(path).map_err(|error| unwritable(path, &error))?))
}

/// What is said of a file that cannot be written.
pub fn unwritable(path: &Path, error: &io::Error) -> Stopped {
    Stopped::Unreadable(format!("cannot write {}: {}", path.display(), plain(error)))
}
