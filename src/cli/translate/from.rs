//! `translate --from`: what was written for, or by, another program, as nginx's configuration.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use clap::ValueEnum;

use super::{Translate, compiled, finish, refuse};
use crate::cli::files::{STDIN, plain, text_of};
use crate::cli::input::{self, How};
use crate::modules::Target;
use crate::syntax;
use crate::translate::Class;
use crate::translate::from::apache;
use crate::translate::from::json::{self, Payload};
use crate::translate::report::Report;

/// What can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Rewrites and redirects of an .htaccess or of virtual hosts
    Apache,
    /// What crossplane parse or --to json wrote
    Json,
}

/// Reads what was asked for, and writes the configuration and the report.
pub fn read(arguments: &Translate, target: &mut Target, how: How) -> Result<Class, String> {
    let bytes = bytes(&arguments.conf)?;
    match arguments.from {
        Some(Format::Apache) => from_apache(arguments, target, &bytes),
        _ => from_json(arguments, target, how, &bytes),
    }
}

fn from_apache(arguments: &Translate, target: &Target, bytes: &[u8]) -> Result<Class, String> {
    let name = if arguments.conf.as_os_str() == "-" { STDIN.to_owned() } else { text_of(&arguments.conf) };
    let mut read = apache::read(&name, &syntax::decode(bytes), target)?;
    read.translation.allow(&arguments.allow);
    finish(
        arguments,
        &Report { target: apache::NAME, translation: &read.translation, config: &read.config, sources: &read.sources },
    )
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let read = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    read.map_err(|error| format!("cannot read {}: {}", text_of(path), plain(&error)))
}

fn from_json(arguments: &Translate, target: &mut Target, how: How, bytes: &[u8]) -> Result<Class, String> {
    let named = |error: String| format!("{}: {error}", text_of(&arguments.conf));
    let text = str::from_utf8(bytes).map_err(|error| named(format!("this is no UTF-8: {error}")))?;
    let payload = Payload::read(text).map_err(named)?;
    let (name, main) = payload.main();
    let prefix = how.prefix.map_or_else(|| input::folder_of(name), str::to_owned);
    let entry = input::within(name, main.to_owned(), &prefix, how, &payload);
    let compiled = compiled(&entry, target, arguments);
    // A payload need not hold every file.
    refuse(&compiled, &entry, |finding| finding.level.stops())?;
    let translation = payload.restored(&compiled.config, &entry.sources);
    let report =
        Report { target: json::NAME, translation: &translation, config: &compiled.config, sources: &entry.sources };
    finish(arguments, &report)
}
