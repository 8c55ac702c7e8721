//! `completions`: what a shell needs to complete our command line, derived from it.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use clap_complete::{Shell, generate};

const EXAMPLES: &str = "\
Examples:
  nginxlb completions bash > ~/.local/share/bash-completion/completions/nginxlb
  nginxlb completions zsh > \"${fpath[1]}/_nginxlb\"
  nginxlb completions fish > ~/.config/fish/completions/nginxlb.fish";

/// Write a shell's completions for nginxlb
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Completions {
    /// The shell to write them for
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs `nginxlb completions`.
pub fn run(arguments: &Completions) -> ExitCode {
    let mut script = Vec::new();
    generate(arguments.shell, &mut super::command(), "nginxlb", &mut script);
    match io::stdout().write_all(&script) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("nginxlb: cannot write: {error}");
            ExitCode::from(2)
        }
        _ => ExitCode::SUCCESS,
    }
}
