//! Away from ingress-nginx: what the controller generated, translated, in a cluster where its Services are.

use std::path::Path;

use crate::case::{Case, Observed, Request, Seen};
use crate::play::{Act, Played, apart};
use crate::translate::translate;
use crate::{cases, judge};

const GENERATED: &str = include_str!("../../testdata/translate/gateway-api/ingress-nginx.conf");
const CERTIFICATE: &[u8] = include_bytes!("../../testdata/tls/end.crt");
const KEY: &[u8] = include_bytes!("../../testdata/tls/end.key");

/// Namespaces, names and ports of the Services that the configuration is about, and the ports of backends.
const SERVICES: &[(&str, &str, u16, u16)] =
    &[("shop", "api", 8080, 9101), ("shop", "web", 80, 9102), ("tenants", "files", 80, 9103)];
const SECRETS: &[&str] = &["default-tls", "example-com-tls", "shop-example-com-tls", "tenants-example-com-tls"];

/// What is in the cluster already.
fn cluster(services: &[(&str, &str, u16, u16)]) -> String {
    let mut text = String::new();
    for namespace in ["ingress-nginx", "shop", "tenants"] {
        text += &format!("---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {namespace}}}\n");
    }
    for (namespace, name, port, target) in services {
        text += &format!(
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: {namespace}}}\n\
             spec: {{ports: [{{name: web, port: {port}}}]}}\n\
             ---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n\
             metadata: {{name: {name}, namespace: {namespace}, labels: {{kubernetes.io/service-name: {name}}}}}\n\
             addressType: IPv4\nendpoints: [{{addresses: [127.0.0.1], conditions: {{ready: true}}}}]\n\
             ports: [{{name: web, port: {target}, protocol: TCP}}]\n"
        );
    }
    let (certificate, key) = (base64(CERTIFICATE), base64(KEY));
    for name in SECRETS {
        text += &format!(
            "---\napiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\n\
             metadata: {{name: {name}, namespace: ingress-nginx}}\n\
             data: {{tls.crt: {certificate}, tls.key: {key}}}\n"
        );
    }
    text
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let number = (0..3).fold(0, |sum, at| sum << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
        let digit = |at: usize| {
            if at <= three.len() { char::from(DIGITS[((number >> (18 - 6 * at)) & 63) as usize]) } else { '=' }
        };
        (0..4).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

fn played(files: &Path, services: &[(&str, &str, u16, u16)], requests: &[Request]) -> Played {
    std::fs::write(files.join("cluster.yaml"), cluster(services)).unwrap();
    let mut case = Case::new("ingress-nginx", 3, "").send_all(requests.iter().cloned());
    case.ports = vec![80, 443];
    apart("gateway", files, &case, Act::Play).unwrap()
}

fn request(host: &str, target: &str) -> Request {
    Request { port: 80, ..Request::get(target).host(host) }
}

#[test]
fn the_services_of_ingresses_get_their_requests() {
    let translation = translate(GENERATED, "gateway-api").unwrap();
    assert_eq!(translation.refused, [""; 0]);
    let wanted = [
        ("shop.example.com", "/api/v1/items?x=1", 200, "a GET /v1/items?x=1"),
        ("shop.example.com", "/api", 200, "a GET /"),
        ("shop.example.com", "/apis", 200, "b GET /apis"),
        ("www.example.com", "/", 200, "b GET /"),
        ("one.tenants.example.com", "/files", 200, "c GET /files"),
        ("two.tenants.example.com", "/files/a/b", 200, "c GET /files/a/b"),
        ("two.tenants.example.com", "/filesystem", 404, ""),
        ("nowhere.example.com", "/", 404, ""),
        ("example.com", "/x?y=1", 308, ""),
    ];
    let requests: Vec<Request> = wanted.iter().map(|(host, target, ..)| request(host, target)).collect();
    let played = played(&translation.files(), SERVICES, &requests);
    assert!(played.checked.good, "{}", played.checked.text);
    for ((host, target, status, seen), observed) in wanted.iter().zip(&played.observed) {
        assert_eq!((observed.status, told(observed)), (*status, (*seen).to_owned()), "{host}{target}");
        let sent = observed.tries.iter().map(|seen| seen.header("Host"));
        assert!(sent.eq(observed.tries.iter().map(|_| Some(*host))), "{host}{target}");
        let framed = observed.header("x-frame-options");
        let location = (*status == 308).then_some("http://www.example.com/x?y=1");
        assert_eq!(observed.header("location"), location, "{host}{target}");
        assert_eq!(framed, (*status != 404).then_some("DENY"), "{host}{target}");
    }
}

fn told(observed: &Observed) -> String {
    let line = |seen: &Seen| format!("{} {}", seen.peer, seen.line.trim_end_matches(" HTTP/1.1"));
    observed.tries.iter().map(line).collect::<Vec<_>>().join(", ")
}

/// `Host` and headers with fixed values, which entries of the report about other headers would excuse.
#[test]
fn the_host_and_fixed_headers_are_equal() {
    for case in cases::gateway::cases() {
        let translation = translate(&case.conf, "gateway-api").unwrap();
        let target = apart("gateway", &translation.files(), &case, Act::Play).unwrap().observed;
        let seen = |observed: &[Observed]| {
            let header = |seen: &Seen, name: &str| seen.header(name).map(str::to_owned);
            let of = |seen: &Seen| (seen.line.clone(), header(seen, "Host"), header(seen, "X-Fixed"));
            observed.iter().map(|observed| observed.tries.iter().map(of).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        assert_eq!(seen(&target), seen(&judge::nginx(&case).unwrap()), "{}", case.name);
    }
}

#[test]
fn a_service_that_is_missing_shows_in_the_conditions() {
    let translation = translate(GENERATED, "gateway-api").unwrap();
    let played = played(&translation.files(), &SERVICES[1..], &[]);
    assert!(played.checked.text.contains("BackendNotFound"), "{}", played.checked.text);
}
