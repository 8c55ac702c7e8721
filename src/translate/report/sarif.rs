//! The report as SARIF 2.1.0, for what shows such findings beside the lines of a change. What is exact is left out.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Report;
use crate::translate::{Class, Entry};

/// The report.
#[must_use]
pub fn write(report: &Report) -> String {
    let told: Vec<&Entry> = report.translation.entries.iter().filter(|entry| entry.class.exit_code() > 0).collect();
    let rules: BTreeMap<&str, &str> = told.iter().map(|entry| (entry.code.as_str(), entry.says.as_str())).collect();
    let rules: Vec<Value> =
        rules.iter().map(|(code, says)| json!({"id": code, "shortDescription": {"text": says}})).collect();
    let results: Vec<Value> = told.iter().map(|entry| result(report, entry)).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "nginxlb translate", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn result(report: &Report, entry: &Entry) -> Value {
    let level = match entry.class {
        Class::Refused => "error",
        Class::DroppedBehaviour => "warning",
        _ => "note",
    };
    let text = format!("{}: {}", report.text_of(entry), entry.says);
    let locations: Vec<Value> = report
        .span_of(entry)
        .map(|span| {
            let (file, at) = report.at(span);
            json!({"physicalLocation": {
                "artifactLocation": {"uri": file},
                "region": {"startLine": at.line, "startColumn": at.column},
            }})
        })
        .into_iter()
        .collect();
    json!({"ruleId": entry.code, "level": level, "message": {"text": text}, "locations": locations})
}
