//! Every directive, in every context, with 0 to 9 arguments, ended by `;` and as a block: the real nginx and this crate
//! must put it into the same class of verdict.
//!
//! That is some hundred thousand runs of nginx, so the default is a sample, the same at every run;
//! `NGINXLB_FULL=1 cargo test --test exhaustive` runs them all. Each case is one configuration, because nginx stops at
//! its first fault.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use common::oracle;
use common::quiet::Quiet;
use nginxlb::config::{NoHost, Options, compile};
use nginxlb::modules::{self, Contexts, Kind, Target};
use nginxlb::syntax::{NoFiles, Sources};

/// What nginx has against a directive before it looks at its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Unknown,
    NotAllowedHere,
    NumberOfArguments,
    NotTerminated,
    NoOpening,
    /// Nothing of that: it was read, whatever came of it.
    Other,
}

impl Class {
    fn of(message: &str, name: &str) -> Class {
        let classes = [
            (format!("unknown directive \"{name}\""), Class::Unknown),
            (format!("\"{name}\" directive is not allowed here"), Class::NotAllowedHere),
            (format!("invalid number of arguments in \"{name}\" directive"), Class::NumberOfArguments),
            (format!("directive \"{name}\" is not terminated by \";\""), Class::NotTerminated),
            (format!("directive \"{name}\" has no opening \"{{\""), Class::NoOpening),
        ];
        classes.iter().find(|(start, _)| message.starts_with(start)).map_or(Class::Other, |(_, class)| *class)
    }
}

/// A context, and the configuration that has `@` there.
const PLACES: &[(Contexts, &str)] = &[
    (Contexts::MAIN, "@\nevents {}\n"),
    (Contexts::EVENTS, "events {\n@\n}\n"),
    (Contexts::HTTP, "events {}\nhttp {\n@\n}\n"),
    (Contexts::SERVER, "events {}\nhttp { server {\n@\n} }\n"),
    (Contexts::LOCATION, "events {}\nhttp { server { location / {\n@\n} } }\n"),
    (Contexts::UPSTREAM, "events {}\nhttp { upstream u {\n@\n} }\n"),
    (Contexts::SERVER_IF, "events {}\nhttp { server { if ($host) {\n@\n} } }\n"),
    (Contexts::LOCATION_IF, "events {}\nhttp { server { location / { if ($host) {\n@\n} } } }\n"),
    (Contexts::LIMIT_EXCEPT, "events {}\nhttp { server { location / { limit_except GET {\n@\n} } } }\n"),
    (Contexts::STREAM, "events {}\nstream {\n@\n}\n"),
    (Contexts::STREAM_SERVER, "events {}\nstream { server {\n@\n} }\n"),
    (Contexts::STREAM_UPSTREAM, "events {}\nstream { upstream u {\n@\n} }\n"),
    (Contexts::MAIL, "events {}\nmail {\n@\n}\n"),
    (Contexts::MAIL_SERVER, "events {}\nmail { server {\n@\n} }\n"),
];

/// One configuration.
struct Case {
    name: &'static str,
    place: usize,
    arguments: usize,
    block: bool,
}

impl Case {
    fn text(&self, before: &str) -> String {
        let end = if self.block { " {}" } else { ";" };
        let directive = format!("{}{}{end}", self.name, " a".repeat(self.arguments));
        format!("{before}{}", PLACES[self.place].1.replace('@', &directive))
    }

    /// A number of its own, the same at every run and scattered evenly (FNV-1a).
    fn number(&self) -> u64 {
        let block = u8::from(self.block);
        let bytes = self.name.bytes().chain([self.place as u8, self.arguments as u8, block]);
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)) >> 16
    }
}

/// Every case of every directive that this build has, and one case a place of every other name.
fn cases(target: &Target) -> Vec<Case> {
    let has = |kind: Kind| modules::modules().any(|module| module.kind == kind && target.has(module));
    let names: BTreeSet<&'static str> = modules::all_directives().map(|(_, row)| row.name).collect();
    let mut cases = Vec::new();
    for (place, (context, _)) in PLACES.iter().enumerate().filter(|(_, (context, _))| has(Kind::of_context(*context))) {
        for name in &names {
            let known = target.directives(name).any(|(module, _)| module.kind != Kind::Own);
            // Inside these, one directive is not alone: `upstream {}` and `if` read the same tables in any case.
            let most = if known { 9 } else { 1 };
            for arguments in if known { 0..=most } else { 1..=1 } {
                let ends: &[bool] = if known { &[false, true] } else { &[false] };
                cases.extend(ends.iter().map(|block| Case { name, place, arguments, block: *block }));
            }
            let _ = context;
        }
    }
    cases
}

fn our_class(target: &Target, case: &Case, text: &str) -> Class {
    let sources = Sources::from_text("/case.conf", text.to_owned(), "/", &NoFiles);
    let compiled = compile(&sources, target, &NoHost, Options::default());
    let stops = |level: nginxlb::diagnostics::Level| level.name() != "warn" && level.name() != "notice";
    let first = compiled.said.iter().map(|at| &compiled.diagnostics[*at]).find(|finding| stops(finding.level));
    first.map_or(Class::Other, |finding| Class::of(&finding.message, case.name))
}

fn their_class(shell: &mut Quiet, nginx: &Path, folder: &Path, file: &Path, case: &Case) -> Class {
    let words = [nginx, Path::new("-t"), Path::new("-p"), folder, Path::new("-c"), file, Path::new("-e")];
    let mut words: Vec<&str> = words.iter().map(|word| word.to_str().unwrap()).collect();
    words.push("/dev/null");
    let ended = shell.run(&[], &words);
    let message = ended.stderr.lines().find_map(|line| line.strip_prefix("nginx: [emerg] ")).unwrap_or("");
    Class::of(message, case.name)
}

/// Compares every case, or a sample of one in `one_in`, and panics with the disagreements. `before` stands before all.
fn compare(nginx: &Path, before: &str, one_in: u64) {
    let mut target = Target::from_version_output(&oracle::build(nginx)).expect("nginx -V can be read");
    load(&mut target, before);
    let full = std::env::var_os("NGINXLB_FULL").is_some();
    let cases: Vec<Case> = cases(&target).into_iter().filter(|case| full || case.number() % one_in == 0).collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    let seen = Mutex::new(BTreeMap::<Class, usize>::new());
    let (cases, target) = (Arc::new(cases), Arc::new(target));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                let folder = tempfile::tempdir().expect("a folder");
                std::fs::create_dir(folder.path().join("logs")).expect("a folder");
                let file = folder.path().join("case.conf");
                let mut shell = Quiet::new(folder.path());
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let text = case.text(before);
                    std::fs::write(&file, &text).expect("a file");
                    let theirs = their_class(&mut shell, nginx, folder.path(), &file, case);
                    // The modules are in the target already, also those that are known only as files.
                    let ours = our_class(&target, case, &case.text(""));
                    *seen.lock().unwrap().entry(theirs).or_default() += 1;
                    if theirs != ours {
                        let place = PLACES[case.place].0.names().next().unwrap_or("");
                        let end = if case.block { "{}" } else { ";" };
                        let Case { name, arguments, .. } = case;
                        let line =
                            format!("{name} in {place}, {arguments} arguments {end}: nginx {theirs:?}, ours {ours:?}");
                        wrong.lock().unwrap().push(line);
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    let seen = seen.into_inner().unwrap();
    println!("{} cases, {} in another class; nginx: {seen:?}", cases.len(), wrong.len());
    assert!(cases.len() > 1000 && seen.len() == 6, "too little was compared: {} cases, {seen:?}", cases.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// What `load_module` lines would bring, so that the cases know of it.
fn load(target: &mut Target, before: &str) {
    for path in before.lines().filter_map(|line| line.strip_prefix("load_module ")) {
        for module in modules::modules_in_file(path.trim_end_matches(';')) {
            target.add(module);
        }
    }
}

#[test]
fn mainline() {
    compare(oracle::nginx(), "", 40);
}

#[test]
fn debian() {
    let nginx = oracle::debian().expect("Debian's nginx 1.22.1: apt-get install nginx-full");
    let folder = Path::new("/usr/lib/nginx/modules");
    let mut names: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.file_name()).collect();
    // The part for `stream` of a module of others must come after nginx's own stream module.
    names.sort_by_key(|name| (name != "ngx_stream_module.so", name.clone()));
    let load = |name: &std::ffi::OsString| format!("load_module {}/{};\n", folder.display(), name.display());
    let before: String = names.iter().map(load).collect();
    compare(nginx, &before, 100);
}
