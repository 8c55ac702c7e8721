//! Real configurations with recorded verdicts (`NGINXLB_CORPUS` names another folder of them): what `lint` says without a
//! machine is what nginx says once certificates, includes, hosts and users are there.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use nginxlb::config::{self, NoHost, Options};
use nginxlb::diagnostics::{Level, Nature};
use nginxlb::modules::Target;
use nginxlb::syntax::{Files, ReadError, Sources};

use crate::judge::{Report, Verdict};

/// The corpus: the one that is given, or the one in the repository.
pub fn folder() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/corpus");
    std::env::var_os("NGINXLB_CORPUS").map_or(own, PathBuf::from)
}

fn table(path: &Path) -> Vec<HashMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    lines.map(|line| names.iter().map(|s| s.to_string()).zip(line.split('\t').map(str::to_owned)).collect()).collect()
}

/// Each file's text with what its wrapper puts around it, as one configuration.
pub fn whole_texts(folder: &Path) -> Vec<(String, String)> {
    table(&folder.join("manifest.tsv"))
        .iter()
        .map(|row| {
            let bytes = std::fs::read(folder.join("files").join(&row["file"])).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            let (before, after) = match row["wrap"].as_str() {
                "main" => ("", ""),
                "main-noevents" => ("", "\nevents {}"),
                "http" => ("events {} http {", "\n}"),
                "server" => ("events {} http { server { listen 8080;", "\n} }"),
                "location" => ("events {} http { server { listen 8080; location / {", "\n} } }"),
                "map" => ("events {} http { map $uri $mapped {", "\n} }"),
                "stream" => ("events {} stream {", "\n}"),
                "stream-server" => ("events {} stream { server { listen 8080;", "\n} }"),
                other => panic!("unknown wrapper {other}"),
            };
            (row["file"].clone(), format!("{before}{text}{after}"))
        })
        .collect()
}

/// One text in memory; every other file is missing.
struct Alone<'a>(&'a [u8]);

impl Files for Alone<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        match path {
            "/etc/nginx/nginx.conf" => Ok(self.0.to_vec()),
            _ => Err(ReadError { errno: 2, text: "No such file or directory".to_owned() }),
        }
    }

    fn glob(&self, _pattern: &str) -> Result<Vec<String>, ReadError> {
        Ok(Vec::new())
    }
}

/// The first fault that does not depend on the machine.
fn judge(text: &str, target: &Target) -> Verdict {
    let sources = Sources::load("/etc/nginx/nginx.conf", "/etc/nginx/", &Alone(text.as_bytes())).unwrap();
    let compiled = config::compile(&sources, target, &NoHost, Options::default());
    let fault = compiled.diagnostics.iter().find(|d| d.level < Level::Warn && d.nature == Nature::Nginx);
    Verdict {
        status: i32::from(fault.is_some()),
        message: fault.map(|d| d.message.clone()).unwrap_or_default(),
        line: fault.and_then(|d| d.place).map(|p| sources.line(p).to_string()).unwrap_or_default(),
        warnings: Vec::new(),
    }
}

#[test]
fn corpus_agrees_with_recorded_verdicts() {
    let folder = folder();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/targets");
    let verdicts = table(&folder.join("verdicts.tsv"));
    for (version, file) in [("1.22.1", "nginx-1.22.1-debian.txt"), ("1.31.5", "nginx-1.31.5.txt")] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let target = Target::from_version_output(&text).unwrap();
        let recorded: HashMap<_, _> = verdicts
            .iter()
            .filter(|row| row["nginx"] == version && row["pass"] == "sandbox")
            .map(|row| (row["file"].clone(), row))
            .collect();
        let mut report = Report::default();
        for (name, text) in whole_texts(&folder) {
            let row = recorded[&name];
            let line = if row["message"].is_empty() { "" } else { &row["line"] };
            let theirs = Verdict::read(
                i32::from(row["verdict"] != "ok"),
                &format!("nginx: [emerg] {} in x:{line}", row["message"]).replace(" in x:\n", ""),
            );
            let theirs = Verdict { line: line.to_owned(), message: theirs.message.replace(" in x:", ""), ..theirs };
            report.add(&name, &theirs, &judge(&text, &target));
        }
        report.require(&format!("corpus, nginx {version}"), 99.5, 98.0);
    }
}
