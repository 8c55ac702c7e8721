//! The Gateway API without Kubernetes: Traefik as the controller, and a made-up API server that hands it the emitted
//! objects. Good is what has no unknown field and what the controller gives only conditions that are True.
//!
//! All `.yaml` files are taken together. Classes need not be among them.

use std::path::PathBuf;
use std::process::Child;
use std::sync::{Mutex, OnceLock};

use serde_json::{Value, json};

use super::cluster::{self, Statuses};
use super::traefik::{complaints, ours};
use super::{Checked, Place, Program, Running};
use crate::common::oracle;

pub struct Gateway;

/// The statuses of the cluster of this process; a play has one.
static STATUSES: Mutex<Option<Statuses>> = Mutex::new(None);

const CONTROLLER: &str = "traefik.io/gateway-controller";

impl Program for Gateway {
    fn name(&self) -> &'static str {
        "gateway"
    }

    fn binary(&self) -> PathBuf {
        oracle::traefik()
    }

    fn check(&self, place: &Place) -> Checked {
        let _running = Running::start(self, place);
        self.opinion(place)
    }

    fn checks_by_running(&self) -> bool {
        true
    }

    fn opinion(&self, place: &Place) -> Checked {
        let objects = objects(place);
        let mut text: String = objects.iter().map(unknown_fields).collect();
        let statuses = STATUSES.lock().unwrap().as_ref().map(|statuses| statuses.lock().unwrap().clone());
        let statuses = statuses.unwrap_or_default();
        for object in objects {
            let plural = match object["kind"].as_str() {
                Some("Gateway") => "gateways",
                Some("HTTPRoute") => "httproutes",
                _ => continue,
            };
            let name = format!("{plural}/{}", object["metadata"]["name"].as_str().unwrap_or(""));
            let mut conditions = Vec::new();
            find_conditions(statuses.get(&name).unwrap_or(&Value::Null), &mut conditions);
            if conditions.is_empty() {
                text += &format!("{name} has no conditions\n");
            }
            let bad = conditions.iter().filter(|condition| condition["status"] != "True");
            text.extend(bad.map(|condition| format!("{name}: {condition}\n")));
        }
        Checked { good: text.is_empty(), text: text + &complaints(&place.said()) }
    }

    fn start(&self, place: &Place) -> Child {
        *STATUSES.lock().unwrap() = Some(cluster::start(with_classes(objects(place).to_vec())));
        let entry = |port: &u16| format!("  p{port}:\n    address: \":{port}\"\n");
        let entries: String = place.ports.iter().map(entry).collect();
        let text = format!(
            "entryPoints:\n{entries}providers:\n  kubernetesGateway:\n    endpoint: http://127.0.0.1:{}\n    token: x\n\
             api:\n  insecure: true\nglobal:\n  checkNewVersion: false\nlog:\n  level: INFO\n  noColor: true\n",
            cluster::PORT
        );
        let made = place.scratch.join("static.yaml");
        std::fs::write(&made, text).unwrap();
        let mut command = place.command(&self.binary());
        command.arg("--configFile").arg(made);
        place.spawn(command)
    }

    fn ready(&self, place: &Place) -> bool {
        // What is bad anyway may have no routers.
        let bad = objects(place).iter().any(|object| !unknown_fields(object).is_empty());
        bad || !ours("routers").is_empty() || !complaints(&place.said()).is_empty()
    }

    fn keys(&self) -> &'static [&'static str] {
        &["parentRefs", "backendRefs", "listeners"]
    }
}

/// What was emitted. A play has one configuration.
fn objects(place: &Place) -> &'static [Value] {
    static OBJECTS: OnceLock<Vec<Value>> = OnceLock::new();
    OBJECTS.get_or_init(|| {
        let entries = std::fs::read_dir(&place.files).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
        files.sort();
        let documents = files.iter().map(|path| serde_json::from_str::<Vec<Value>>(&oracle::yaml(path)).unwrap());
        documents.flatten().filter(|document| !document.is_null()).collect()
    })
}

/// The classes that gateways name are this controller's.
fn with_classes(mut objects: Vec<Value>) -> Vec<Value> {
    objects.retain(|object| object["kind"] != "GatewayClass");
    let mut classes: Vec<String> =
        objects.iter().filter_map(|object| Some(object["spec"]["gatewayClassName"].as_str()?.to_owned())).collect();
    classes.sort();
    classes.dedup();
    objects.extend(classes.into_iter().map(|name| {
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "GatewayClass",
            "metadata": {"name": name},
            "spec": {"controllerName": CONTROLLER},
        })
    }));
    objects
}

fn find_conditions(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| find_conditions(item, found)),
        Value::Object(fields) => {
            for (name, field) in fields {
                if name == "conditions" {
                    found.extend(field.as_array().into_iter().flatten().cloned());
                } else {
                    find_conditions(field, found);
                }
            }
        }
        _ => {}
    }
}

/// The fields of the standard channel that are known here, as paths; a list adds nothing to a path, `*` is any name.
const FIELDS: &[(&str, &[&str])] = &[
    (
        "Gateway",
        &[
            "spec.gatewayClassName",
            "spec.listeners.name",
            "spec.listeners.hostname",
            "spec.listeners.port",
            "spec.listeners.protocol",
            "spec.listeners.allowedRoutes.namespaces.from",
            "spec.listeners.allowedRoutes.kinds.kind",
            "spec.listeners.tls.mode",
            "spec.listeners.tls.certificateRefs.name",
            "spec.listeners.tls.certificateRefs.kind",
        ],
    ),
    ("GatewayClass", &["spec.controllerName", "spec.description"]),
    (
        "HTTPRoute",
        &[
            "spec.hostnames",
            "spec.parentRefs.name",
            "spec.parentRefs.kind",
            "spec.parentRefs.group",
            "spec.parentRefs.namespace",
            "spec.parentRefs.sectionName",
            "spec.parentRefs.port",
            "spec.rules.name",
            "spec.rules.matches.path.type",
            "spec.rules.matches.path.value",
            "spec.rules.matches.headers.type",
            "spec.rules.matches.headers.name",
            "spec.rules.matches.headers.value",
            "spec.rules.matches.queryParams.type",
            "spec.rules.matches.queryParams.name",
            "spec.rules.matches.queryParams.value",
            "spec.rules.matches.method",
            "spec.rules.filters.type",
            "spec.rules.filters.requestHeaderModifier.set.name",
            "spec.rules.filters.requestHeaderModifier.set.value",
            "spec.rules.filters.requestHeaderModifier.add.name",
            "spec.rules.filters.requestHeaderModifier.add.value",
            "spec.rules.filters.requestHeaderModifier.remove",
            "spec.rules.filters.responseHeaderModifier.set.name",
            "spec.rules.filters.responseHeaderModifier.set.value",
            "spec.rules.filters.responseHeaderModifier.add.name",
            "spec.rules.filters.responseHeaderModifier.add.value",
            "spec.rules.filters.responseHeaderModifier.remove",
            "spec.rules.filters.requestRedirect.scheme",
            "spec.rules.filters.requestRedirect.hostname",
            "spec.rules.filters.requestRedirect.path.type",
            "spec.rules.filters.requestRedirect.path.replaceFullPath",
            "spec.rules.filters.requestRedirect.path.replacePrefixMatch",
            "spec.rules.filters.requestRedirect.port",
            "spec.rules.filters.requestRedirect.statusCode",
            "spec.rules.filters.urlRewrite.hostname",
            "spec.rules.filters.urlRewrite.path.type",
            "spec.rules.filters.urlRewrite.path.replaceFullPath",
            "spec.rules.filters.urlRewrite.path.replacePrefixMatch",
            "spec.rules.filters.requestMirror.backendRef.name",
            "spec.rules.filters.requestMirror.backendRef.port",
            "spec.rules.backendRefs.name",
            "spec.rules.backendRefs.kind",
            "spec.rules.backendRefs.group",
            "spec.rules.backendRefs.namespace",
            "spec.rules.backendRefs.port",
            "spec.rules.backendRefs.weight",
            "spec.rules.backendRefs.filters.*",
            "spec.rules.timeouts.request",
            "spec.rules.timeouts.backendRequest",
        ],
    ),
    (
        "Service",
        &[
            "spec.type",
            "spec.clusterIP",
            "spec.externalName",
            "spec.ports.name",
            "spec.ports.port",
            "spec.ports.targetPort",
            "spec.ports.protocol",
            "spec.ports.appProtocol",
        ],
    ),
    (
        "EndpointSlice",
        &[
            "addressType",
            "endpoints.addresses",
            "endpoints.conditions.ready",
            "ports.name",
            "ports.port",
            "ports.protocol",
            "ports.appProtocol",
        ],
    ),
    ("Namespace", &[]),
    ("Secret", &["type", "data.*", "stringData.*"]),
];

const ALWAYS: &[&str] =
    &["apiVersion", "kind", "metadata.name", "metadata.namespace", "metadata.labels.*", "metadata.annotations.*"];

/// A line for each field that is not known.
fn unknown_fields(object: &Value) -> String {
    let kind = object["kind"].as_str().unwrap_or("");
    let Some((_, known)) = FIELDS.iter().find(|(known, _)| *known == kind) else {
        return format!("{kind}: a kind that is not known here\n");
    };
    let known: Vec<&str> = known.iter().chain(ALWAYS).copied().collect();
    let mut paths = Vec::new();
    leaves(object, "", &mut paths);
    let is_known = |path: &str| {
        known.iter().any(|known| *known == path || known.strip_suffix('*').is_some_and(|start| path.starts_with(start)))
    };
    paths.iter().filter(|path| !is_known(path)).map(|path| format!("{kind}: unknown field {path}\n")).collect()
}

fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                leaves(field, &path, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(item, path, found)),
        _ => found.push(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_not_known_is_told() {
        let route = json!({
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "HTTPRoute",
            "metadata": {"name": "x", "labels": {"any": "y"}},
            "spec": {"rules": [{"matches": [{"path": {"type": "Exact", "valeu": "/"}}]}]},
        });
        assert_eq!(unknown_fields(&route), "HTTPRoute: unknown field spec.rules.matches.path.valeu\n");
    }
}
