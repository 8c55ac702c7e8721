//! The man pages in `man/`, derived from the command line. `NGINXLB_UPDATE=1 cargo test --test man` writes them anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("man")
}

/// All pages by file name.
fn pages() -> BTreeMap<String, String> {
    let mut root = nginxlb::cli::command().disable_help_subcommand(true);
    root.build();
    let mut commands = vec![root];
    let mut at = 0;
    while let Some(command) = commands.get(at) {
        let below: Vec<_> = command.get_subcommands().cloned().collect();
        commands.extend(below);
        at += 1;
    }
    commands.sort_by(|a, b| name(a).cmp(name(b)));
    let names: Vec<String> = commands.iter().map(|command| name(command).to_owned()).collect();
    commands.into_iter().map(|command| (format!("{}.1", name(&command)), page(command, &names))).collect()
}

fn name(command: &clap::Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}

fn page(command: clap::Command, all: &[String]) -> String {
    let own = name(&command).to_owned();
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let has_commands = command.has_subcommands();
    let man = Man::new(command).source(concat!("nginxlb ", env!("CARGO_PKG_VERSION"))).manual("User Commands");
    let mut out = Vec::new();
    man.render_title(&mut out).unwrap();
    man.render_name_section(&mut out).unwrap();
    man.render_synopsis_section(&mut out).unwrap();
    man.render_description_section(&mut out).unwrap();
    man.render_options_section(&mut out).unwrap();
    if has_commands {
        man.render_subcommands_section(&mut out).unwrap();
    }
    let mut roff = Roff::new();
    after.split("\n\n").filter(|part| !part.is_empty()).for_each(|part| section(&mut roff, part));
    let others: Vec<String> = all.iter().filter(|name| **name != own).map(|name| format!("{name}(1)")).collect();
    roff.control("SH", ["SEE ALSO"]).text([roman(others.join(", "))]);
    roff.to_writer(&mut out).unwrap();
    without_repetitions(&String::from_utf8(out).unwrap())
}

/// Every section comes with the two lines that define how an apostrophe is written; once is enough.
fn without_repetitions(text: &str) -> String {
    let defines = |line: &&str| line.starts_with(".ie \\n(.g") || line.starts_with(".el .ds Aq");
    let first = text.lines().filter(defines).take(2);
    let rest = text.lines().filter(|line| !defines(line));
    first.chain(rest).map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// A part of what follows the options in the help, which begins with its heading and a colon. What is indented there is
/// laid out.
fn section(roff: &mut Roff, part: &str) {
    let (heading, text) = part.split_once(':').expect("a heading");
    assert!(heading.len() < 20, "no heading: {heading}");
    roff.control("SH", [heading.to_uppercase().as_str()]);
    let laid_out = text.starts_with('\n');
    if laid_out {
        roff.control("nf", []);
    }
    for line in text.trim_start_matches([' ', '\n']).lines() {
        roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
    }
    if laid_out {
        roff.control("fi", []);
    }
}

#[test]
fn the_pages_are_fresh() {
    let pages = pages();
    if std::env::var_os("NGINXLB_UPDATE").is_some() {
        fs::create_dir_all(folder()).unwrap();
        for (name, page) in &pages {
            fs::write(folder().join(name), page).unwrap();
        }
    }
    for (name, page) in &pages {
        let stored = fs::read_to_string(folder().join(name)).unwrap_or_default();
        assert!(stored == *page, "man/{name} is stale: NGINXLB_UPDATE=1 cargo test --test man");
    }
    let stored = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(stored.filter(|name| !pages.contains_key(name)).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn every_page_teaches_by_example() {
    for (name, page) in pages().iter().filter(|(name, _)| *name != "nginxlb-nginx.1") {
        assert!(page.contains(".SH EXAMPLES\n.nf\n"), "{name}");
    }
}
