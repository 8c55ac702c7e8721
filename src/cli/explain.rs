//! `explain`: what is known of a rule, a directive, a variable; what a finding names in brackets.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;

use crate::lint;

const EXAMPLES: &str = "\
Examples:
  nginxlb explain                         every rule, in a line each
  nginxlb explain backup-against-method   what a rule finds, why, and an example
  nginxlb explain proxy_next_upstream     a directive: where it may stand, what it takes, since when
  nginxlb explain '$upstream_addr'        a variable

Exit status: 0, or 2 where nothing is known of the name.";

/// Say what a rule, a directive or a variable is
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Explain {
    /// Rules, directives, $variables, or the code of a finding [default: list the rules]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

/// Runs `nginxlb explain`.
pub fn run(arguments: &Explain) -> ExitCode {
    if arguments.names.is_empty() {
        return say(&lint::topics());
    }
    let mut code = ExitCode::SUCCESS;
    let mut text = String::new();
    for name in &arguments.names {
        match lint::explain(name) {
            Ok(known) => {
                let gap = if text.is_empty() { "" } else { "\n" };
                text.extend([gap, &known]);
            }
            Err(nearest) => {
                let meant = nearest.map_or(String::new(), |nearest| format!("; did you mean \"{nearest}\"?"));
                eprintln!("nginxlb: nothing is known of \"{name}\"{meant}");
                code = ExitCode::from(2);
            }
        }
    }
    let _ = say(&text);
    code
}

/// Whoever reads may have seen enough.
fn say(text: &str) -> ExitCode {
    let written = io::stdout().lock().write_all(text.as_bytes());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    }
}
