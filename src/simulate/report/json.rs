//! JSON, as `docs/simulate.schema.json` describes it: one document, indented.

use serde::Serialize;

/// A [`Summary`](super::Summary), a [`Comparison`](super::compare::Comparison) or a
/// [`Backtest`](super::backtest::Summary) as a document.
#[must_use]
pub fn render(document: &impl Serialize) -> String {
    // Plain values with text keys: there is nothing that could fail.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeSet;

    use serde::Serialize;
    use serde_json::Value;

    const SCHEMA: &str = include_str!("../../../docs/simulate.schema.json");

    /// Holds a document against a definition of the schema: every field is described, every described field is there,
    /// and of its type.
    pub fn check(definition: &str, document: &impl Serialize) {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let mut wrong = Vec::new();
        fits(&schema, &schema["$defs"][definition], &serde_json::to_value(document).unwrap(), definition, &mut wrong);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn fits(schema: &Value, rule: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        if let Some(name) = rule["$ref"].as_str() {
            return fits(schema, &schema["$defs"][name.trim_start_matches("#/$defs/")], value, at, wrong);
        }
        if let Some(rules) = rule["anyOf"].as_array() {
            let one = if value.is_null() { rules.last() } else { rules.first() };
            return fits(schema, one.unwrap(), value, at, wrong);
        }
        let types = rule["type"].as_array().map_or(std::slice::from_ref(&rule["type"]), Vec::as_slice);
        if !types.iter().any(|name| is_a(name.as_str().unwrap_or_default(), value)) {
            wrong.push(format!("{at}: {value} is no {}", rule["type"]));
        }
        if rule["enum"].as_array().is_some_and(|known| !known.contains(value)) {
            wrong.push(format!("{at}: {value} is not among {}", rule["enum"]));
        }
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            fits(schema, &rule["items"], item, &format!("{at}[{index}]"), wrong);
        }
        let Some(fields) = value.as_object() else { return };
        let described = rule["properties"].as_object().unwrap();
        let required: BTreeSet<_> = rule["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let here: BTreeSet<_> = fields.keys().map(String::as_str).collect();
        if here != required || here != described.keys().map(String::as_str).collect() {
            wrong.push(format!("{at}: {here:?} are not the fields of the schema"));
        }
        for (name, field) in fields {
            fits(schema, &described[name], field, &format!("{at}.{name}"), wrong);
        }
    }

    fn is_a(name: &str, value: &Value) -> bool {
        match name {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "number" => value.is_number(),
            "integer" => value.is_u64() || value.is_i64(),
            "null" => value.is_null(),
            _ => false,
        }
    }
}
