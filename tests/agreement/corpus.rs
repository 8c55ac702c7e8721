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
    lines.map(|line| names.iter().map(ToString::to_string).zip(line.split('\t').map(str::to_owned)).collect()).collect()
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

/// Debian's folder of dynamic modules that are loaded, which its stock configuration includes.
const ENABLED: &str = "/etc/nginx/modules-enabled/*.conf";

/// One text in memory, and what Debian's folder of modules says; every other file is missing.
struct Alone<'a> {
    text: &'a str,
    enabled: &'a str,
}

impl Files for Alone<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        match path {
            "/etc/nginx/nginx.conf" => Ok(self.text.as_bytes().to_vec()),
            ENABLED => Ok(self.enabled.as_bytes().to_vec()),
            _ => Err(ReadError::not_found()),
        }
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, ReadError> {
        Ok(if pattern == ENABLED && !self.enabled.is_empty() { vec![ENABLED.to_owned()] } else { Vec::new() })
    }
}

/// The first fault that does not depend on the machine.
fn judge(text: &str, lines: usize, enabled: &str, target: &Target) -> Verdict {
    let sources = Sources::load("/etc/nginx/nginx.conf", "/etc/nginx/", &Alone { text, enabled }).unwrap();
    let compiled = config::compile(&sources, target, &NoHost, Options::default());
    let fault = compiled.diagnostics.iter().find(|d| d.level < Level::Warn && d.nature == Nature::Nginx);
    let said = fault.map(|d| {
        let place = d.place.map(|p| format!(" in {}:{}", sources.path(p.file), sources.line(p)));
        format!("nginx: [emerg] {}{}", d.message, place.unwrap_or_default())
    });
    let mut verdict = Verdict::read(i32::from(fault.is_some()), &said.unwrap_or_default());
    // A line of the wrapper is not in the file.
    if verdict.line.parse().is_ok_and(|line: usize| line > lines) {
        verdict.line.clear();
    }
    verdict
}

#[test]
fn corpus_agrees_with_recorded_verdicts() {
    let folder = folder();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/targets");
    let verdicts = table(&folder.join("verdicts.tsv"));
    // What Debian's nginx-full loads from that folder.
    let debian = ["stream", "http_echo", "http_geoip2", "stream_geoip2"]
        .map(|name| format!("load_module modules/ngx_{name}_module.so;\n"))
        .concat();
    let builds = [("1.22.1", "nginx-1.22.1-debian.txt", debian.as_str()), ("1.31.5", "nginx-1.31.5.txt", "")];
    for (version, file, enabled) in builds {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let mut target = Target::from_version_output(&text).unwrap();
        "/etc/nginx/".clone_into(&mut target.paths.prefix);
        let recorded: HashMap<_, _> = verdicts
            .iter()
            .filter(|row| row["nginx"] == version && row["pass"] == "sandbox")
            .map(|row| (row["file"].clone(), row))
            .collect();
        let mut report = Report::default();
        for (name, text) in whole_texts(&folder) {
            let row = recorded[&name];
            // Of a fault in the wrapper no line of the file is recorded.
            let wrapper = row.get("where").is_some_and(|place| place == "wrapper");
            let lines = if wrapper {
                0
            } else if text.starts_with("events {} ") {
                text.lines().count() - 1
            } else {
                usize::MAX
            };
            let line = if row["message"].is_empty() { "" } else { &row["line"] };
            let place = if line.is_empty() { String::new() } else { format!(" in nginx.conf:{line}") };
            let said = format!("nginx: [emerg] {}{place}", row["message"]);
            let theirs = Verdict::read(i32::from(row["verdict"] != "ok"), &said);
            let loads = text.contains("load_module") || text.contains("modules-enabled");
            let include = if loads { String::new() } else { format!("include {ENABLED}; ") };
            report.add(&name, &theirs, &judge(&(include + &text), lines, enabled, &target));
        }
        report.require(&format!("corpus, nginx {version}"), 99.5, 98.0);
    }
}
