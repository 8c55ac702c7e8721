//! The Gateway API without Kubernetes: Traefik as the controller, and a made-up API server that hands it the emitted
//! objects. Good is what has no unknown field and what the controller gives only conditions that are True.
//!
//! All `.yaml` files are taken together. Classes need not be among them.

use std::path::PathBuf;
use std::process::Child;
use std::sync::{Mutex, OnceLock};

use serde_json::{Value, json};

use super::cluster::{self, Statuses};
use super::schema;
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
        let mut text: String = objects.iter().map(schema::faults).collect();
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
        let bad = objects(place).iter().any(|object| !schema::faults(object).is_empty());
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
