//! What an API server would say of objects: fields that it does not know, values and lengths that it does not take, and
//! those of its rules that go beyond single fields. The fields stand in `testdata/translate/gateway-api/fields.txt`.

use serde_json::Value;

const FIELDS: &str = include_str!("../../../testdata/translate/gateway-api/fields.txt");

const ALWAYS: &[&str] =
    &["apiVersion", "kind", "metadata.name", "metadata.namespace", "metadata.labels.*", "metadata.annotations.*"];

/// A line for each fault.
pub fn faults(object: &Value) -> String {
    let kind = object["kind"].as_str().unwrap_or("");
    let own = |line: &&str| line.split(' ').next() == Some(kind);
    let known: Vec<&str> = FIELDS.lines().filter(own).map(|line| &line[kind.len() + 1..]).collect();
    if known.is_empty() {
        return format!("{kind}: a kind that is not known here\n");
    }
    let mut found = Vec::new();
    fields(object, "", &known, &mut found);
    for rule in object["spec"]["rules"].as_array().into_iter().flatten() {
        found.extend(rule_faults(rule));
    }
    found.iter().flat_map(|fault| [kind, ": ", fault, "\n"]).collect()
}

fn fields(value: &Value, path: &str, known: &[&str], found: &mut Vec<String>) {
    match value {
        Value::Object(fields_of) => {
            for (name, field) in fields_of {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                fields(field, &path, known, found);
            }
        }
        Value::Array(items) => {
            let most = known.iter().find_map(|line| line.strip_prefix(path)?.strip_prefix(" list ")?.parse().ok());
            if most.is_some_and(|most: usize| items.len() > most) {
                found.push(format!("{path} has {} items", items.len()));
            }
            for item in items {
                fields(item, path, known, found);
            }
        }
        value => found.extend(field_fault(value, path, known)),
    }
}

fn field_fault(value: &Value, path: &str, known: &[&str]) -> Option<String> {
    let any = |known: &&str| known.strip_suffix('*').is_some_and(|start| path.starts_with(start));
    if ALWAYS.contains(&path) || ALWAYS.iter().any(any) || known.iter().any(any) {
        return None;
    }
    let kind = known.iter().find_map(|line| line.strip_prefix(path)?.strip_prefix(' ').filter(|kind| !is_list(kind)));
    let Some(kind) = kind else { return Some(format!("unknown field {path}")) };
    let (kind, values) = kind.split_once(" =").unwrap_or((kind, ""));
    let fits = match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        _ => true,
    };
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let allowed = values.is_empty() || values.split('|').any(|one| one == text);
    (!fits || !allowed).then(|| format!("{path}: {value}"))
}

fn is_list(kind: &str) -> bool {
    kind.starts_with("list ")
}

/// What is said of an `HTTPRoute`'s rule as a whole.
fn rule_faults(rule: &Value) -> Vec<String> {
    let list = |name: &str| rule[name].as_array().cloned().unwrap_or_default();
    let (matches, filters) = (list("matches"), list("filters"));
    let mut kinds: Vec<&str> = filters.iter().filter_map(|filter| filter["type"].as_str()).collect();
    kinds.sort_unstable();
    let mut found = Vec::new();
    if kinds.windows(2).any(|two| two[0] == two[1] && two[0] != "ExtensionRef") {
        found.push(format!("a filter twice: {kinds:?}"));
    }
    if kinds.contains(&"RequestRedirect") && (kinds.contains(&"URLRewrite") || !list("backendRefs").is_empty()) {
        found.push("a redirect besides a rewrite or a backend".to_owned());
    }
    let swaps = filters.iter().any(|filter| filter.to_string().contains("replacePrefixMatch"));
    if swaps && !(matches.len() == 1 && matches[0]["path"]["type"] == "PathPrefix") {
        found.push("replacePrefixMatch without exactly one PathPrefix".to_owned());
    }
    found.extend(matches.iter().filter_map(path_fault));
    found
}

fn path_fault(one: &Value) -> Option<String> {
    let path = one["path"]["value"].as_str()?;
    if one["path"]["type"] == "RegularExpression" {
        return (path.len() > 1024).then(|| format!("too long: {path}"));
    }
    let odd = ["//", "/./", "/../", "%2f", "%2F", "#"].iter().any(|odd| path.contains(odd));
    let ends = path.ends_with("/.") || path.ends_with("/..");
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/".contains(&b);
    (!path.starts_with('/') || odd || ends || !path.bytes().all(allowed)).then(|| format!("no path: {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(spec: Value, wanted: &str) {
        let route = json!({
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "HTTPRoute",
            "metadata": {"name": "x", "labels": {"any": "y"}},
            "spec": {"rules": [spec]},
        });
        assert_eq!(faults(&route), wanted);
    }

    #[test]
    fn what_is_not_right_is_told() {
        check(json!({"matches": [{"path": {"type": "Exact", "value": "/a"}}]}), "");
        check(
            json!({"matches": [{"path": {"type": "Exact", "valeu": "/"}}]}),
            "HTTPRoute: unknown field spec.rules.matches.path.valeu\n",
        );
        check(
            json!({"matches": [{"path": {"type": "Prefix", "value": "/a"}}]}),
            "HTTPRoute: spec.rules.matches.path.type: \"Prefix\"\n",
        );
        check(json!({"matches": [{"path": {"type": "Exact", "value": "/a b"}}]}), "HTTPRoute: no path: /a b\n");
        check(json!({"name": 1}), "HTTPRoute: spec.rules.name: 1\n");
        let remove = json!(vec!["x"; 17]);
        check(
            json!({"filters": [{"type": "RequestHeaderModifier", "requestHeaderModifier": {"remove": remove}}]}),
            "HTTPRoute: spec.rules.filters.requestHeaderModifier.remove has 17 items\n",
        );
        let swap = json!({"path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/x"}});
        check(
            json!({"filters": [{"type": "URLRewrite", "urlRewrite": swap}, {"type": "URLRewrite"}]}),
            "HTTPRoute: a filter twice: [\"URLRewrite\", \"URLRewrite\"]\n\
             HTTPRoute: replacePrefixMatch without exactly one PathPrefix\n",
        );
    }
}
