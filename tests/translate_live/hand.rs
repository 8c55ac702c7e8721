//! The harness itself, on configurations written by hand: it sees no difference where there is none, the one that was
//! put in, and what each checker says.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::case::{Case, Request};
use tempfile::TempDir;

use crate::cases;
use crate::compare::Field;
use crate::judge::{against, misspelt};
use crate::play::{Act, apart, folder};

const SMALL: &str = "
upstream h {
    hash $request_uri;
    server 127.0.0.1:9101;
    server 127.0.0.1:9102 weight=3;
    server 127.0.0.1:9103;
}
server {
    listen 8000;
    server_name lb.test;
    location = /moved { return 301 https://other.test/here; }
    location /one/ { proxy_pass http://127.0.0.1:9101; proxy_set_header Host one.test; }
    location /h/ { proxy_pass http://h; proxy_set_header Host h.test; }
    location / { return 403; }
}
";

fn small() -> Case {
    let keys = (0..300).map(|n| Request::get(&format!("/h/{}", n * 7919)));
    Case::new("small", 3, SMALL)
        .send_all(["/moved", "/moved?x=1", "/one/", "/one/a?b=c", "/two", "/"].map(Request::get))
        .send(Request::post("/one/", "x=1").from(Ipv4Addr::new(127, 9, 9, 9)))
        .send_all(keys)
}

fn haproxy() -> TempDir {
    let text = "
defaults
  mode http
  timeout connect 60s
  timeout client 60s
  timeout server 60s
frontend f
  bind :8000
  http-request return status 403 if { path / }
  http-request redirect location https://other.test/here code 301 if { path /moved }
  use_backend one if { path_beg /one/ }
  use_backend h if { path_beg /h/ }
  default_backend none
backend none
  http-request return status 403
backend one
  http-request set-header Host one.test
  server a 127.0.0.1:9101
backend h
  http-request set-header Host h.test
  http-request set-var(txn.h) url,crc32,div(65536),and(32767),mod(5)
  use-server a if { var(txn.h) -m int lt 1 }
  use-server b if { var(txn.h) -m int 1:3 }
  use-server c if { var(txn.h) -m int 4 }
  server a 127.0.0.1:9101
  server b 127.0.0.1:9102
  server c 127.0.0.1:9103
";
    folder(&[("haproxy.cfg", text)])
}

fn envoy() -> TempDir {
    let cluster = |name: &str, port: u16| {
        format!(
            "  - {{name: {name}, connect_timeout: 60s, type: STATIC, load_assignment: {{cluster_name: {name}, endpoints: \
             [{{lb_endpoints: [{{endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}}}}}]}}]}}}}\n"
        )
    };
    let clusters = cluster("a", 9101) + &cluster("b", 9102) + &cluster("c", 9103);
    let text = r#"
static_resources:
  listeners:
  - address: {socket_address: {address: 0.0.0.0, port_value: 8000}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: s
          generate_request_id: false
          use_remote_address: false
          skip_xff_append: true
          route_config:
            request_headers_to_remove: [x-nginxlb-peer, x-forwarded-proto, x-request-id]
            virtual_hosts:
            - name: v
              domains: ["*"]
              routes:
              - {match: {path: /moved}, redirect: {host_redirect: other.test, path_redirect: /here, scheme_redirect: https, strip_query: true}}
              - {match: {prefix: /one/}, route: {cluster: a, host_rewrite_literal: one.test}}
              - {match: {prefix: /h/}, route: {cluster_header: x-nginxlb-peer, host_rewrite_literal: h.test}}
              - {match: {prefix: /}, direct_response: {status: 403}}
          http_filters:
          - name: lua
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
              default_source_code:
                inline_string: |
                  local bit = require("bit")
                  local function crc32(s)
                    local c = 0xffffffff
                    for i = 1, #s do
                      c = bit.bxor(c, s:byte(i))
                      for _ = 1, 8 do
                        c = bit.bxor(bit.rshift(c, 1), bit.band(0xedb88320, -bit.band(c, 1)))
                      end
                    end
                    return bit.band(bit.bnot(c), 0xffffffff)
                  end
                  function envoy_on_request(h)
                    local w = bit.band(bit.rshift(crc32(h:headers():get(":path")), 16), 0x7fff) % 5
                    h:headers():replace("x-nginxlb-peer", w < 1 and "a" or (w < 4 and "b" or "c"))
                  end
          - name: envoy.filters.http.router
            typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router, suppress_envoy_headers: true}
  clusters:
"#;
    folder(&[("envoy.yaml", &(text.to_owned() + &clusters))])
}

fn caddy() -> TempDir {
    let text = r#"{"apps": {"http": {"servers": {"s": {"listen": [":8000"], "automatic_https": {"disable": true}, "routes": [
        {"match": [{"path": ["/moved"]}], "terminal": true, "handle": [
            {"handler": "static_response", "status_code": 301, "headers": {"Location": ["https://other.test/here"]}}]},
        {"match": [{"path": ["/one/*"]}], "terminal": true, "handle": [
            {"handler": "reverse_proxy", "upstreams": [{"dial": "127.0.0.1:9101"}],
             "headers": {"request": {"set": {"Host": ["one.test"]},
                                     "delete": ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"]}}}]},
        {"match": [{"path": ["/h/*"]}], "terminal": true, "handle": [
            {"handler": "reverse_proxy", "load_balancing": {"selection_policy": {"policy": "uri_hash"}},
             "upstreams": [{"dial": "127.0.0.1:9101"}, {"dial": "127.0.0.1:9102"}, {"dial": "127.0.0.1:9103"}],
             "headers": {"request": {"set": {"Host": ["h.test"]}}}}]},
        {"handle": [{"handler": "static_response", "status_code": 403}]}
    ]}}}}}"#;
    folder(&[("caddy.json", text)])
}

fn traefik() -> TempDir {
    let text = r#"
http:
  routers:
    moved: {rule: "Path(`/moved`)", service: one, middlewares: [moved], priority: 40}
    one: {rule: "PathPrefix(`/one/`)", service: one, middlewares: [one], priority: 30}
    h: {rule: "PathPrefix(`/h/`)", service: h, priority: 20}
    none: {rule: "PathPrefix(`/`)", service: one, middlewares: [none], priority: 10}
  middlewares:
    moved: {redirectRegex: {regex: ".*", replacement: "https://other.test/here", permanent: true}}
    one: {headers: {customRequestHeaders: {Host: one.test}}}
    none: {ipAllowList: {sourceRange: [192.0.2.1/32]}}
  services:
    one: {loadBalancer: {servers: [{url: "http://127.0.0.1:9101"}]}}
    h: {loadBalancer: {strategy: hrw, servers: [{url: "http://127.0.0.1:9101"}, {url: "http://127.0.0.1:9102"}, {url: "http://127.0.0.1:9103"}]}}
"#;
    folder(&[("dynamic.yaml", text)])
}

/// How many requests differ in each field, after the checker was seen to look.
fn found(program: &str, files: &TempDir) -> BTreeMap<Field, usize> {
    let checks = |files: &TempDir| apart(program, files.path(), &small(), Act::Check).unwrap().checked;
    let checked = checks(files);
    assert!(checked.good, "{program}: {}", checked.text);
    let wrong = checks(&misspelt(program, files.path()));
    assert!(!wrong.good, "{program} takes a misspelt key");
    let mut counts = BTreeMap::new();
    for difference in against(&small(), program, files.path(), &[]).unwrap().untold {
        *counts.entry(difference.field).or_default() += 1;
    }
    counts
}

#[test]
fn haproxy_does_as_nginx() {
    assert_eq!(found("haproxy", &haproxy()), BTreeMap::new());
}

#[test]
fn envoy_does_as_nginx() {
    assert_eq!(found("envoy", &envoy()), BTreeMap::new());
}

/// It adds headers, and its hash is another.
#[test]
fn caddy_does_nearly_as_nginx() {
    let found = found("caddy", &caddy());
    let fields: Vec<Field> = found.keys().copied().collect();
    assert_eq!(fields, [Field::Peer, Field::Tries, Field::RequestHeaders, Field::Headers]);
    assert!((100..250).contains(&found[&Field::Peer]), "{found:?}");
    assert_eq!(found[&Field::Headers], 303, "`Via` in every answer of a backend");
}

/// It adds headers, and with one client its hash has one backend.
#[test]
fn traefik_does_nearly_as_nginx() {
    let found = found("traefik", &traefik());
    let fields: Vec<Field> = found.keys().copied().collect();
    assert_eq!(fields, [Field::Peer, Field::Tries, Field::Host, Field::RequestHeaders]);
    assert_eq!(found[&Field::Host], 300, "the routes with a hash set none");
}

/// What differs here would be the harness's own doing.
#[test]
fn nginx_does_as_nginx() {
    let full = std::env::var_os("NGINXLB_FULL").is_some();
    let cases = cases::chosen(full);
    for case in cases.iter().step_by(if full { 1 } else { 7 }) {
        let files = folder(&[("nginx.conf", &case.conf)]);
        let found = against(case, "nginx", files.path(), &[]).unwrap_or_else(|e| panic!("{}: {e}", case.name));
        assert_eq!(found.untold, [], "{}", case.name);
    }
}

fn gateway() -> TempDir {
    let text = r"
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: g}
spec:
  gatewayClassName: any
  listeners: [{name: p8000, port: 8000, protocol: HTTP}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r}
spec:
  parentRefs: [{name: g}]
  rules:
  - matches: [{path: {type: Exact, value: /moved}}]
    filters: [{type: RequestRedirect, requestRedirect: {scheme: https, hostname: other.test, statusCode: 301, path: {type: ReplaceFullPath, replaceFullPath: /here}}}]
  - matches: [{path: {type: PathPrefix, value: /one}}]
    filters: [{type: URLRewrite, urlRewrite: {hostname: one.test}}]
    backendRefs: [{name: a, port: 9101}]
  - matches: [{path: {type: PathPrefix, value: /h}}]
    filters: [{type: URLRewrite, urlRewrite: {hostname: h.test}}]
    backendRefs: [{name: a, port: 9101}, {name: b, port: 9102, weight: 3}, {name: c, port: 9103}]
";
    let mut text = text.to_owned();
    for (name, port) in [("a", 9101), ("b", 9102), ("c", 9103)] {
        text += &format!(
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{ports: [{{name: http, port: {port}}}]}}\n\
             ---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n\
             metadata: {{name: {name}, labels: {{kubernetes.io/service-name: {name}}}}}\naddressType: IPv4\n\
             endpoints: [{{addresses: [127.0.0.1], conditions: {{ready: true}}}}]\nports: [{{name: http, port: {port}, protocol: TCP}}]\n"
        );
    }
    folder(&[("gateway.yaml", &text)])
}

/// Nobody says 403, headers are added, and there are no hashes.
#[test]
fn a_gateway_does_nearly_as_nginx() {
    println!("{:?}", found("gateway", &gateway()));
}
