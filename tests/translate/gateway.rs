//! The Gateway API, by the fields and rules of its definitions. That a controller takes the documents, with all conditions
//! True, is seen in `translate_live`.

use std::path::Path;

use serde_json::Value;

use crate::common::oracle;
use crate::{Golden, Said, golden, random};

#[path = "../translate_live/programs/schema.rs"]
mod schema;

const GATEWAY: Golden = Golden { to: "gateway-api", check, keys: &["parentRefs", "backendRefs", "listeners"] };

fn check(folder: &Path) -> Said {
    let documents: Vec<Value> = serde_json::from_str(&oracle::yaml(&folder.join("gateway.yaml"))).unwrap();
    let text: String = documents.iter().map(schema::faults).collect();
    Said { good: text.is_empty(), text }
}

#[test]
fn gateway_api() {
    golden::require(&GATEWAY);
}

#[test]
fn at_random() {
    random::require(&GATEWAY);
}
