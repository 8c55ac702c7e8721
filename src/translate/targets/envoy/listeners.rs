//! The addresses, and the chain of filters behind each.

use super::script::{NO_HOST, Script};
use super::{Cx, Front, can, compress, duration, hosts, limits, number, pages, tls, typed};
use crate::config::address::Address;
use crate::translate::document::{MapOf, Node, Value, list, map};
use crate::translate::model::{Host, Listener};
use crate::translate::targets::envoy::text::Scene;

/// The network filter that everything is in.
const MANAGER: &str = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

/// All listeners. Addresses of one port that mean the same are one.
pub fn all(cx: &mut Cx) -> Vec<Node> {
    let mut groups: Vec<Vec<&Listener>> = Vec::new();
    for listener in &cx.model.listeners {
        let same = |other: &&mut Vec<&Listener>| alike(other[0], listener);
        match groups.iter_mut().find(same) {
            Some(group) => group.push(listener),
            None => groups.push(vec![listener]),
        }
    }
    groups.iter().enumerate().map(|(n, group)| listener(cx, n, group)).collect()
}

fn alike(a: &Listener, b: &Listener) -> bool {
    let port = |listener: &Listener| listener.socket().map(|socket| socket.port());
    port(a).is_some()
        && port(a) == port(b)
        && (&a.hosts, a.default) == (&b.hosts, b.default)
        && (a.tls, a.http2, a.proxy_protocol) == (b.tls, b.http2, b.proxy_protocol)
}

/// Where something listens or is to be found.
pub fn address(address: &Address) -> Node {
    match address {
        Address::Inet(socket) => {
            let ip = Node::from(socket.ip().to_string());
            map([("socket_address", map([("address", ip), ("port_value", Node::from(i64::from(socket.port())))]))])
        }
        Address::Unix(path) => map([("pipe", map([("path", Node::from(path.to_string()))]))]),
    }
}

fn listener(cx: &mut Cx, n: usize, group: &[&Listener]) -> Node {
    let first = group[0];
    for from in group.iter().flat_map(|listener| &listener.from) {
        cx.note(*from, if first.tls { &can::LISTEN_TLS } else { &can::LISTEN });
        if first.http2 {
            cx.note(*from, &can::LISTEN_HTTP2);
        }
        if first.proxy_protocol {
            cx.note(*from, &can::LISTEN_PROXY_PROTOCOL);
        }
    }
    let model = cx.model;
    let default = &model.hosts[first.default];
    cx.front = Front::default();
    // What the script says no to.
    cx.front.statuses.extend([400, 405]);
    let port = first.socket().map_or(0, |socket| socket.port());
    let scheme = first.scheme();
    let maps = model.config.http.and_then(|http| model.config.scope(http).slot());
    let scene = Scene { scheme, port, server_name: "", proxy_host: "", maps };
    let hosts = hosts::all(cx, first, &scene);
    let manager = manager(cx, first, default, hosts);
    let filter =
        map([("name", Node::from("envoy.filters.network.http_connection_manager")), ("typed_config", manager)]);
    let mut chain = MapOf::default();
    chain.put("filters", list([filter]));
    if first.tls {
        chain.put("transport_socket", tls::downstream(cx, first));
    }
    let mut out = MapOf::default();
    out.put("name", format!("listener-{n}"));
    out.put("address", address(&first.address).of_all(first.from.iter().copied()));
    if group.len() > 1 {
        let more =
            group[1..].iter().map(|own| map([("address", address(&own.address).of_all(own.from.iter().copied()))]));
        out.put("additional_addresses", list(more));
    }
    if first.proxy_protocol {
        let config = typed("envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol", []);
        let name = Node::from("envoy.filters.listener.proxy_protocol");
        out.put("listener_filters", list([map([("name", name), ("typed_config", config)])]));
    }
    out.put("filter_chains", list([chain.node()]));
    out.node()
}

fn manager(cx: &mut Cx, listener: &Listener, default: &Host, hosts: Vec<Node>) -> Node {
    let mut manager = MapOf::default();
    manager.put("@type", format!("type.googleapis.com/{MANAGER}"));
    manager.put("stat_prefix", "ingress");
    manager.put("server_name", "nginx");
    // Nothing is added to requests, and the client's address is that of the connection.
    manager.put("use_remote_address", true);
    manager.put("skip_xff_append", true);
    manager.put("generate_request_id", false);
    // A route's per_try_idle_timeout is what counts.
    manager.put("stream_idle_timeout", duration(0));
    let mut http1 = MapOf::default();
    http1.put("accept_http_10", true);
    http1.put("default_host_for_http_10", NO_HOST);
    http1.put("allow_custom_methods", true);
    if cx.front.websocket {
        let socket = map([("upgrade_type", Node::from("websocket")), ("enabled", Node::from(false))]);
        manager.put("upgrade_configs", list([socket]));
    } else {
        http1.put("ignore_http_11_upgrade", list([super::routes::safe_regex(".*")]));
    }
    manager.put("http_protocol_options", http1.node());
    let action = if default.underscores.value { "ALLOW" } else { "DROP_HEADER" };
    let action = Node::from(action).of(default.underscores.from);
    let mut common = MapOf::default();
    common.put("headers_with_underscores_action", action);
    idle(cx, default, &mut common);
    manager.put("common_http_protocol_options", common.node());
    request_times(cx, default, &mut manager);
    manager.put("early_header_mutation_extensions", early());
    manager.put("local_reply_config", pages::replies(cx));
    manager.put("access_log", access_log(cx, listener));
    let mut routes = MapOf::default();
    routes.put("name", "servers");
    if cx.front.longest > 4096 {
        routes.put("max_direct_response_body_size_bytes", cx.front.longest as i64);
    }
    routes.put("request_headers_to_remove", list(["te", "expect", "keep-alive"].map(Node::from)));
    routes.put("virtual_hosts", list(hosts));
    manager.put("route_config", routes.node());
    let filters = filters(cx, default);
    manager.put("http_filters", list(filters));
    manager.node()
}

/// What the client sent as X-Forwarded-Proto, before Envoy puts its own there.
fn early() -> Node {
    let value = super::header("x-nginxlb-proto", "%REQ(x-forwarded-proto)%", super::OVERWRITE);
    let mutations = [map([("remove", Node::from("x-nginxlb-proto"))]), map([("append", value)])];
    let name = "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation";
    let config = typed(name, [("mutations", list(mutations))]);
    let name = Node::from("envoy.http.early_header_mutation.header_mutation");
    list([map([("name", name), ("typed_config", config)])])
}

/// `keepalive_timeout`
fn idle(cx: &mut Cx, default: &Host, common: &mut MapOf) {
    const SECONDS: u64 = 75;
    cx.note_setting(default.scope, "keepalive_timeout", &can::CLIENT_TIMEOUTS);
    let time = cx.model.config.number(default.scope, "keepalive_timeout", SECONDS * 1000);
    // Envoy has no idle connections without a limit, and none that end at once.
    common.put("idle_timeout", duration(time.max(1)));
}

/// `client_header_timeout`
fn request_times(cx: &mut Cx, default: &Host, manager: &mut MapOf) {
    cx.note_setting(default.scope, "client_header_timeout", &can::CLIENT_TIMEOUTS);
    let time = cx.model.config.number(default.scope, "client_header_timeout", 60_000);
    manager.put("request_headers_timeout", duration(time));
}

/// The combined format, where a server has a log at all.
fn access_log(cx: &mut Cx, listener: &Listener) -> Node {
    const COMBINED: &str = "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT% - - \
        [%START_TIME(%d/%b/%Y:%H:%M:%S +0000)%] \"%REQ(:METHOD)% %DYNAMIC_METADATA(nginxlb:target)% %PROTOCOL%\" \
        %RESPONSE_CODE% %BYTES_SENT% \"%REQ(REFERER)%\" \"%REQ(USER-AGENT)%\"\n";
    let config = cx.model.config;
    let mut from = Vec::new();
    for host in &listener.hosts {
        let scope = cx.model.hosts[*host].scope;
        let found = config.ancestors(scope).find(|at| config.scope(*at).setting("access_log").is_some());
        let Some(at) = found else { continue };
        for setting in config.scope(at).all("access_log") {
            let subject = cx.model.subjects.setting(at, setting);
            if setting.arg(1) == "off" {
                cx.note(subject, &can::ACCESS_LOG_OFF);
            } else {
                cx.note(subject, &can::ACCESS_LOG);
                from.push(subject);
            }
        }
        cx.note_all(scope, "log_format", &can::ACCESS_LOG);
    }
    if from.is_empty() {
        return list([]);
    }
    cx.front.script.values.insert("target".to_owned(), "request.raw".to_owned());
    let text = map([("text_format_source", map([("inline_string", Node::from(COMBINED))]))]);
    let config = typed("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", [("log_format", text)]);
    let name = Node::from("envoy.access_loggers.stdout");
    from.dedup();
    list([map([("name", name), ("typed_config", config)]).of_all(from)])
}

fn filters(cx: &mut Cx, default: &Host) -> Vec<Node> {
    let filter = |name: &str, config: Node| map([("name", Node::from(name)), ("typed_config", config)]);
    let mut filters = Vec::new();
    let script: &Script = &cx.front.script;
    let text = script.text(default.merge_slashes.value, &default.server_name);
    let source = map([("inline_string", Node::from(Value::Lines(text)).of(default.merge_slashes.from))]);
    let lua = [("clear_route_cache", Node::from(false)), ("default_source_code", source)];
    filters.push(filter("envoy.filters.http.lua", typed("envoy.extensions.filters.http.lua.v3.Lua", lua)));
    let size = [("max_request_bytes", number(limits::DEFAULT_BODY))];
    filters.push(filter("envoy.filters.http.buffer", typed("envoy.extensions.filters.http.buffer.v3.Buffer", size)));
    filters.extend(limits::rate_filters(cx));
    if cx.front.access {
        filters.push(filter("envoy.filters.http.rbac", typed("envoy.extensions.filters.http.rbac.v3.RBAC", [])));
    }
    if cx.front.sticky {
        let name = "envoy.extensions.filters.http.stateful_session.v3.StatefulSession";
        filters.push(filter("envoy.filters.http.stateful_session", typed(name, [])));
    }
    filters.extend(compress::compressor(cx, default));
    let router = [("suppress_envoy_headers", Node::from(true))];
    filters.push(filter("envoy.filters.http.router", typed("envoy.extensions.filters.http.router.v3.Router", router)));
    filters
}
