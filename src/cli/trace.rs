//! `trace`: traces of requests, made up.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, Subcommand, ValueEnum};

use super::files::plain;
use crate::simulate::trace::generate::{KEYS, Key, Options};
use crate::simulate::trace::{Batch, Generator, Source, Writer, Written};

const EXAMPLES: &str = "\
Examples:
  nginxlb trace gen --requests 1e6 --rate 5000 --clients 20000 --zipf 1.1 > trace.jsonl
                                          a few clients ask for most
  nginxlb trace gen --nat 0.4 --nats 1 --sessions 5000 > office.jsonl
                                          two in five requests come from one address
  nginxlb trace gen --format combined --amplitude 0.8 --requests 1e7 | gzip > access.log.gz
                                          a log of a day with a night

Seed: the same options give the same trace, everywhere; another --seed gives another.

Exit status: 0, or 2 where it cannot be written.";

const MORE: &str = "\
Examples:
  nginxlb trace gen --requests 1e6 --clients 20000 --zipf 1.1 > trace.jsonl
  nginxlb trace gen --help                every option";

/// Make traces of requests
#[derive(Debug, Args)]
#[command(subcommand_required = true, after_help = MORE)]
pub struct Trace {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a trace up
    #[command(after_help = EXAMPLES)]
    Gen(Gen),
}

#[derive(Debug, Args)]
struct Gen {
    #[command(flatten)]
    made_up: MadeUp,
    /// How to write it
    #[arg(long, value_enum, default_value = "jsonl", help_heading = "Output")]
    format: Format,
    /// The file to write [default: the standard output]
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// An object of JSON per line
    Jsonl,
    /// nginx's combined format
    Combined,
    /// Values separated by commas
    Csv,
}

/// An option for each key of a made-up trace.
#[derive(Debug)]
struct MadeUp(Options);

impl Args for MadeUp {
    fn augment_args(command: Command) -> Command {
        let argument = |key: &'static Key| {
            let default = match key.default() {
                none if none.is_empty() => none,
                default => format!(" [default: {default}]"),
            };
            let argument = Arg::new(key.name).long(key.name).value_name(key.value).help(key.help.to_owned() + &default);
            argument
                .allow_negative_numbers(true)
                .value_parser(move |text: &str| key.set(&mut Options::default(), text).map(|()| text.to_owned()))
        };
        command.args(KEYS.iter().map(argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        MadeUp::augment_args(command)
    }
}

impl FromArgMatches for MadeUp {
    fn from_arg_matches(matches: &ArgMatches) -> Result<MadeUp, clap::Error> {
        let mut made_up = MadeUp(Options::default());
        made_up.update_from_arg_matches(matches)?;
        Ok(made_up)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for key in KEYS {
            if let Some(text) = matches.get_one::<String>(key.name) {
                let invalid = |message| clap::Error::raw(clap::error::ErrorKind::InvalidValue, message);
                key.set(&mut self.0, text).map_err(invalid)?;
            }
        }
        Ok(())
    }
}

/// Runs `nginxlb trace`.
pub fn run(arguments: Trace) -> ExitCode {
    let What::Gen(arguments) = arguments.command;
    let name =
        arguments.output.as_ref().map_or_else(|| "standard output".to_owned(), |path| path.display().to_string());
    match generate(arguments) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("nginxlb: cannot write {name}: {}", plain(&error));
            ExitCode::from(2)
        }
        // Whoever reads may have seen enough.
        _ => ExitCode::SUCCESS,
    }
}

fn generate(arguments: Gen) -> io::Result<()> {
    let out: Box<dyn Write> = match &arguments.output {
        Some(path) => Box::new(File::create(path)?),
        None => Box::new(io::stdout()),
    };
    let written = match arguments.format {
        Format::Jsonl => Written::Jsonl,
        Format::Combined => Written::Combined,
        Format::Csv => Written::Csv,
    };
    let mut generator = Generator::new(arguments.made_up.0);
    let mut writer = Writer::new(BufWriter::new(out), written, generator.headers())?;
    let mut batch = Batch::default();
    while generator.next(&mut batch)? {
        writer.write(&batch)?;
    }
    writer.finish()?;
    Ok(())
}
