//! Parts of the output. The tests with the real program show what it does.

use super::EMITTER;
use crate::config::{NoHost, Options, compile};
use crate::modules::{Target, Version};
use crate::syntax::{NoFiles, Sources};
use crate::translate::targets::Ask;
use crate::translate::{Class, Translation, translate};

fn translated(http: &str) -> Translation {
    let text = format!("events {{}}\nhttp {{\n{http}\n}}\n");
    let sources = Sources::from_text("nginx.conf", text, "", &NoFiles);
    let target = Target::mainline(Version::NEWEST);
    let compiled = compile(&sources, &target, &NoHost, Options::default());
    assert!(compiled.diagnostics.iter().all(|fault| !fault.level.stops()), "{:?}", compiled.diagnostics);
    let ask = Ask { folder: "/etc/traefik/".to_owned(), ..Ask::default() };
    translate(&compiled.config, &sources, &target, (&EMITTER, &ask), &[]).unwrap()
}

fn dynamic(http: &str) -> String {
    let translation = translated(http);
    assert_eq!(translation.files[1].path, "dynamic.yaml");
    translation.files[1].text.clone()
}

#[test]
fn the_static_part_names_the_dynamic_one() {
    let text = &translated("server { listen 8000; return 204; }").files[0].text;
    assert!(text.contains("filename: \"/etc/traefik/dynamic.yaml\""), "{text}");
    assert!(text.contains("address: \"0.0.0.0:8000\""), "{text}");
}

#[test]
fn the_first_rule_of_access_decides() {
    let rules = "allow 10.0.0.1; deny 10.0.0.0/8; allow 10.1.0.0/16; allow 192.0.2.0/24; deny all;";
    let text = dynamic(&format!("server {{ listen 8000; location / {{ {rules} proxy_pass http://10.9.9.9; }} }}"));
    let wanted = "PathPrefix(`/`) && (ClientIP(`10.0.0.1/32`) || (!ClientIP(`10.0.0.0/8`) && \
                  (ClientIP(`10.1.0.0/16`) || ClientIP(`192.0.2.0/24`))))\"";
    assert!(text.contains(wanted), "{text}");
    assert!(text.contains("rejectStatusCode: 403"), "{text}");
}

#[test]
fn texts_are_quoted_for_the_rules() {
    let text = dynamic("server { listen 8000; location \"/a`\\\"b\" { return 204; } }");
    assert!(text.contains(r#"rule: "PathPrefix(\"/a`\\\"b\")""#), "{text}");
}

#[test]
fn a_secret_path_is_not_reached_by_an_encoded_slash() {
    let guarded = "server { listen 8000; location /a/ { deny all; } location / { proxy_pass http://10.9.9.9; } }";
    let open = "server { listen 8000; location / { proxy_pass http://10.9.9.9; } }";
    let forbids = |http: &str| translated(http).files[0].text.contains("allowEncodedSlash: false");
    assert!(forbids(guarded));
    assert!(!forbids(open));
}

#[test]
fn what_keeps_out_is_refused_and_not_let_through() {
    for http in [
        "server { listen 8000; location ~ ^/(?!a) { deny all; } }",
        "server { listen 8000; auth_request /f; location / { proxy_pass http://10.0.0.1; } }",
        "server { listen 8000; if ($http_x ~ (?!a)b) { return 403; } location / { proxy_pass http://10.0.0.1; } }",
        "limit_req_zone $request_uri zone=z:1m rate=1r/s;\nserver { listen 8000; limit_req zone=z; \
         location / { proxy_pass http://10.0.0.1; } }",
    ] {
        assert_eq!(translated(http).worst(), Class::Refused, "{http}");
    }
}
