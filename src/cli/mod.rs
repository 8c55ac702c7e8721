//! The commands: the only room that knows a terminal, arguments and exit codes. One subcommand, one file.

mod backend;
mod completions;
mod explain;
mod files;
mod fmt;
mod host;
mod input;
mod lint;
mod nginx;
mod serve;
mod simulate;
mod target;
mod terminal;
mod trace;
mod translate;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  nginxlb lint /etc/nginx/nginx.conf      every fault, drawn in the text
  nginxlb lint --format json . | jq       for programs
  nginxlb fmt --diff nginx.conf           what one style would change; without --diff, change it
  nginxlb explain hostname-resolved-once  why a rule finds what it finds
  nginxlb nginx -t -c /etc/nginx/nginx.conf
                                          what nginx -t says, word for word
  ln -s \"$(command -v nginxlb)\" nginx; ./nginx -t
                                          the same by nginx's own name";

/// nginx's load-balancing configuration: read, judged and formatted as nginx itself would.
#[derive(Debug, Parser)]
#[command(name = "nginxlb", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Backend(backend::Backend),
    Completions(completions::Completions),
    Explain(explain::Explain),
    Fmt(fmt::Fmt),
    Lint(lint::Lint),
    /// nginx's own command line: -t, -T, -q, -v, -V, -p, -c, -e, -g, -s; without -t, -v or -s it serves
    ///
    /// The target is taken from the environment variable NGINXLB_TARGET.
    #[command(disable_help_flag = true)]
    Nginx {
        /// As nginx takes them; -h lists them
        #[arg(value_name = "OPTIONS", trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    Serve(serve::Serve),
    Simulate(Box<simulate::Simulate>),
    Trace(trace::Trace),
    Translate(Box<translate::Translate>),
}

/// The command line, for what is derived from it: completions, man pages.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the program with its arguments, its own name first.
#[must_use]
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.collect();
    let called = arguments.first().and_then(|name| Path::new(name).file_name()).unwrap_or_default();
    if called == "nginx" {
        return nginx::run(&arguments[1..]);
    }
    // nginx reads its options in a way of its own, so they are kept from the usual reader.
    if arguments.get(1).is_some_and(|command| command == "nginx") {
        return nginx::run(&arguments[2..]);
    }
    match Cli::try_parse_from(arguments) {
        Ok(cli) => dispatch(cli.command),
        Err(error) => {
            let code = error.exit_code();
            // Where the help cannot be written there is no one to tell.
            let _ = error.print();
            ExitCode::from(u8::try_from(code).unwrap_or(2))
        }
    }
}

fn dispatch(command: Command) -> ExitCode {
    match command {
        Command::Backend(arguments) => backend::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Nginx { arguments } => nginx::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
        Command::Trace(arguments) => trace::run(arguments),
        Command::Translate(arguments) => translate::run(&arguments),
    }
}
