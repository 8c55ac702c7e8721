//! What becomes of small configurations, between any two versions.

use crate::config::{NoHost, Options, Surroundings, compile};
use crate::modules::Target;
use crate::syntax::{Files, NoFiles, ReadError, SURROUNDINGS_PATH, Sources};
use crate::translate::targets::{Ask, named};
use crate::translate::{Class, Translation, translate};

fn translated(sources: &Sources, from: &str, to: &str) -> Translation {
    let mut target = Target::parse(from).unwrap();
    target.add_third_party("lua").unwrap();
    let compiled = compile(sources, &target, &NoHost, Options::default());
    let stops = compiled.diagnostics.iter().find(|one| one.level.stops());
    assert!(stops.is_none(), "{stops:?}");
    let ask = Ask { version: Some(to.to_owned()), folder: String::new() };
    translate(&compiled.config, sources, &target, (named("nginx").unwrap(), &ask), &[]).unwrap()
}

/// The output for the inside of `http`, and the codes of what is not exact.
fn http(from: &str, to: &str, body: &str) -> (String, Vec<String>) {
    let sources = Sources::from_text("nginx.conf", format!("events {{}}\nhttp {{\n{body}\n}}\n"), "", &NoFiles);
    let translation = translated(&sources, from, to);
    let told = translation.entries.iter().filter(|entry| entry.class > Class::DroppedHarmless);
    let codes = told.map(|entry| entry.code.trim_start_matches("nginx/").to_owned());
    let codes: Vec<String> = codes.filter(|code| code != "max-headers").collect();
    (translation.files[0].text.clone(), codes)
}

/// The output has these lines, in this order, and the report these codes.
fn check(from: &str, to: &str, body: &str, lines: &[&str], codes: &[&str]) {
    let (text, told) = http(from, to, body);
    let mut rest = text.lines().map(str::trim);
    for line in lines {
        assert!(rest.any(|own| own == *line), "no {line:?} in its place:\n{text}");
    }
    assert_eq!(told, codes, "{text}");
}

const NEW: &str = "nginx@1.31.3";
const OLD: &str = "nginx@1.22.1";

#[test]
fn what_is_the_same_stays_word_for_word() {
    let body = "map $host $x { hostnames; default \"a b\"; '' c; }\n    if_modified_since before; # why\n\n    \
                server {\n        if ($x = \"c\") {\n            return 404;\n        }\n    }";
    let (text, codes) = http(NEW, "1.31.3", body);
    let wanted = "events {}\n\nhttp {\n    map $host $x {\n        hostnames;\n        default \"a b\";\n        '' c;\n    }\n    \
                  if_modified_since before;  # why\n\n    server {\n        if ($x = \"c\") {\n            return 404;\n        }\n    }\n}\n";
    assert_eq!(text.replace("events {}\nhttp", "events {}\n\nhttp"), wanted);
    assert_eq!(codes, [""; 0]);
}

#[test]
fn keeping_connections_is_made_explicit_and_back() {
    let body = "upstream u { server 127.0.0.1:1; } server { location / { proxy_pass http://u; } }";
    let lines = ["proxy_set_header Connection \"\";", "proxy_http_version 1.1;", "keepalive 32;"];
    check(NEW, "1.22.1", body, &lines, &[]);
    let lines = ["proxy_set_header Connection close;", "proxy_http_version 1.0;", "keepalive 0;"];
    check(OLD, "1.31.3", body, &lines, &[]);
    let explicit =
        "proxy_http_version 1.1; proxy_set_header Connection x; upstream u { server 127.0.0.1:1; keepalive 5; }
        server { location / { proxy_pass http://u; } }";
    for (from, to) in [(NEW, "1.22.1"), (OLD, "1.31.3")] {
        let (text, _) = http(from, to, explicit);
        assert_eq!(text.matches("keepalive 5;").count() + text.matches("Connection x;").count(), 2);
        assert_eq!(text.matches("proxy_set_header Connection").count(), 1, "{text}");
    }
}

#[test]
fn defaults_that_changed_are_written_down() {
    let tls = "server { listen 443 ssl; ssl_certificate a; ssl_certificate_key b; }";
    check(OLD, "1.31.3", tls, &["ssl_protocols TLSv1 TLSv1.1 TLSv1.2;"], &[]);
    check("nginx@1.25.1", "1.27.2", tls, &[], &[]);
    check("nginx@1.18.0", "1.20.0", "server { listen 80; }", &["keepalive_time 365d;", "keepalive_requests 100;"], &[]);
    let pass = "server { location / { proxy_pass http://127.0.0.1:1; } }";
    let lines = ["proxy_next_upstream error timeout non_idempotent;"];
    check("nginx@1.9.12", "1.22.1", pass, &lines, &[]);
    check(OLD, "1.9.12", pass, &[], &["tried-again"]);
}

#[test]
fn what_guards_is_refused() {
    check(
        "plus@r37",
        "1.31.3",
        "auth_jwt x; auth_jwt_key_file y;",
        &[],
        &["refused/auth_jwt", "dropped-behaviour/auth_jwt_key_file"],
    );
    check(
        NEW,
        "1.19.3",
        "server { listen 443 ssl; ssl_reject_handshake on; }",
        &[],
        &["lost-block", "dropped-behaviour/listen", "refused/ssl_reject_handshake"],
    );
    let variable = "server { if ($ssl_sigalg = x) { return 404; } }";
    check(NEW, "1.22.1", variable, &["# dropped: if ($ssl_sigalg = x) {"], &["lost-block", "dropped-behaviour/return"]);
}

#[test]
fn what_answers_is_answered_for() {
    let body = "server { location / { grpc_pass grpc://127.0.0.1:1; } }";
    check(NEW, "1.13.9", body, &["# dropped: grpc_pass grpc://127.0.0.1:1;", "return 502;"], &["handler"]);
}

#[test]
fn a_group_without_servers_gets_one_that_is_never_asked() {
    let body = "upstream u { zone z 64k; resolver 127.0.0.1; server a.test service=http resolve; }
        server { location / { proxy_pass http://u; } }";
    let lines = ["# dropped: server a.test service=http resolve;", "server 127.0.0.1:9 down;"];
    check(NEW, "1.22.1", body, &lines, &["no-servers", "resolve-once", "service"]);
}

#[test]
fn an_emergency_server_does_not_become_a_usual_one() {
    let body = "upstream u { server 127.0.0.1:1 backup slow_start=5s; server 127.0.0.1:2; least_time header; }";
    let lines = ["server 127.0.0.1:1 backup;  # dropped: slow_start=5s", "least_conn;"];
    check("plus@r37", "1.22.1", body, &lines, &["slow-start-lost", "least-time-conn"]);
    let body = "upstream u { least_time header; server 127.0.0.1:1 backup; server 127.0.0.1:2; }";
    check("plus@r37", "1.7.4", body, &["least_conn;", "server 127.0.0.1:1 backup;"], &["least-time-conn"]);
}

#[test]
fn code_of_other_languages_stays_as_it_is() {
    let body = "server { location / { content_by_lua_block {\n  ngx.say(\"}\") -- x\n} } }";
    let (text, _) = http(NEW, "1.22.1", body);
    assert!(text.contains("content_by_lua_block {\n  ngx.say(\"}\") -- x\n}\n"), "{text}");
}

#[test]
fn http2_is_a_parameter_or_a_directive() {
    let tls = "ssl_certificate a; ssl_certificate_key b;";
    let on = format!("server {{ listen 443 ssl; http2 on; {tls} }} server {{ listen 444 ssl; {tls} }}");
    check(NEW, "1.25.0", &on, &["listen 443 ssl http2;", "listen 444 ssl;"], &[]);
    let shared =
        format!("server {{ listen 443 ssl; http2 on; {tls} }} server {{ listen 443 ssl; server_name b; {tls} }}");
    check(NEW, "1.25.0", &shared, &["listen 443 ssl http2;", "listen 443 ssl;"], &["http2-shared"]);
    check(NEW, "1.25.0", "server { listen 80 http2; }", &["listen 80;  # dropped: http2"], &["http2-plain"]);
    check(NEW, "1.25.0", "http2 on; server { listen 80; }", &["listen 80;"], &["http2-plain"]);
    let parameter = format!("server {{ listen 443 ssl http2; listen 80; {tls} }}");
    check("nginx@1.25.0", "1.25.1", &parameter, &["listen 443 ssl http2;"], &[]);
    let parameter = format!("server {{ listen 443 ssl http2; {tls} }} server {{ listen 443; server_name b; }}");
    check("nginx@1.25.0", "1.25.1", &parameter, &["listen 443 ssl;", "http2 on;", "listen 443;", "http2 on;"], &[]);
}

#[test]
fn what_was_to_be_written_and_is_not_taken_is_told() {
    let body = "upstream u { server 127.0.0.1:1; } server { location / { proxy_pass http://u; } }";
    let (text, told) = http(NEW, "1.0.15", body);
    assert!(text.contains("# dropped: keepalive 32;") && text.contains("# dropped: proxy_http_version 1.1;"), "{text}");
    assert!(told.iter().filter(|code| *code == "removed").count() == 2, "{told:?}");
}

struct Fragment(&'static str);

impl Files for Fragment {
    fn read(&self, _: &str) -> Result<Vec<u8>, ReadError> {
        Ok(self.0.as_bytes().to_vec())
    }

    fn glob(&self, _: &str) -> Result<Vec<String>, ReadError> {
        Ok(Vec::new())
    }
}

#[test]
fn a_fragment_has_its_defaults_with_it() {
    let cases = [
        (
            "http",
            "upstream u { server 127.0.0.1:1; } server { location / { proxy_pass http://u; } }",
            "upstream u {\n    server 127.0.0.1:1;\n    keepalive 32;\n}\nserver {\n    proxy_set_header Connection \"\";\n    \
             proxy_http_version 1.1;\n    location / {\n        proxy_pass http://u;\n    }\n}\n",
        ),
        (
            "location",
            "proxy_pass http://127.0.0.1:1;",
            "proxy_set_header Connection \"\";\nproxy_http_version 1.1;\nproxy_pass http://127.0.0.1:1;\n",
        ),
    ];
    for (context, text, wanted) in cases {
        let around = Surroundings::named(context).unwrap().wrap("/x").unwrap();
        let sources = Sources::from_text(SURROUNDINGS_PATH, around, "", &Fragment(text));
        let translation = translated(&sources, "nginx@1.30.1", "1.22.1");
        assert_eq!(translation.files[0].text, wanted);
    }
}
