//! A frontend: the address, what a request was at first, the choice of server and route, and the rules of the routes.

use super::answers::{self, Return};
use super::plan::{self, Rule};
use super::samples::Around;
use super::words::{test, time, word};
use super::{Work, begin, can, choice, headers, limits, logs, passing, program};
use crate::config::ScopeId;
use crate::config::address::Address;
use crate::translate::escape;
use crate::translate::idle::always_returns;
use crate::translate::model::{Action, Pass, Route};
use crate::translate::output::Lines;
use crate::translate::subject::SubjectId;

/// A frontend that is to be written.
#[derive(Debug, Default)]
pub struct Frontend {
    name: String,
    bind: String,
    from: Vec<SubjectId>,
    /// Timeouts and the like.
    lines: Vec<Rule>,
    servers: Vec<Rule>,
    /// What servers do before a route is chosen.
    programs: Vec<Rule>,
    choice: Vec<Rule>,
    /// Values of headers for what programs answer.
    early: Vec<plan::Block>,
    /// The same for what is refused before there is a location, and the headers.
    pub refused: (Vec<Rule>, Vec<Rule>),
    /// Locations that only what servers rewrote comes to: looked at before programs of their own, which rewrite too.
    internal: Vec<plan::Block>,
    /// What locations do before they say where it goes.
    rewrites: Vec<plan::Block>,
    request: Vec<plan::Block>,
    response: Vec<plan::Block>,
    after: Vec<plan::Block>,
    /// Numbers of routes and where they go.
    backends: Vec<(usize, usize)>,
    routes: usize,
    pub merges: bool,
    pub underscores: bool,
    /// Servers that keep other names of headers than the default one: their conditions.
    pub odd_names: Vec<(String, bool, SubjectId)>,
    /// What redirects begin with, but for the host.
    scheme: &'static str,
    port: String,
}

/// What a route does, phase by phase. Phases are written one after the other, so that routes can share what they have in
/// common.
#[derive(Debug, Default)]
struct Plan {
    internal: Vec<Rule>,
    program: Vec<Rule>,
    size: Vec<Rule>,
    values: Vec<Rule>,
    guard: Vec<Rule>,
    answer: Vec<Rule>,
    strip: Vec<Rule>,
    headers: Vec<Rule>,
    uri: Vec<Rule>,
    hide: Vec<Rule>,
    location: Vec<Rule>,
    after: Vec<Rule>,
    backend: Option<usize>,
}

/// Phases of a request, in order, after programs.
const REQUEST: &[fn(&mut Plan) -> &mut Vec<Rule>] = &[
    |plan| &mut plan.values,
    |plan| &mut plan.size,
    |plan| &mut plan.guard,
    |plan| &mut plan.answer,
    |plan| &mut plan.strip,
    |plan| &mut plan.headers,
    |plan| &mut plan.uri,
];
/// Phases of an answer.
const RESPONSE: &[fn(&mut Plan) -> &mut Vec<Rule>] = &[|plan| &mut plan.hide, |plan| &mut plan.location];

/// Plans the frontend of an address.
pub fn plan(work: &mut Work, number: usize) -> Frontend {
    let model = work.model;
    let listener = &model.listeners[number];
    let mut own =
        Frontend { name: format!("listen-{}", number + 1), from: listener.from.clone(), ..Frontend::default() };
    bind(work, &mut own, number);
    let last = &model.hosts[listener.default];
    own.merges = last.merge_slashes.value;
    own.underscores = last.underscores.value;
    own.lines = client_timeouts(work, last.scope);
    own.lines.extend(logs::plan(work, last.scope));
    let others = listener.hosts.iter().copied().filter(|host| *host != listener.default);
    let hosts: Vec<(usize, usize)> =
        others.chain([listener.default]).enumerate().map(|(n, host)| (n + 1, host)).collect();
    if let [(_, host)] = hosts.as_slice() {
        choice::only_server(work, &model.hosts[*host]);
    } else {
        own.servers = choice::servers(work, &hosts, hosts.len() - 1);
    }
    let unknown = if hosts.len() > 1 { "!{ var(txn.server) -m found }" } else { "" };
    own.refused = begin::unrouted(work, last, unknown, !last.has_program || hosts.len() > 1);
    let mut plans = Vec::new();
    for (server, host) in &hosts {
        let alone = hosts.len() == 1;
        let is_server = if alone { String::new() } else { test("var(txn.server)", "int", &[&server.to_string()]) };
        let host = &model.hosts[*host];
        work.note(host.merge_slashes.from, &can::PATH_NORMALISING);
        work.note(host.underscores.from, &can::UNDERSCORES);
        let around = Around { server_name: Some(&host.server_name), maps: work.maps, ..Around::default() };
        let program = program::of_server(work, host, around, &is_server);
        if !alone && !program.is_empty() {
            let (values, mut after) = begin::unrouted(work, host, &is_server, false);
            own.programs.extend(values);
            own.refused.1.append(&mut after);
        }
        own.programs.extend(program);
        if host.underscores.value != own.underscores {
            own.odd_names.push((is_server.clone(), host.underscores.value, host.underscores.from));
        }
        let mut taken = false;
        for route in &host.routes {
            choice::note(work, &route.test, route.from);
            if taken {
                // Nothing comes here, but nginx has it.
                unreached(work, route, around);
                continue;
            }
            let path = choice::path_test(&route.test);
            taken = path.is_empty();
            work.routes += 1;
            let number = work.routes;
            own.choice.push(choice::route(number, &is_server, &path, route.from));
            plans.push((number, plan_route(work, route, around)));
        }
    }
    own.routes = plans.len();
    own.backends = plans.iter().filter_map(|(number, plan)| Some((*number, plan.backend?))).collect();
    let phase = |of: fn(&mut Plan) -> &mut Vec<Rule>, plans: &mut [(usize, Plan)]| {
        plan::blocks(plans.iter_mut().map(|(number, plan)| (*number, std::mem::take(of(plan)))))
    };
    let answering = |plan: &Plan| !plan.program.is_empty() || !plan.internal.is_empty();
    let early = plans.iter().filter(|(_, plan)| answering(plan)).map(|(number, plan)| (*number, plan.values.clone()));
    own.early = plan::blocks(early);
    own.internal = phase(|plan| &mut plan.internal, &mut plans);
    own.rewrites = phase(|plan| &mut plan.program, &mut plans);
    own.request = REQUEST.iter().flat_map(|of| phase(*of, &mut plans)).collect();
    own.response = RESPONSE.iter().flat_map(|of| phase(*of, &mut plans)).collect();
    own.after = phase(|plan| &mut plan.after, &mut plans);
    own
}

fn bind(work: &mut Work, own: &mut Frontend, number: usize) {
    let listener = &work.model.listeners[number];
    own.scheme = listener.scheme();
    own.port = listener.shown_port();
    own.bind = match &listener.address {
        Address::Inet(address) => format!("bind {address}"),
        Address::Unix(path) => format!("bind {}", word(&format!("unix@{path}"))),
    };
    let capability = if listener.socket().is_some() { &can::LISTEN } else { &can::LISTEN_UNIX };
    for from in &listener.from {
        work.note(*from, capability);
    }
    if listener.proxy_protocol {
        own.bind.push_str(" accept-proxy");
        for from in &listener.from {
            work.note(*from, &can::LISTEN_PROXY_PROTOCOL);
        }
    }
    if listener.tls {
        let tls = passing::front_tls(work, number);
        own.bind.push_str(&tls);
    }
}

/// nginx's times for clients: those of the default server.
fn client_timeouts(work: &mut Work, scope: ScopeId) -> Vec<Rule> {
    let model = work.model;
    let times = [
        ("client_body_timeout", "client", 60_000),
        ("client_header_timeout", "http-request", 60_000),
        ("keepalive_timeout", "http-keep-alive", 75_000),
    ];
    let line = |(directive, name, default): (&str, &str, u64)| {
        let from = model.setting(scope, directive).map(|(_, from)| from);
        let value = model.config.number(scope, directive, default);
        Rule::always(format!("timeout {name} {}", time(value)), from.as_slice())
    };
    times.map(line).into()
}

fn plan_route(work: &mut Work, route: &Route, around: Around) -> Plan {
    let mut plan = Plan::default();
    internal(work, route, &mut plan);
    limits::body_size(work, route, &mut plan.size);
    let matched = route.test.regexes.last().map(|regex| (choice::PATH, regex));
    headers::add(work, &route.policy.added, Around { matched, ..around }, &mut plan.values, &mut plan.after);
    match &route.action {
        Action::Return(given) => {
            let (status, text) = &given.value;
            let own = Return {
                status: *status,
                text: text.as_ref(),
                scope: route.scope,
                from: given.from,
                test: Some(&route.test),
            };
            let matched = route.test.regexes.last().map(|regex| (choice::PATH, regex));
            plan.answer.extend(answers::rules(work, &own, Around { matched, ..around }, ""));
        }
        Action::SlashRedirect => {
            work.note(route.from, &can::SLASH_REDIRECT);
            let path = route.test.exact.as_deref().unwrap_or_default();
            let base = answers::base(work, route.scope);
            // nginx keeps the arguments here.
            let format = |rest: &str| format!("{base}{}/{rest}", super::words::literal(&escape::path(path)));
            let (without, asked) = (format(""), format("?%[query]"));
            let asked = answers::redirect(work, 301, &asked);
            plan.answer.push(Rule::when(asked, "{ query,length -m int gt 0 }", &[route.from]));
            plan.answer.push(Rule::always(answers::redirect(work, 301, &without), &[route.from]));
        }
        Action::Own(name) => {
            program::of_location(work, route, around, &mut plan.program);
            limits::guard(work, route, around, &mut plan.guard);
            let capability = if *name == "root" { &can::FILES } else { &can::STATUS_PAGE };
            let from = work.model.setting(route.scope, name).map_or(route.from, |(_, from)| from);
            if !always_returns(work.model.config, route.scope) {
                work.note(from, capability);
            }
            plan.answer.push(Rule::always(answers::refusal(work, 404), &[from]));
        }
        Action::Pass(pass) => {
            program::of_location(work, route, around, &mut plan.program);
            limits::guard(work, route, around, &mut plan.guard);
            pass_route(work, route, pass, around, &mut plan);
        }
    }
    plan
}

/// Notes what a route has that another one is always before.
fn unreached(work: &mut Work, route: &Route, around: Around) {
    let mut plan = Plan::default();
    limits::body_size(work, route, &mut plan.size);
    headers::add(work, &route.policy.added, around, &mut plan.values, &mut plan.after);
}

fn pass_route(work: &mut Work, route: &Route, pass: &Pass, around: Around, plan: &mut Plan) {
    let matched = route.test.regexes.last().map(|regex| (choice::PATH, regex));
    let around = Around { proxy_host: Some(&pass.host), matched, ..around };
    work.note(pass.from, passing::capability(pass));
    if !passing::can_pass(pass) {
        plan.answer.push(Rule::always(answers::refusal(work, 500), &[pass.from]));
        return;
    }
    headers::strip(pass, &mut plan.strip);
    headers::send(work, pass, around, &mut plan.headers);
    headers::hide(work, route, pass, &mut plan.hide);
    headers::redirects(work, route, pass, &mut plan.location);
    passing::uri(work, route, pass, &mut plan.uri);
    plan.backend = Some(super::backends::of(work, route.scope, pass));
}

/// `internal`: only what was rewritten comes in.
fn internal(work: &mut Work, route: &Route, plan: &mut Plan) {
    if let Some((_, from)) = work.model.own_setting(route.scope, "internal") {
        work.note(from, &can::INTERNAL);
        plan.internal.push(Rule::when(answers::refusal(work, 404), "!{ var(txn.rewritten) -m found }", &[from]));
    }
}

/// Writes a frontend.
pub fn write(work: &Work, out: &mut Lines, own: &Frontend) {
    out.plain("");
    out.plain(&format!("frontend {}", own.name));
    if let Some(place) = own.from.first().and_then(|from| work.model.place(*from)) {
        out.plain(&format!("  # {place}"));
    }
    out.line(&own.from, &format!("  {}", own.bind));
    lines(out, &own.lines);
    begin::write(work, out, own);
    lines(out, &own.servers);
    begin::names_of_servers(out, own);
    named(work, out, own);
    lines(out, &work.map_rules);
    lines(out, &own.programs);
    choose(work, out, own);
    plan::write(out, &own.early, own.routes);
    plan::write(out, &own.internal, own.routes);
    plan::write(out, &own.rewrites, own.routes);
    if program::searches_again(&own.rewrites) {
        out.plain("  http-request unset-var(txn.route) if { var(txn.again) -m found }");
        out.plain("  http-request unset-var(txn.stop) if { var(txn.again) -m found }");
        for rule in &own.choice {
            out.line(&rule.from, &format!("  {}", plan::conditional(&rule.text, &[&rule.when])));
        }
        out.plain("  http-request set-var(txn.stop) bool(true) if !{ var(txn.again) -m found }");
        plan::write(out, &own.early, own.routes);
        plan::write(out, &own.rewrites, own.routes);
    }
    plan::write(out, &own.request, own.routes);
    backends(work, out, own);
    out.plain("  http-response set-var(txn.answered) bool(true)");
    plan::write(out, &own.response, own.routes);
    // What is refused without a route has headers of its own.
    plan::write(out, &own.after, if own.refused.1.is_empty() { own.routes } else { usize::MAX });
    lines(out, &own.refused.1);
    out.plain(
        "  http-after-response set-status 502 reason \"Bad Gateway\" if { status 503 } !{ var(txn.answered) -m found }",
    );
}

pub fn lines(out: &mut Lines, rules: &[Rule]) {
    for rule in rules {
        out.line(&rule.from, &format!("  {}", plan::conditional(&rule.text, &[&rule.when])));
    }
}

/// What needs the server: a host where the request has none, and the beginning of redirects.
fn named(work: &Work, out: &mut Lines, own: &Frontend) {
    if work.kept.base {
        let base = |host: &str| word(&format!("{}://%[{host}]{}", own.scheme, own.port));
        out.plain(&format!("  http-request set-var-fmt(txn.base) {}", base("dst")));
        let known = base("var(txn.host)");
        out.plain(&format!("  http-request set-var-fmt(txn.base) {known} if {{ var(txn.host) -m found }}"));
    }
}

fn choose(work: &Work, out: &mut Lines, own: &Frontend) {
    let mut last = None;
    for rule in &own.choice {
        let from = rule.from.first().copied();
        if let Some(subject) = from.filter(|_| from != last) {
            let place = work.model.place(subject).unwrap_or_default();
            out.plain(&format!("  # {place}: {}", comment(&work.model.subjects.get(subject).text())));
        }
        last = from;
        out.line(&rule.from, &format!("  {}", plan::conditional(&rule.text, &[&rule.when])));
    }
}

/// A text that stays in its line.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn backends(work: &Work, out: &mut Lines, own: &Frontend) {
    let mut order: Vec<usize> = Vec::new();
    for (_, backend) in &own.backends {
        if !order.contains(backend) {
            order.push(*backend);
        }
    }
    for backend in order {
        let numbers: Vec<usize> =
            own.backends.iter().filter(|(_, other)| *other == backend).map(|(number, _)| *number).collect();
        let (name, from) = work.backends.name(backend);
        let tests = if numbers.len() == own.routes { vec![String::new()] } else { plan::routes(&numbers) };
        for test in tests {
            out.line(&[from], &format!("  {}", plan::conditional(&format!("use_backend {name}"), &[&test])));
        }
    }
}
