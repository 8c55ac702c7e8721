//! nginx's own command line: `nginxlb nginx -t`, or the program called by the name of nginx. Without `-t` and `-s` it serves.

mod options;
mod read;
mod signal;
pub mod start;
mod test;
mod version;

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;

use options::Options;

use super::target;
use crate::syntax;

/// Runs nginx's command line, without the program's name.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let arguments: Vec<String> = arguments.iter().map(|argument| syntax::decode(argument.as_bytes())).collect();
    match answer(&arguments) {
        Ok(code) => code,
        Err(Failed(message)) => {
            if let Some(message) = message {
                say(&message);
            }
            ExitCode::FAILURE
        }
    }
}

/// Exit code 1, with nginx's last word if it has not been said.
struct Failed(Option<String>);

impl From<String> for Failed {
    fn from(message: String) -> Failed {
        Failed(Some(message))
    }
}

/// Writes nginx's line to the standard error; when that is closed there is no one to tell.
fn say(message: &str) {
    write_error(&syntax::encode(&format!("nginx: {message}")));
}

fn write_error(line: &[u8]) {
    let _ = io::stderr().write_all(&[line, b"\n"].concat());
}

fn answer(arguments: &[String]) -> Result<ExitCode, Failed> {
    let options = Options::read(arguments)?;
    let mut target = target::from_environment()?;
    if !target::is_chosen() && !options.test {
        target.version = version::SERVED;
    }
    if options.version {
        for line in version::lines(&target, options.configure, options.help) {
            write_error(&syntax::encode(&line));
        }
        if !options.test {
            return Ok(ExitCode::SUCCESS);
        }
    }
    target.paths.start(options.prefix.as_deref(), options.conf.as_deref());
    if let Some(error_log) = &options.error_log {
        target.paths.error_log.clone_from(error_log);
    }
    if options.test {
        return test::run(&options, &target).map(|()| ExitCode::SUCCESS);
    }
    match &options.signal {
        Some(signal) => Ok(signal::run(signal, &target, options.directives.as_deref())),
        None => Ok(start::run(target, options.directives)),
    }
}
