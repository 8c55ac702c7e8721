//! `nginxlb completions`.

mod common;

use std::path::Path;
use std::process::Command;

use common::program;

fn script(shell: &str) -> String {
    let output = program::run(Path::new("."), &["completions", shell], "");
    assert!(output.status.success(), "{shell}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_shell_knows_every_subcommand() {
    let commands: Vec<String> =
        nginxlb::cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    assert!(commands.iter().any(|name| name == "lint"));
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = script(shell);
        for command in &commands {
            assert!(script.contains(command.as_str()), "{shell}: {command}");
        }
        assert!(script.contains("check") && script.contains("nginxlb"), "{shell}: options");
    }
}

#[test]
fn bash_reads_its_script() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), script("bash")).unwrap();
    assert!(Command::new("bash").arg("-n").arg(file.path()).status().expect("bash is there").success());
}

#[test]
fn another_shell_is_refused() {
    let output = program::run(Path::new("."), &["completions", "dos"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("[possible values: bash,"));
}
