//! What is written of translations elsewhere: the tables in `README.md` and `docs/translate.md`, which
//! `NGINXLB_UPDATE=1 cargo test --test translate_account` writes anew, and the schema of the report.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use nginxlb::translate::tables;
use nginxlb::translate::targets::{self, EMITTERS};
use nginxlb::translate::{Class, Shows};
use serde_json::Value;

use crate::Good;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Holds what stands between `<!-- NAME -->` and `<!-- /NAME -->` in a file against what should, or writes it.
fn require(file: &str, name: &str, wanted: &str) {
    let text = fs::read_to_string(path(file)).unwrap();
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let from = text.find(&begin).unwrap_or_else(|| panic!("{file} has no {begin}")) + begin.len();
    let to = from + text[from..].find(&end).unwrap_or_else(|| panic!("{file} has no {end}"));
    if std::env::var_os("NGINXLB_UPDATE").is_some() {
        fs::write(path(file), format!("{}{wanted}{}", &text[..from], &text[to..])).unwrap();
        return;
    }
    assert!(
        text[from..to] == *wanted,
        "{file}: {name} is not what the capabilities say: NGINXLB_UPDATE=1 writes it anew"
    );
}

#[test]
fn tables_are_those_of_the_capabilities() {
    let overview = format!("\n{}\n{}.\n\n", tables::overview(EMITTERS), tables::legend());
    require("README.md", "translate: overview", &overview);
    let details = EMITTERS.iter().map(|emitter| tables::details(emitter)).collect::<Vec<_>>().join("\n");
    require("docs/translate.md", "translate: targets", &format!("\n{details}\n"));
}

/// The migration that the README tells of: the report, and what became of the group.
#[test]
fn the_migration_is_as_told() {
    let conf = fs::read_to_string(path("testdata/translate/shop.conf")).unwrap();
    let good = Good::of(&[("shop.conf", &conf)]).unwrap();
    let emitter = targets::named("haproxy").unwrap();
    let translation = good.to(emitter);
    let group = translation.files[0].text.split("\n\n").find(|section| section.starts_with("backend app"));
    let (report, group) = (good.told(emitter, &translation), group.unwrap().trim_end());
    require("README.md", "translate: report", &format!("\n```text\n{report}```\n\n"));
    require("README.md", "translate: group", &format!("\n```haproxy\n{group}\n```\n\n"));
}

#[test]
fn reports_are_as_the_schema_says() {
    let schema: Value = serde_json::from_str(&fs::read_to_string(path("docs/translate.schema.json")).unwrap()).unwrap();
    let text = "events {}\nhttp { include x.conf; upstream u { server 127.0.0.1:81; ip_hash; } }\n";
    let inner = "server { listen 80; location / { proxy_pass http://u; deny all; gzip on; } }\n";
    let good = Good::of(&[("nginx.conf", text), ("x.conf", inner)]).unwrap();
    for emitter in EMITTERS {
        let report = good.report(emitter, &good.to(emitter));
        let mut wrong = Vec::new();
        fits(&schema, &schema, &report, emitter.name, &mut wrong);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn the_schema_knows_every_word() {
    let schema: Value = serde_json::from_str(&fs::read_to_string(path("docs/translate.schema.json")).unwrap()).unwrap();
    let words = |name: &str| -> BTreeSet<String> {
        let list = schema["$defs"][name]["enum"].as_array().unwrap();
        list.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(words("class"), Class::ALL.iter().map(|class| class.name().to_owned()).collect());
    assert_eq!(words("shows"), Shows::ALL.iter().map(|shows| shows.name().to_owned()).collect());
}

/// Every field is described, every described field is there, and of its type.
fn fits(schema: &Value, rule: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(name) = rule["$ref"].as_str() {
        return fits(schema, &schema["$defs"][name.trim_start_matches("#/$defs/")], value, at, wrong);
    }
    if let Some(rules) = rule["anyOf"].as_array() {
        let one = if value.is_null() { rules.last() } else { rules.first() };
        return fits(schema, one.unwrap(), value, at, wrong);
    }
    let name = rule["type"].as_str().unwrap_or_default();
    let fitting = match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "null" => value.is_null(),
        _ => false,
    };
    if !fitting {
        wrong.push(format!("{at}: {value} is no {name}"));
    }
    if rule["enum"].as_array().is_some_and(|known| !known.contains(value)) {
        wrong.push(format!("{at}: {value} is not among {}", rule["enum"]));
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        fits(schema, &rule["items"], item, &format!("{at}[{index}]"), wrong);
    }
    let Some(fields) = value.as_object() else { return };
    let required: BTreeSet<&str> = rule["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let described: BTreeSet<&str> = rule["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let here: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
    if here != required || here != described {
        wrong.push(format!("{at}: {here:?} are not the fields of the schema"));
    }
    for (name, field) in fields {
        fits(schema, &rule["properties"][name], field, &format!("{at}.{name}"), wrong);
    }
}
