//! `nginxlb serve`: a configuration as a live proxy, in the foreground.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::nginx::start::{Configuration, options};
use super::target;
use crate::modules::Target;
use crate::serve::{self, Place};
use crate::syntax;

const EXAMPLES: &str = "\
Examples:
  nginxlb serve nginx.conf                serve until Ctrl-C; it tells where it listens
  nginxlb serve -p /etc/nginx nginx.conf  names of logs and folders start there, not where the file is
  kill -HUP \"$(pgrep -f 'nginxlb serve')\"
                                          read the configuration again, without losing a request";

/// Serve a configuration as a live proxy, in the foreground
///
/// Prints one line for each address it listens on. What goes wrong is on the standard error, in nginx's words, unless the
/// configuration says `error_log`. Without `access_log` there is none, and without `pid` no file of the process number.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Serve {
    /// The configuration: a whole nginx.conf
    #[arg(value_name = "CONF")]
    conf: PathBuf,
    /// The folder that relative names start from [default: that of the configuration]
    #[arg(short, long, value_name = "FOLDER")]
    prefix: Option<PathBuf>,
    /// Warn of what the configuration asks for and this build does not do, instead of refusing to start
    #[arg(long)]
    allow_unsupported: bool,
    /// Write a trace of what was served, which `nginxlb simulate` reads
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    #[command(flatten)]
    target: target::Options,
}

/// Serves until it is told to stop.
pub fn run(arguments: &Serve) -> ExitCode {
    let target = match arguments.target.target() {
        Ok(target) => target,
        Err(message) => {
            eprintln!("nginxlb: {message}");
            return ExitCode::from(2);
        }
    };
    let target = in_folder(target, arguments);
    let options = serve::Options {
        allow_unsupported: arguments.allow_unsupported,
        record: arguments.record.clone(),
        ..options(&target, Place::Foreground)
    };
    serve::run::run(options, &Configuration::new(target, None))
}

/// The target with paths for someone at a terminal: nothing is written where the configuration does not say so.
fn in_folder(mut target: Target, arguments: &Serve) -> Target {
    // Where the current folder is gone relative names lead nowhere, and opening them says so.
    let here = std::env::current_dir().unwrap_or_default();
    let conf = here.join(&arguments.conf);
    let folder = conf.parent().unwrap_or(Path::new("/"));
    let prefix = arguments.prefix.as_ref().map_or_else(|| folder.to_owned(), |prefix| here.join(prefix));
    target.paths.start(Some(&text(&prefix)), Some(&text(&conf)));
    target.paths.error_log = String::new();
    "/dev/null".clone_into(&mut target.paths.http_log);
    target.paths.temporary.clear();
    target
}

fn text(path: &Path) -> String {
    syntax::decode(path.as_os_str().as_bytes())
}
