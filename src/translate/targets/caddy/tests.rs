//! Parts of the output. The tests with the real program show what it does.

use serde_json::{Value, json};

use super::EMITTER;
use crate::config::{NoHost, Options, compile};
use crate::modules::{Target, Version};
use crate::syntax::{NoFiles, Sources};
use crate::translate::targets::Ask;
use crate::translate::{Translation, translate};

fn translated(http: &str) -> Translation {
    let text = format!("events {{}}\nhttp {{\n{http}\n}}\n");
    let sources = Sources::from_text("nginx.conf", text, "", &NoFiles);
    let target = Target::mainline(Version::NEWEST);
    let compiled = compile(&sources, &target, &NoHost, Options::default());
    assert!(compiled.diagnostics.iter().all(|fault| !fault.level.stops()), "{:?}", compiled.diagnostics);
    translate(&compiled.config, &sources, &target, (&EMITTER, &Ask::default()), &[]).unwrap()
}

fn server(http: &str) -> Value {
    let json: Value = serde_json::from_str(&translated(http).files[0].text).unwrap();
    json["apps"]["http"]["servers"]["srv0"].clone()
}

/// All values under this name, wherever they stand.
fn found(value: &Value, name: &str, into: &mut Vec<Value>) {
    match value {
        Value::Object(entries) => {
            into.extend(entries.get(name).cloned());
            entries.values().for_each(|value| found(value, name, into));
        }
        Value::Array(values) => values.iter().for_each(|value| found(value, name, into)),
        _ => {}
    }
}

fn all(value: &Value, name: &str) -> Vec<Value> {
    let mut values = Vec::new();
    found(value, name, &mut values);
    values
}

const PASS: &str = "server { listen 8000; location / { proxy_pass http://u; } }";

#[test]
fn weights_are_weights() {
    let http = format!("upstream u {{ server 10.0.0.1 weight=5; server 10.0.0.2; server 10.0.0.3 down; }}\n{PASS}");
    let server = server(&http);
    let policy = json!({"policy": "weighted_round_robin", "weights": [5, 1]});
    assert_eq!(all(&server, "selection_policy"), [policy]);
    assert_eq!(all(&server, "dial"), ["10.0.0.1:80", "10.0.0.2:80"]);
    assert_eq!(all(&server, "max_requests"), [] as [Value; 0]);
}

#[test]
fn a_backup_has_a_proxy_of_its_own() {
    let server = server(&format!("upstream u {{ server 10.0.0.1; server 10.0.0.2 backup; }}\n{PASS}"));
    let upstreams = all(&server, "upstreams");
    assert_eq!(upstreams, [json!([{"dial": "10.0.0.2:80"}]), json!([{"dial": "10.0.0.1:80"}])]);
}

#[test]
fn braces_are_no_placeholders() {
    let server = server("server { listen 8000; location / { return 200 \"{env.HOME} $request_method\"; } }");
    assert_eq!(all(&server, "body"), ["\\{env.HOME} {http.request.method}"]);
}

#[test]
fn what_keeps_out_is_refused_and_not_let_through() {
    for http in [
        "server { listen 8000; location ~ ^/(?!a) { deny all; } }",
        "server { listen 8000; auth_basic x; auth_basic_user_file /f; location / { proxy_pass http://10.0.0.1; } }",
        "server { listen 8000; if ($http_x ~ (?!a)b) { return 403; } location / { proxy_pass http://10.0.0.1; } }",
    ] {
        assert_eq!(translated(http).worst(), crate::translate::Class::Refused, "{http}");
    }
}

#[test]
fn addresses_that_are_alike_are_one_server() {
    let text = &translated("server { listen 8000; listen [::]:8000; listen 8001; return 204; }").files[0].text;
    let json: Value = serde_json::from_str(text).unwrap();
    let listens = all(&json, "listen");
    assert_eq!(listens, [json!(["0.0.0.0:8000", "tcp6/[::]:8000"]), json!(["0.0.0.0:8001"])]);
}
