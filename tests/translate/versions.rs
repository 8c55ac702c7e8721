//! The laws of translating nginx to nginx, on all configurations of `testdata` that a version takes: the other version takes what
//! comes out, translated to the same version it stays as it is, and nothing is missing from the account.

use std::fs;
use std::path::{Path, PathBuf};

use nginxlb::config::{Compiled, NoHost, Options, compile};
use nginxlb::modules::Target;
use nginxlb::syntax::{Files, ReadError, Sources, decode};
use nginxlb::translate::targets::{Ask, named};
use nginxlb::translate::{Translation, translate};

/// No includes are followed.
struct Nothing;

impl Files for Nothing {
    fn read(&self, _: &str) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::not_found())
    }

    fn glob(&self, _: &str) -> Result<Vec<String>, ReadError> {
        Ok(Vec::new())
    }
}

struct Read {
    sources: Sources,
    target: Target,
    compiled: Compiled,
}

impl Read {
    fn of(text: &str, target: &str) -> Read {
        let sources = Sources::from_text("nginx.conf", text.to_owned(), "", &Nothing);
        let target = Target::parse(target).unwrap();
        let compiled = compile(&sources, &target, &NoHost, Options::default());
        Read { sources, target, compiled }
    }

    fn faults(&self) -> Vec<&str> {
        let stops = self.compiled.diagnostics.iter().filter(|one| one.level.stops());
        stops.map(|one| one.message.as_str()).collect()
    }

    fn to(&self, version: &str) -> Result<Translation, String> {
        let ask = Ask { version: Some(version.to_owned()), folder: String::new() };
        translate(&self.compiled.config, &self.sources, &self.target, (named("nginx").unwrap(), &ask), &[])
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.extension() {
            _ if path.is_dir() => files(&path, found),
            Some(extension) if extension == "conf" => found.push(path),
            _ => {}
        }
    }
}

/// What is wrong with a translation.
fn judge(text: &str, from: &str, version: &str) -> Result<bool, String> {
    let read = Read::of(text, from);
    if !read.faults().is_empty() {
        return Ok(false);
    }
    let translation = read.to(version)?;
    let entries = translation.entries.len();
    let subjects = translation.subjects.iter().count();
    if entries != subjects {
        return Err(format!("{entries} entries for {subjects} subjects"));
    }
    let out = &translation.files[0].text;
    let again = Read::of(out, &format!("nginx@{version}"));
    if !again.faults().is_empty() {
        return Err(format!("{:?} in\n{out}", again.faults()));
    }
    let stays = &again.to(version)?.files[0].text;
    if stays != out {
        return Err(format!("does not stay:\n{out}\n--- but:\n{stays}"));
    }
    Ok(true)
}

#[test]
fn the_other_version_takes_what_comes_out() {
    let mut paths = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata"), &mut paths);
    paths.sort();
    let ways =
        [("nginx@1.31.3", "1.22.1"), ("nginx@1.22.1", "1.31.3"), ("plus@r37", "1.31.3"), ("nginx@1.31.3", "1.14.2")];
    let (mut judged, mut faults) = (0, Vec::new());
    // A third of them, or with NGINXLB_FULL=1 all.
    let step = if std::env::var_os("NGINXLB_FULL").is_some() { 1 } else { 3 };
    for path in paths.iter().step_by(step) {
        let text = decode(&fs::read(path).unwrap());
        for (from, version) in ways {
            match judge(&text, from, version) {
                Ok(true) => judged += 1,
                Ok(false) => {}
                Err(fault) => faults.push(format!("{} from {from} to {version}: {fault}", path.display())),
            }
        }
    }
    println!("{judged} translations, {} faults", faults.len());
    assert!(judged > 800 && faults.is_empty(), "{}", faults[..faults.len().min(10)].join("\n"));
}
