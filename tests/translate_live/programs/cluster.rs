//! A cluster that has nothing but an API server, and an API server that has nothing but what a gateway controller asks for:
//! lists, watches in which nothing happens, and a place to write statuses to.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

use crate::message::Reader;

/// Where it listens.
pub const PORT: u16 = 8180;

/// Kinds, and what paths call them.
const KINDS: &[(&str, &str)] = &[
    ("BackendTLSPolicy", "backendtlspolicies"),
    ("ConfigMap", "configmaps"),
    ("EndpointSlice", "endpointslices"),
    ("GRPCRoute", "grpcroutes"),
    ("Gateway", "gateways"),
    ("GatewayClass", "gatewayclasses"),
    ("HTTPRoute", "httproutes"),
    ("Namespace", "namespaces"),
    ("ReferenceGrant", "referencegrants"),
    ("Secret", "secrets"),
    ("Service", "services"),
    ("TLSRoute", "tlsroutes"),
];

/// Statuses that were written, by `kind/name`.
pub type Statuses = Arc<Mutex<BTreeMap<String, Value>>>;

/// Starts it with these objects; they and it stay until the process ends.
///
/// # Panics
/// When an object has no kind that is known here, or no name.
pub fn start(mut objects: Vec<Value>) -> Statuses {
    objects.push(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}));
    for (n, object) in objects.iter_mut().enumerate() {
        let kind = object["kind"].as_str().unwrap_or("").to_owned();
        assert!(KINDS.iter().any(|(known, _)| *known == kind), "a kind that is not known here: {object}");
        fill_in(object, "", &kind);
        let metadata = &mut object["metadata"];
        assert!(metadata["name"].is_string(), "{kind} without a name");
        if metadata["namespace"].is_null() && !matches!(&*kind, "GatewayClass" | "Namespace") {
            metadata["namespace"] = json!("default");
        }
        metadata["uid"] = json!(format!("00000000-0000-0000-0000-{n:012}"));
        metadata["resourceVersion"] = json!("1");
        metadata["generation"] = json!(1);
        metadata["creationTimestamp"] = json!("2026-01-01T00:00:00Z");
    }
    let statuses = Statuses::default();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).unwrap();
    let (objects, written) = (Arc::new(objects), Arc::clone(&statuses));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (objects, written) = (Arc::clone(&objects), Arc::clone(&written));
            thread::spawn(move || serve(stream, &objects, &written));
        }
    });
    statuses
}

/// What an API server fills in where nothing is said: the kind, the path of an object in it, the field and its value.
const DEFAULTS: &[(&str, &str, &str, &str)] = &[
    ("EndpointSlice", "ports", "protocol", "\"TCP\""),
    ("Gateway", "spec.listeners", "allowedRoutes", "{\"namespaces\": {\"from\": \"Same\"}}"),
    ("Gateway", "spec.listeners.tls", "mode", "\"Terminate\""),
    ("Gateway", "spec.listeners.tls.certificateRefs", "group", "\"\""),
    ("Gateway", "spec.listeners.tls.certificateRefs", "kind", "\"Secret\""),
    ("HTTPRoute", "spec.parentRefs", "group", "\"gateway.networking.k8s.io\""),
    ("HTTPRoute", "spec.parentRefs", "kind", "\"Gateway\""),
    ("HTTPRoute", "spec.rules", "matches", "[{\"path\": {\"type\": \"PathPrefix\", \"value\": \"/\"}}]"),
    ("HTTPRoute", "spec.rules.matches", "path", "{\"type\": \"PathPrefix\", \"value\": \"/\"}"),
    ("HTTPRoute", "spec.rules.matches.path", "type", "\"PathPrefix\""),
    ("HTTPRoute", "spec.rules.matches.path", "value", "\"/\""),
    ("HTTPRoute", "spec.rules.matches.headers", "type", "\"Exact\""),
    ("HTTPRoute", "spec.rules.matches.queryParams", "type", "\"Exact\""),
    ("HTTPRoute", "spec.rules.filters.requestRedirect", "statusCode", "302"),
    ("HTTPRoute", "spec.rules.backendRefs", "group", "\"\""),
    ("HTTPRoute", "spec.rules.backendRefs", "kind", "\"Service\""),
    ("HTTPRoute", "spec.rules.backendRefs", "weight", "1"),
    ("Service", "spec.ports", "protocol", "\"TCP\""),
];

/// Fills in what is not said; a list adds nothing to the path.
fn fill_in(value: &mut Value, path: &str, kind: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| fill_in(item, path, kind)),
        Value::Object(fields) => {
            for (_, _, name, default) in DEFAULTS.iter().filter(|(of, at, ..)| *of == kind && *at == path) {
                fields.entry(*name).or_insert_with(|| serde_json::from_str(default).unwrap());
            }
            for (name, field) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                fill_in(field, &path, kind);
            }
        }
        _ => {}
    }
}

fn serve(mut stream: TcpStream, objects: &[Value], statuses: &Statuses) {
    let mut reader = Reader::new(stream.try_clone().unwrap());
    while let Ok(Some(head)) = reader.head() {
        let Ok(body) = reader.request_body(&head) else { return };
        let (method, target) = head.line.split_once(' ').unwrap_or_default();
        let (path, query) = target.split(' ').next().unwrap_or("").split_once('?').unwrap_or((target, ""));
        let path = path.split(' ').next().unwrap_or("");
        // A watch that begins with a list is not to be had; the client then lists and watches.
        if query.contains("watch=true") && !query.contains("sendInitialEvents=true") {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            let _ = reader.head();
            return;
        }
        let answer = match method {
            "PUT" | "PATCH" => written(path, &body, statuses),
            _ if query.contains("watch=true") => None,
            _ => got(path, objects),
        };
        if reply(&mut stream, answer).is_err() {
            return;
        }
    }
}

fn reply(stream: &mut TcpStream, answer: Option<Value>) -> std::io::Result<()> {
    let status = if answer.is_some() { "200 OK" } else { "404 Not Found" };
    let failure = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404});
    let body = answer.unwrap_or(failure).to_string();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all((head + &body).as_bytes())
}

/// A list of a kind, or one object: `/apis/GROUP/VERSION/[namespaces/NAMESPACE/]KINDS[/NAME]`.
fn got(path: &str, objects: &[Value]) -> Option<Value> {
    if path == "/version" {
        return Some(json!({"major": "1", "minor": "33", "gitVersion": "v1.33.0"}));
    }
    let (group, kinds, name) = parts(path)?;
    let kind = KINDS.iter().find(|(_, plural)| *plural == kinds).map_or("", |(kind, _)| kind);
    let mut own: Vec<&Value> =
        objects.iter().filter(|object| object["kind"] == kind && object["apiVersion"] == *group).collect();
    if let Some(name) = name {
        own.retain(|object| object["metadata"]["name"] == *name);
        return own.first().map(|object| (*object).clone());
    }
    Some(
        json!({"kind": format!("{kind}List"), "apiVersion": group, "metadata": {"resourceVersion": "1"}, "items": own}),
    )
}

fn written(path: &str, body: &[u8], statuses: &Statuses) -> Option<Value> {
    let object: Value = serde_json::from_slice(body).ok()?;
    let (_, kinds, name) = parts(path.strip_suffix("/status")?)?;
    statuses.lock().unwrap().insert(format!("{kinds}/{}", name?), object["status"].clone());
    Some(object)
}

/// `v1` or `GROUP/VERSION`, the kind's plural, and a name.
fn parts(path: &str) -> Option<(String, String, Option<String>)> {
    let (group, rest) = if let Some(rest) = path.strip_prefix("/api/") {
        rest.split_once('/')?
    } else {
        let path = path.strip_prefix("/apis/")?;
        let slash = path.match_indices('/').nth(1)?.0;
        (&path[..slash], &path[slash + 1..])
    };
    let mut words: Vec<&str> = rest.split('/').collect();
    if words.len() > 2 && words[0] == "namespaces" {
        words.drain(..2);
    }
    Some((group.to_owned(), words.first()?.to_string(), words.get(1).map(|name| (*name).to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read() {
        let read = |path: &str| {
            let (group, kinds, name) = parts(path).unwrap();
            format!("{group} {kinds} {}", name.unwrap_or_default())
        };
        assert_eq!(read("/api/v1/services"), "v1 services ");
        assert_eq!(read("/api/v1/namespaces"), "v1 namespaces ");
        assert_eq!(read("/apis/g.io/v1/gateways"), "g.io/v1 gateways ");
        assert_eq!(read("/apis/g.io/v1/namespaces/default/gateways/x"), "g.io/v1 gateways x");
        assert_eq!(read("/apis/g.io/v1/gatewayclasses/x"), "g.io/v1 gatewayclasses x");
        assert!(parts("/version").is_none());
    }
}
