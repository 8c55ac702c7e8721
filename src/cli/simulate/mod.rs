//! `simulate`: a trace replayed through nginx's algorithms, and what would have come of it.

mod backends;
mod names;
mod output;
mod run;
mod setup;
mod trace;

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::target;
use crate::simulate::engine::Sessions;
use crate::simulate::rng::Choice;

/// Exit codes, besides 0 for a trace that was replayed.
const FAULTY: u8 = 1;
const UNREADABLE: u8 = 2;

const EXAMPLES: &str = "\
Examples:
  nginxlb simulate nginx.conf --trace access.log.gz          who would have got what
  nginxlb simulate nginx.conf --trace access.log --kill 10.0.0.2:80@60s..120s
                                                             ... had that server been dead for a minute
  nginxlb simulate nginx.conf --trace access.log --against new.conf
                                                             ... what the new configuration changes
  nginxlb simulate nginx.conf --trace access.log --log-format main --backtest
                                                             how often that is what the log says happened
  nginxlb simulate nginx.conf --trace t.jsonl --why 17       how the peer of one request was chosen, step by step
  nginxlb simulate nginx.conf --trace gen:requests=1e6,rate=5000,clients=2e4 --workers 4
                                                             without a log; `nginxlb trace gen` writes such a trace
  nginxlb simulate nginx.conf --trace t.jsonl --scenario outage.toml --report outage.html
                                                             a page with pictures

Seed: the same configuration, trace, scenario and seed give the same output, byte for byte.

Exit status: 0 replayed, 1 the configuration has faults, 2 something could not be read.";

/// Replay a traffic trace through nginx's exact algorithms
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Simulate {
    /// The configuration, or - for the standard input
    #[arg(value_name = "CONF")]
    conf: PathBuf,
    /// The requests: an access log, JSON lines or CSV, packed by gzip or not; gen:KEY=VALUE,... makes them up
    #[arg(long, value_name = "FILE")]
    trace: String,
    /// Worker processes; without a zone each counts for itself
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=4096))]
    workers: u32,
    #[command(flatten)]
    target: target::Options,
    /// The folder that relative includes start from [default: that of the file]
    #[arg(long, value_name = "DIR")]
    prefix: Option<String>,
    /// What the lines of an access log look like: the name of a log_format of the configuration, or its text
    /// [default: the format of the configuration's access_log, or combined]
    #[arg(long, value_name = "FORMAT", help_heading = "Trace")]
    log_format: Option<String>,
    /// Stop at the first line of the trace that cannot be read
    #[arg(long, help_heading = "Trace")]
    strict: bool,
    /// Which requests share cookies, where the trace has no sessions [default: client where sticky needs it]
    #[arg(long, value_enum, value_name = "BY", help_heading = "Trace")]
    sessions: Option<By>,
    /// Threads that read the trace [default: as many as there are processors]
    #[arg(long, value_name = "N", help_heading = "Trace")]
    threads: Option<usize>,
    #[command(flatten)]
    weather: backends::Weather,
    /// The address of a name, where nginx would ask DNS; as often as needed
    #[arg(long = "resolve", value_name = "NAME=ADDR,...", value_parser = resolve, help_heading = "Names")]
    resolve: Vec<(String, Vec<IpAddr>)>,
    /// Give names that have no address one out of 198.18.0.0/15
    #[arg(long, help_heading = "Names")]
    stand_in: bool,
    /// Where chance comes from
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Chance")]
    seed: u64,
    /// The numbers of `random`: glibc:N are those of nginx's workers after srandom(N) [default: by the seed]
    #[arg(long, value_name = "glibc:N", value_parser = rng, help_heading = "Chance")]
    rng: Option<Choice>,
    #[command(flatten)]
    output: output::Options,
}

/// `--sessions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Those of which the trace says so
    Trace,
    /// Those of one client address
    Client,
}

impl From<By> for Sessions {
    fn from(by: By) -> Sessions {
        match by {
            By::Trace => Sessions::Trace,
            By::Client => Sessions::Client,
        }
    }
}

fn resolve(text: &str) -> Result<(String, Vec<IpAddr>), String> {
    let (name, addresses) = text.split_once('=').ok_or("write NAME=ADDRESS or NAME=ADDRESS,ADDRESS")?;
    let address = |text: &str| text.trim().parse().map_err(|_| format!("\"{text}\" is not an IP address"));
    Ok((name.to_owned(), addresses.split(',').map(address).collect::<Result<_, _>>()?))
}

fn rng(text: &str) -> Result<Choice, String> {
    let seed =
        text.strip_prefix("glibc:").ok_or("the only other numbers are glibc:N; --seed N changes the usual ones")?;
    seed.parse().map(Choice::Glibc).map_err(|_| format!("\"{seed}\" is not a number from 0 to {}", u32::MAX))
}

/// What ends a run early.
enum Stopped {
    /// The configuration is faulty; all was said.
    Faulty,
    /// Something could not be read, or written.
    Unreadable(String),
}

impl From<String> for Stopped {
    fn from(message: String) -> Stopped {
        Stopped::Unreadable(message)
    }
}

/// Runs `nginxlb simulate`.
pub fn run(arguments: &Simulate) -> ExitCode {
    match run::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stopped::Faulty) => ExitCode::from(FAULTY),
        Err(Stopped::Unreadable(message)) => {
            eprintln!("nginxlb: {message}");
            ExitCode::from(UNREADABLE)
        }
    }
}
