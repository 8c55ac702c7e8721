//! What says no before a backend is asked: sizes of bodies, rates, addresses.

use super::passing::note_maps;
use super::routes::Draft;
use super::text::Scene;
use super::{Cx, can, duration, number, typed};
use crate::config::cidr::Cidr;
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Rate, Route};
use crate::translate::subject::SubjectId;

/// The size of bodies where nothing is said.
pub const DEFAULT_BODY: u64 = 1 << 20;

/// One rate that is limited: its zone, and how it is exceeded.
pub struct Limit {
    zone: SubjectId,
    rate: Rate,
    from: SubjectId,
}

/// `client_max_body_size`: where it is another one than that of the listener.
pub fn body(cx: &mut Cx, route: &Route, draft: &mut Draft) {
    let given = &route.policy.max_body;
    let most = u64::from(u32::MAX);
    cx.note(given.from, if given.value > most { &can::BODY_SIZE_HUGE } else { &can::BODY_SIZE });
    cx.front.statuses.insert(413);
    match given.value {
        DEFAULT_BODY => {}
        0 => disable(draft, given.from),
        size => {
            let size = [("max_request_bytes", number(size.min(most)))];
            let entries = [("buffer", map(size))];
            let own = typed("envoy.extensions.filters.http.buffer.v3.BufferPerRoute", entries);
            draft.filters.put("envoy.filters.http.buffer", own.of(given.from));
        }
    }
}

/// No body is read first: the request may become a tunnel.
pub fn no_body(cx: &mut Cx, route: &Route, draft: &mut Draft) {
    cx.note(route.policy.max_body.from, &can::BODY_SIZE_UPGRADE);
    draft.filters = MapOf::default();
    disable(draft, route.policy.max_body.from);
    access(cx, route, draft);
}

/// The same where nginx answers without reading the body: it looks at `Content-Length`, once it has a location.
pub fn unread_body(route: &Route, draft: &mut Draft) {
    let given = &route.policy.max_body;
    draft.filters = MapOf::default();
    disable(draft, given.from);
    if given.value > 0 && !route.test.is_rest {
        draft.metadata.put("longest", number(given.value).of(given.from));
    }
}

fn disable(draft: &mut Draft, from: SubjectId) {
    let entries = [("disabled", Node::from(true))];
    let own = typed("envoy.extensions.filters.http.buffer.v3.BufferPerRoute", entries);
    draft.filters.put("envoy.filters.http.buffer", own.of(from));
}

/// Rates, connections and addresses. nginx does not look at them where it answers by `return`.
pub fn apply(cx: &mut Cx, route: &Route, scene: &Scene, draft: &mut Draft) {
    for given in &route.policy.connections {
        cx.note(given.from, &can::LIMIT_CONN);
        cx.note(given.value.zone, &can::LIMIT_CONN);
        cx.note_all(route.scope, "limit_conn_status", &can::LIMIT_CONN_STATUS);
    }
    rates(cx, route, scene, draft);
    access(cx, route, draft);
    for (name, more) in [("auth_basic", "auth_basic_user_file"), ("auth_request", "auth_request_set")] {
        let Some(setting) = cx.model.config.effective(route.scope, name) else { continue };
        let said = if setting.arg(1) == "off" { &can::AUTH_OFF } else { &can::AUTH };
        cx.note_all(route.scope, name, said);
        cx.note_all(route.scope, more, said);
    }
    cx.note_all(route.scope, "error_page", &can::ERROR_PAGE);
    for name in ["default_type", "types"] {
        cx.note_all(route.scope, name, &can::TYPES);
    }
}

fn rates(cx: &mut Cx, route: &Route, scene: &Scene, draft: &mut Draft) {
    let mut numbers = Vec::new();
    for given in &route.policy.rates {
        let rate = &given.value;
        let Some(key) = scene.expression(&rate.key) else {
            cx.note(given.from, &can::LIMIT_REQ_KEY);
            cx.note(rate.zone, &can::LIMIT_REQ_KEY);
            continue;
        };
        note_maps(cx, &rate.key);
        let waits = rate.burst > 0 && rate.delay < rate.burst;
        cx.note(given.from, if waits { &can::LIMIT_REQ_DELAY } else { &can::LIMIT_REQ });
        cx.note(rate.zone, &can::LIMIT_REQ);
        cx.note_all(route.scope, "limit_req_status", &can::LIMIT_REQ_STATUS);
        cx.front.statuses.insert(rate.status as u16);
        let known = cx.front.limits.iter().position(|own| own.zone == rate.zone && own.rate == *rate);
        let number = known.unwrap_or_else(|| {
            cx.front.limits.push(Limit { zone: rate.zone, rate: rate.clone(), from: given.from });
            cx.front.limits.len() - 1
        });
        // The bytes of an address are written down, for a key is a text.
        let key = key.replace("packed(request)", "address(request)");
        cx.front.script.limits.insert(number, key);
        numbers.push(Node::from(number as i64));
    }
    if !numbers.is_empty() {
        draft.metadata.put("limits", list(numbers));
    }
}

/// A filter for each rate: a bucket for each key, full at first, that fills one by one.
pub fn rate_filters(cx: &Cx) -> Vec<Node> {
    let filter = |(n, limit): (usize, &Limit)| {
        let name = format!("limit-{n}");
        let path = list([map([("key", Node::from(&*name))])]);
        let key = map([("key", Node::from("nginxlb")), ("path", path)]);
        let action = map([
            ("descriptor_key", Node::from("key")),
            ("metadata_key", key),
            ("source", Node::from("DYNAMIC")),
            ("skip_if_absent", Node::from(true)),
        ]);
        let actions = list([map([("metadata", action)])]);
        let all = map([("numerator", Node::from(100_i64)), ("denominator", Node::from("HUNDRED"))]);
        let on = map([("default_value", all), ("runtime_key", Node::from("none"))]);
        let rate = limit.rate.rate.max(1) as u64;
        // Envoy fills a bucket every 50 ms at most.
        let tokens = (rate * 50).div_ceil(1_000_000).max(1);
        let bucket = |most: u64, tokens: u64, time: Node| {
            map([("max_tokens", number(most)), ("tokens_per_fill", number(tokens)), ("fill_interval", time)])
        };
        let own = bucket((limit.rate.burst / 1000) as u64 + 1, tokens, duration((tokens * 1_000_000).div_ceil(rate)));
        let entry = list([map([("key", Node::from("key"))])]);
        let descriptor = map([("entries", entry), ("token_bucket", own)]).of(limit.from);
        let without_key = u64::from(u32::MAX);
        let config = typed(
            "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
            [
                ("stat_prefix", Node::from(&*name)),
                ("status", map([("code", number(limit.rate.status))])),
                ("token_bucket", bucket(without_key, without_key, duration(1000))),
                ("always_consume_default_token_bucket", Node::from(false)),
                ("filter_enabled", on.clone()),
                ("filter_enforced", on),
                ("max_dynamic_descriptors", Node::from(10_000_i64)),
                ("rate_limits", list([map([("actions", actions)])])),
                ("descriptors", list([descriptor])),
            ],
        );
        map([("name", Node::from(format!("envoy.filters.http.local_ratelimit.{name}"))), ("typed_config", config)])
    };
    cx.front.limits.iter().enumerate().map(filter).collect()
}

/// Zones that several filters count in, each for itself.
pub fn note_shared(cx: &mut Cx) {
    let rates = std::mem::take(&mut cx.rates);
    for limit in &rates {
        if rates.iter().filter(|other| other.zone == limit.zone).count() > 1 {
            cx.note(limit.from, &can::LIMIT_REQ_SHARED);
        }
    }
}

/// `allow`, `deny`: the first rule that fits.
fn access(cx: &mut Cx, route: &Route, draft: &mut Draft) {
    if route.policy.access.is_empty() {
        return;
    }
    cx.front.access = true;
    cx.front.statuses.insert(403);
    let mut matchers = Vec::new();
    let mut rest = true;
    for given in &route.policy.access {
        cx.note(given.from, &can::ACCESS);
        let rule = given.value;
        match rule.network {
            // What comes after is never looked at.
            None => {
                rest = rule.allow;
                for later in &route.policy.access {
                    cx.note(later.from, &can::ACCESS);
                }
                break;
            }
            Some(Cidr::Unix) => {}
            Some(network) => matchers.push(matcher(network, rule.allow).of(given.from)),
        }
    }
    let mut tree = MapOf::default();
    if !matchers.is_empty() {
        tree.put("matcher_list", map([("matchers", list(matchers))]));
    }
    tree.put("on_no_match", verdict(rest));
    let entries = [("rbac", map([("matcher", tree.node())]))];
    let own = typed("envoy.extensions.filters.http.rbac.v3.RBACPerRoute", entries);
    draft.filters.put("envoy.filters.http.rbac", own);
}

fn matcher(network: Cidr, allow: bool) -> Node {
    let (first, bits) = match network {
        Cidr::V4(address, bits) => (address.to_string(), bits),
        Cidr::V6(address, bits) => (address.to_string(), bits),
        Cidr::Unix => (String::new(), 0),
    };
    let range = map([("address_prefix", Node::from(first)), ("prefix_len", Node::from(i64::from(bits)))]);
    let input = typed("envoy.extensions.matching.common_inputs.network.v3.DirectSourceIPInput", []);
    let ip = typed(
        "envoy.extensions.matching.input_matchers.ip.v3.Ip",
        [("stat_prefix", Node::from("access")), ("cidr_ranges", list([range]))],
    );
    let predicate = map([
        ("input", map([("name", Node::from("client")), ("typed_config", input)])),
        ("custom_match", map([("name", Node::from("network")), ("typed_config", ip)])),
    ]);
    map([("predicate", map([("single_predicate", predicate)])), ("on_match", verdict(allow))])
}

fn verdict(allow: bool) -> Node {
    let (name, action) = if allow { ("allow", "ALLOW") } else { ("deny", "DENY") };
    let own = typed("envoy.config.rbac.v3.Action", [("name", Node::from(name)), ("action", Node::from(action))]);
    map([("action", map([("name", Node::from(name)), ("typed_config", own)]))])
}
