//! A TOML table that is asked for its keys, and then says which of its keys nobody asked for.
//!
//! The keys that there are stand nowhere but where they are read.

use std::net::IpAddr;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::{ScenarioError, Target, Window, quantity};
use crate::balance::Millis;

/// A value with its place.
pub type Value<'t> = Spanned<DeValue<'t>>;

/// A table while it is read.
pub struct Table<'t> {
    entries: &'t DeTable<'t>,
    span: Range<usize>,
    asked: Vec<&'static str>,
    /// What is wrong with it so far.
    pub errors: Vec<ScenarioError>,
}

impl<'t> Table<'t> {
    /// A table, and where it stands.
    pub fn new(entries: &'t DeTable<'t>, span: Range<usize>) -> Table<'t> {
        Table { entries, span, asked: Vec::new(), errors: Vec::new() }
    }

    /// Its faults, with those of the keys that nobody asked for.
    pub fn finish(mut self) -> Vec<ScenarioError> {
        let asked = std::mem::take(&mut self.asked);
        for key in self.entries.keys().filter(|key| !asked.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref();
            self.errors.push(ScenarioError::new(key.span(), format!("unknown key `{name}`")).choices(name, &asked));
        }
        self.errors
    }

    /// All entries, for tables whose keys are data.
    pub fn entries(&self) -> impl Iterator<Item = (&'t str, &'t Value<'t>)> + use<'t> {
        self.entries.iter().map(|(key, value)| (key.get_ref().as_ref(), value))
    }

    /// Notes a fault of the whole table.
    pub fn complain(&mut self, message: impl Into<String>) {
        self.errors.push(ScenarioError::new(self.span.clone(), message));
    }

    /// The value of a key.
    pub fn value(&mut self, key: &'static str) -> Option<&'t Value<'t>> {
        self.asked.push(key);
        self.entries.get(key)
    }

    /// What `read` makes of a key's value.
    pub fn read<T>(&mut self, key: &'static str, read: impl FnOnce(&'t Value<'t>) -> Result<T, String>) -> Option<T> {
        let value = self.value(key)?;
        let told = read(value).map_err(|message| ScenarioError::new(value.span(), format!("`{key}` {message}")));
        told.map_err(|error| self.errors.push(error)).ok()
    }

    /// What a key must have given.
    pub fn required<T>(&mut self, key: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.entries.contains_key(key) {
            self.complain(format!("`{key}` is missing"));
        }
        value
    }

    /// Milliseconds.
    pub fn time(&mut self, key: &'static str) -> Option<u64> {
        self.read(key, time)
    }

    /// The span of time that `from` and `to` tell.
    pub fn window(&mut self) -> Option<Window> {
        let from = self.time("from").unwrap_or(0);
        let to = self.time("to").unwrap_or(u64::MAX);
        let window = Window { from: Millis(from), to: Millis(to) };
        if from >= to {
            let span = self.entries.get("to").map_or(self.span.clone(), Spanned::span);
            self.errors.push(ScenarioError::new(span, "`to` is not after `from`"));
        }
        (from < to).then_some(window)
    }

    /// The peers that `peer` or `upstream` names.
    pub fn target(&mut self) -> Option<Target> {
        let peer = self.read("peer", |value| Target::parse(text(value)?).map_err(|why| format!("is wrong: {why}")));
        let upstream = self.read("upstream", |value| Ok(Target::Group(text(value)?.to_owned())));
        match (self.entries.contains_key("peer"), self.entries.contains_key("upstream")) {
            (true, true) => self.complain("`peer` and `upstream` exclude each other"),
            (false, false) => self.complain("whose? `peer` or `upstream` is missing"),
            _ => return peer.or(upstream),
        }
        None
    }
}

/// A text.
pub fn text<'t>(value: &'t Value<'t>) -> Result<&'t str, String> {
    value.get_ref().as_str().ok_or_else(|| unlike("a text", value))
}

/// A number.
pub fn number(value: &Value<'_>) -> Result<f64, String> {
    let parsed = match value.get_ref() {
        DeValue::Integer(_) => return whole(value).map(|whole| whole as f64),
        DeValue::Float(float) => float.as_str().parse().ok(),
        _ => None,
    };
    parsed.filter(|number: &f64| number.is_finite()).ok_or_else(|| unlike("a finite number", value))
}

/// A whole number.
pub fn whole(value: &Value<'_>) -> Result<i64, String> {
    let integer = value.get_ref().as_integer();
    let parsed = integer.and_then(|integer| i64::from_str_radix(integer.as_str(), integer.radix()).ok());
    parsed.ok_or_else(|| unlike("a whole number", value))
}

/// Milliseconds: a number of seconds, or a text.
pub fn time(value: &Value<'_>) -> Result<u64, String> {
    let told = value.get_ref().as_str().map_or_else(|| quantity::seconds(number(value).ok()?), quantity::time);
    told.ok_or_else(|| unlike("a time: seconds (`1.5`), or a text like \"1m30s\" or \"500ms\"", value))
}

/// IP addresses: one text or a list of them.
pub fn addresses(value: &Value<'_>) -> Result<Vec<IpAddr>, String> {
    let one = |value: &Value<'_>| text(value)?.parse().map_err(|_| unlike("an IP address", value));
    match value.get_ref() {
        DeValue::Array(all) => all.iter().map(one).collect(),
        _ => one(value).map(|address| vec![address]),
    }
}

/// A list.
pub fn list<'t>(value: &'t Value<'t>) -> Result<&'t DeArray<'t>, String> {
    value.get_ref().as_array().ok_or_else(|| unlike("a list of tables", value))
}

fn unlike(wanted: &str, value: &Value<'_>) -> String {
    let found = match value.get_ref() {
        DeValue::String(text) => format!("\"{text}\""),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        other => format!("a value of type {}", other.type_str()),
    };
    format!("wants {wanted}, not {found}")
}
