//! `translate`: a configuration taken elsewhere, or brought from elsewhere, and what that changes.

mod from;

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::input::{self, How};
use super::target;
use crate::config::{self, Compiled, MISSING_INCLUDE, NoHost, SURROUNDINGS, Surroundings};
use crate::diagnostics::{Diagnostic, concise};
use crate::modules::Target;
use crate::syntax;
use crate::translate::report::{Report, json, sarif, text};
use crate::translate::targets::{self, Ask, EMITTERS, Emitter};
use crate::translate::{Class, File, Translation, translate};

/// The exit code when there is no translation because of the input.
const FAULTY: u8 = 4;

const EXAMPLES: &str = "\
Examples:
  nginxlb translate --to haproxy nginx.conf > haproxy.cfg    the report goes to the standard error
  nginxlb translate --to envoy --out envoy.d nginx.conf      all files of the output
  nginxlb translate --to haproxy --report json --report-out loss.json nginx.conf
                                                             one entry for each directive
  nginxlb translate --to envoy --allow-loss refused/auth_basic nginx.conf
                                                             without something that protects
  nginxlb translate --target plus@r37 --to nginx@1.22.1 nginx.conf
                                                             another version of nginx; its former defaults are written down
  nginxlb translate --to json@go,comments,indent=4 nginx.conf
                                                             the payload of crossplane: python or go; combine
  nginxlb translate --from json --out nginx payload.json     a payload back to files
  nginxlb translate --from apache .htaccess > rewrites.conf  Apache's rewrites, for a server {}

Exit status: 0 all exact, 1 something is approximate, 2 something was dropped, 3 refused: nothing was written;
4 the configuration has faults, or something could not be read or written.";

/// Take the configuration to another program, and say what changes
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Translate {
    /// The configuration, or - for the standard input
    #[arg(value_name = "CONF")]
    conf: PathBuf,
    /// Where to: NAME or NAME@VERSION; json@OPTIONS, with commas: python, go, comments, combine, indent=N
    #[arg(long, value_name = "TARGET", value_parser = destination, required_unless_present = "from")]
    to: Option<Destination>,
    /// Where from, if not from nginx; the output is nginx's
    #[arg(long, value_name = "FORMAT", value_enum, conflicts_with = "to")]
    from: Option<from::Format>,
    /// The folder to write to [default: the main file goes to the standard output]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write over files that are there
    #[arg(long)]
    force: bool,
    /// How to write the loss report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    report: Format,
    /// Where to write it [default: the standard error]
    #[arg(long, value_name = "FILE")]
    report_out: Option<PathBuf>,
    /// Go on although this code of the report is refused; as often as needed
    #[arg(long = "allow-loss", value_name = "CODE")]
    allow: Vec<String>,
    #[command(flatten)]
    target: target::Options,
    /// The folder that relative includes start from [default: that of the file]
    #[arg(long, value_name = "DIR")]
    prefix: Option<String>,
    /// The context that a file without http {} is read in [default: the one it needs]
    #[arg(long, value_name = "CONTEXT", value_parser = context)]
    context: Option<&'static Surroundings>,
}

/// Ways to write the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// What is not exact, for people
    Text,
    /// One object with an entry for each directive, for programs
    Json,
    /// SARIF 2.1.0, for what shows findings beside a change
    Sarif,
    /// Nothing
    None,
}

/// `--to`
#[derive(Debug, Clone)]
struct Destination {
    emitter: &'static Emitter,
    version: Option<String>,
}

fn destination(text: &str) -> Result<Destination, String> {
    let (name, version) = match text.split_once('@') {
        Some((name, version)) => (name, Some(version.to_owned())),
        None => (text, None),
    };
    let names = || EMITTERS.iter().map(|emitter| emitter.name).collect::<Vec<_>>().join(", ");
    let emitter = targets::named(name).ok_or_else(|| format!("there are {}", names()))?;
    Ok(Destination { emitter, version })
}

fn context(name: &str) -> Result<&'static Surroundings, String> {
    let names = || SURROUNDINGS.iter().map(|around| around.name).collect::<Vec<_>>().join(", ");
    Surroundings::named(name).ok_or_else(|| format!("there are {}", names()))
}

/// Runs `nginxlb translate`.
pub fn run(arguments: &Translate) -> ExitCode {
    match translated(arguments) {
        Ok(class) => ExitCode::from(class.exit_code()),
        Err(message) => {
            eprintln!("nginxlb: {message}");
            ExitCode::from(FAULTY)
        }
    }
}

fn translated(arguments: &Translate) -> Result<Class, String> {
    let mut target = arguments.target.target()?;
    let how = How { prefix: arguments.prefix.as_deref(), around: arguments.context };
    let Some(to) = &arguments.to else { return from::read(arguments, &mut target, how) };
    let path = std::slice::from_ref(&arguments.conf);
    let (entries, unreadable) = input::read(path, how);
    if let Some(one) = unreadable.first() {
        return Err(format!("cannot read {}: {}", one.path, one.error));
    }
    let [entry] = entries.as_slice() else {
        return Err(format!("{} is not one configuration: name its main file", arguments.conf.display()));
    };
    let compiled = compiled(entry, &mut target, arguments);
    refuse(&compiled, entry, |finding| finding.level.stops() || finding.code == MISSING_INCLUDE)?;
    let out = arguments.out.as_deref();
    let folder = out.map_or_else(String::new, |out| format!("{}/", out.display()));
    let ask = Ask { version: to.version.clone(), folder };
    let emitter = to.emitter;
    let translation = translate(&compiled.config, &entry.sources, &target, (emitter, &ask), &arguments.allow)?;
    finish(
        arguments,
        &Report { target: emitter.name, translation: &translation, config: &compiled.config, sources: &entry.sources },
    )
}

fn compiled(entry: &input::Entry, target: &mut Target, arguments: &Translate) -> Compiled {
    if arguments.prefix.is_some() {
        target.paths.prefix.clone_from(&entry.prefix);
    }
    target.paths.conf = format!("{}nginx.conf", entry.prefix);
    config::compile(&entry.sources, target, &NoHost, config::Options::default())
}

/// Writes the report, and the files unless something is refused.
fn finish(arguments: &Translate, report: &Report) -> Result<Class, String> {
    write_report(arguments, report)?;
    let class = report.translation.worst();
    if class != Class::Refused {
        write_files(report.translation, arguments.out.as_deref(), arguments.force)?;
    }
    Ok(class)
}

/// A configuration with faults is translated into nothing: nginx would not run it.
fn refuse(compiled: &Compiled, entry: &input::Entry, is_fault: fn(&Diagnostic) -> bool) -> Result<(), String> {
    let faults: Vec<String> = compiled
        .diagnostics
        .iter()
        .filter(|finding| is_fault(finding))
        .map(|finding| concise::line(finding, &entry.sources, &entry.subject))
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!("the configuration has faults, which `nginxlb lint` draws:\n{}", faults.join("\n")))
}

fn write_report(arguments: &Translate, report: &Report) -> Result<(), String> {
    let text = match arguments.report {
        Format::Text => text::write(report),
        Format::Json => json::write(report).map_err(|error| error.to_string())?,
        Format::Sarif => sarif::write(report),
        Format::None => return Ok(()),
    };
    let bytes = syntax::encode(&text);
    let written = match &arguments.report_out {
        Some(path) => fs::write(path, bytes),
        None => io::stderr().write_all(&bytes),
    };
    written.map_err(|error| format!("cannot write the report: {error}"))
}

fn write_files(translation: &Translation, out: Option<&Path>, force: bool) -> Result<(), String> {
    let Some(folder) = out else {
        let [file] = translation.files.as_slice() else {
            let names: Vec<&str> = translation.files.iter().map(|file| file.path.as_str()).collect();
            return Err(format!("there are several files ({}): name a folder with --out", names.join(", ")));
        };
        let written = io::stdout().write_all(&syntax::encode(&file.text));
        return written.map_err(|error| format!("cannot write the configuration: {error}"));
    };
    let paths: Vec<PathBuf> = translation.files.iter().map(|file| inside(folder, file)).collect::<Result<_, _>>()?;
    // A link may lead out of the folder: it counts as something that is there, and is never written through.
    let there = |path: &&PathBuf| path.symlink_metadata().is_ok_and(|found| !force || !found.is_file());
    if let Some(taken) = paths.iter().find(there) {
        let way = if force { "it is no file, so it stays" } else { "--force writes over it" };
        return Err(format!("{} is there already: {way}", taken.display()));
    }
    for (path, file) in paths.iter().zip(&translation.files) {
        let written = made_inside(folder, path).and_then(|()| fs::write(path, syntax::encode(&file.text)));
        written.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}

/// Makes the folder of a file, which has to be in `folder` also when links are followed.
fn made_inside(folder: &Path, path: &Path) -> io::Result<()> {
    let parent = path.parent().unwrap_or(folder);
    fs::create_dir_all(parent)?;
    if parent.canonicalize()?.starts_with(folder.canonicalize()?) {
        return Ok(());
    }
    Err(io::Error::other(format!("a link leads out of {}", folder.display())))
}

/// The path of a file, which may not lead out of the folder.
fn inside(folder: &Path, file: &File) -> Result<PathBuf, String> {
    let path = Path::new(&file.path);
    if path.components().any(|part| !matches!(part, Component::Normal(_))) {
        return Err(format!("{} would be written outside of {}", file.path, folder.display()));
    }
    Ok(folder.join(path))
}
