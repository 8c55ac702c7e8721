//! `access_log` in its `log_format`: HAProxy writes no files, so the lines go to its standard output.

use super::plan::Rule;
use super::samples::{Around, Piece};
use super::words::{literal, word};
use super::{Work, can};
use crate::config::{Part, ScopeId, Text};
use crate::modules::shared::access_log::{AccessLog, AccessLogs};
use crate::modules::shared::log_format::{COMBINED_TEXT, LogFormats};
use crate::translate::subject::SubjectId;

/// Longest line in bytes.
const LONGEST: u32 = 4096;

/// What HAProxy keeps for its logs of what nginx knows at the end of a request.
const OWN: &[(&str, &str)] = &[
    ("remote_addr", "%ci"),
    ("remote_port", "%cp"),
    ("time_local", "%Tl"),
    ("request", "%r"),
    ("request_method", "%HM"),
    ("server_protocol", "%HV"),
    ("status", "%ST"),
    ("body_bytes_sent", "%B"),
    ("bytes_sent", "%B"),
    ("upstream_addr", "%si:%sp"),
    ("pid", "%pid"),
    ("hostname", "%H"),
    ("connection_requests", "%rt"),
];

/// What can still be asked when a request is over.
const LASTING: &[&str] = &["var(", "src", "dst", "ssl_"];

/// The lines of a frontend for the logs of its default server.
pub fn plan(work: &mut Work, scope: ScopeId) -> Vec<Rule> {
    let config = work.model.config;
    let held = config.ancestors(scope).find_map(|at| Some((at, config.scope(at).slot::<AccessLogs>()?)));
    let Some((at, logs)) = held.filter(|(_, logs)| !logs.off) else { return Vec::new() };
    let Some(log) = logs.logs.first() else { return Vec::new() };
    let mut from = vec![work.model.subjects.at(at, log.span)];
    let text = text(work, log, &mut from);
    for subject in &from {
        work.note(*subject, &can::ACCESS_LOG);
    }
    let mut line = String::new();
    for part in &text.0 {
        line.push_str(&written(work, part));
    }
    vec![
        Rule::always(format!("log stdout len {LONGEST} format raw local0"), &from),
        Rule::always(format!("log-format {}", word(&line)), &from),
    ]
}

fn text(work: &Work, log: &AccessLog, from: &mut Vec<SubjectId>) -> Text {
    let http = work.model.config.http;
    let formats = http.and_then(|http| work.model.config.scope(http).slot::<LogFormats>());
    let own = log.format.and_then(|number| formats?.0.get(number));
    match (own, http) {
        (Some(own), Some(http)) => {
            from.push(work.model.subjects.at(http, own.span));
            own.text.clone()
        }
        _ => Text::read(COMBINED_TEXT).unwrap_or_default(),
    }
}

fn written(work: &mut Work, part: &Part) -> String {
    let name = match part {
        Part::Literal(text) => return literal(text),
        Part::Variable(name) => name.to_ascii_lowercase(),
        Part::Capture(_) => return "-".to_owned(),
    };
    if let Some((_, own)) = OWN.iter().find(|(known, _)| *known == name) {
        return (*own).to_owned();
    }
    let around = Around { maps: work.maps, ..Around::default() };
    match work.kept.variable(&name, around) {
        Ok(Piece::Sample(sample)) if LASTING.iter().any(|start| sample.starts_with(start)) => format!("%[{sample}]"),
        // nginx writes this for what is not there.
        _ => "-".to_owned(),
    }
}
