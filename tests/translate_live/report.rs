//! The loss report beside what was seen. This is the one place that knows how the report is written.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::case::Case;
use crate::compare::{Difference, Field};
use crate::concern::concerns;

/// How a directive fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    Exact,
    Automatic,
    DroppedHarmless,
    Approximate,
    DroppedBehaviour,
    Refused,
}

impl Class {
    /// The exit code of a translation whose worst entry is of this class.
    pub fn exit_code(self) -> i32 {
        match self {
            Class::Exact | Class::Automatic | Class::DroppedHarmless => 0,
            Class::Approximate => 1,
            Class::DroppedBehaviour => 2,
            Class::Refused => 3,
        }
    }
}

/// One entry of the report, in the parts that are held against what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Entry {
    pub code: String,
    pub class: Class,
    pub directive: String,
    /// The directive with its arguments.
    #[serde(default)]
    pub text: String,
    /// The blocks around it, outermost first: `http`, `server`, `location /`.
    #[serde(default)]
    pub context: Vec<String>,
    /// It is no directive but what holds where none is.
    #[serde(default)]
    pub default: bool,
    /// Where the difference shows.
    #[serde(default)]
    pub shows: Vec<String>,
}

/// The entries of a report: a list, or an object that has it as `entries`.
///
/// # Errors
/// What is not as it should be.
pub fn read(text: &str) -> Result<Vec<Entry>, String> {
    let mut report: Value = serde_json::from_str(text).map_err(|e| format!("the report is no JSON: {e}"))?;
    let entries = if report.is_array() { report } else { report["entries"].take() };
    serde_json::from_value(entries).map_err(|e| format!("an entry of the report: {e}"))
}

/// The words of `shows` that tell of a field.
const SHOWS: &[(Field, &[&str])] = &[
    (Field::Status, &["status"]),
    (Field::Location, &["location", "headers"]),
    (Field::Peer, &["peer"]),
    // Retries are a matter of time to the report.
    (Field::Tries, &["peer", "timing"]),
    (Field::Uri, &["uri"]),
    (Field::Protocol, &["uri", "connections"]),
    (Field::Host, &["upstream-headers"]),
    (Field::RequestHeaders, &["upstream-headers"]),
    (Field::RequestBody, &["body"]),
    (Field::Headers, &["headers"]),
    (Field::Body, &["body"]),
    (Field::Timing, &["timing"]),
];

impl Entry {
    /// Whether a directive that fared so may make this difference.
    fn excuses(&self, case: &Case, difference: &Difference) -> bool {
        let may = matches!(self.class, Class::Approximate | Class::DroppedBehaviour | Class::Refused);
        let (_, words) = SHOWS.iter().find(|(field, _)| *field == difference.field).expect("every field has words");
        let said = self.shows.iter().any(|word| words.contains(&&**word));
        may && said && difference.request.as_ref().is_none_or(|request| concerns(self, request, &case.conf))
    }
}

/// What a report made of differences.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// What it does not tell of.
    pub untold: Vec<Difference>,
    /// The codes of entries that told of a difference, and of which.
    pub shown: BTreeSet<(String, Field)>,
}

/// Holds the differences of a case against its report.
pub fn reconcile(case: &Case, differences: Vec<Difference>, entries: &[Entry]) -> Reconciled {
    let mut reconciled = Reconciled::default();
    for difference in differences {
        let told: Vec<&Entry> = entries.iter().filter(|entry| entry.excuses(case, &difference)).collect();
        reconciled.shown.extend(told.iter().map(|entry| (entry.code.clone(), difference.field)));
        if told.is_empty() {
            reconciled.untold.push(difference);
        }
    }
    reconciled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Request;

    fn difference(field: Field, about: &str) -> Difference {
        let request = Request::get("/");
        let request = if about.is_empty() { request } else { request.about(about) };
        Difference { request: Some(request), field, nginx: "1".to_owned(), target: "2".to_owned() }
    }

    fn entry(class: &str, directive: &str, shows: &str) -> Entry {
        let text = format!(
            r#"{{"entries":[{{"code":"c","class":"{class}","directive":"{directive}","shows":["{shows}"],"line":3}}]}}"#
        );
        read(&text).unwrap().remove(0)
    }

    #[test]
    fn only_what_is_said_to_show_is_excused() {
        let untold = |class: &str, shows: &str, about: &str| {
            let entries = [entry("exact", "listen", ""), entry(class, "proxy_pass", shows)];
            reconcile(&Case::new("x", 0, ""), vec![difference(Field::Status, about)], &entries).untold.len()
        };
        assert_eq!(untold("exact", "status", ""), 1);
        assert_eq!(untold("automatic", "status", ""), 1);
        assert_eq!(untold("dropped-harmless", "status", ""), 1);
        assert_eq!(untold("approximate", "peer", ""), 1);
        assert_eq!(untold("approximate", "status", "rewrite"), 1);
        assert_eq!(untold("approximate", "status", ""), 0);
        assert_eq!(untold("approximate", "status", "proxy_pass"), 0);
        assert_eq!(untold("dropped-behaviour", "status", ""), 0);
        assert_eq!(untold("refused", "status", ""), 0);
    }

    #[test]
    fn what_was_shown_is_noted() {
        let entries = [entry("approximate", "hash", "peer")];
        let found =
            reconcile(&Case::new("x", 0, ""), vec![difference(Field::Peer, ""), difference(Field::Uri, "")], &entries);
        assert_eq!(found.untold, [difference(Field::Uri, "")]);
        assert_eq!(found.shown, BTreeSet::from([("c".to_owned(), Field::Peer)]));
    }

    #[test]
    fn a_report_may_be_a_bare_list_and_nothing_else() {
        assert_eq!(read("[]"), Ok(Vec::new()));
        assert!(read("{}").is_err());
        assert!(read(r#"[{"code":"c","class":"other","directive":"d"}]"#).is_err());
    }
}
