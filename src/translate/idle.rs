//! Directives that hold for no request: what is said of passing requests on where nothing is passed on, what is checked
//! behind a `return`, and what every block inside says anew. Who leaves them out loses nothing.
//!
//! In doubt a directive holds.

use std::collections::HashSet;

use super::model::Model;
use super::subject::{Subject, SubjectId};
use crate::config::{Config, ScopeId};
use crate::modules::Contexts;
use crate::modules::http::core::location::Location;
use crate::modules::http::rewrite::{Program, Step, Then};
use crate::modules::shared::pass::Passes;

/// What is looked at after a `return` would have answered; those of one row replace each other from block to block.
const CHECKS: &[&[&str]] = &[
    &["allow", "deny"],
    &["auth_basic"],
    &["auth_basic_user_file"],
    &["auth_request"],
    &["limit_conn"],
    &["limit_conn_status"],
    &["limit_req"],
    &["limit_req_status"],
    &["satisfy"],
];

/// What every written route that passes to a backend speaks of, where it holds for that.
const OF_ROUTES: &[&str] = &[
    "limit_conn_zone",
    "limit_req_zone",
    "proxy_connect_timeout",
    "proxy_hide_header",
    "proxy_http_version",
    "proxy_next_upstream",
    "proxy_next_upstream_tries",
    "proxy_read_timeout",
    "proxy_redirect",
    "proxy_send_timeout",
    "proxy_set_header",
];

/// Whether it is spoken of by every written route that it holds for: if none did, it holds for none. Within a block that is
/// for some requests of a location only nobody can tell.
#[must_use]
pub fn is_of_routes(model: &Model, subject: &Subject) -> bool {
    let name = |scope: ScopeId| model.config.scope(scope).words.first().map(|word| &*word.value);
    let is_conditional = |scope| matches!(name(scope), Some("if" | "limit_except"));
    OF_ROUTES.contains(&subject.name()) && !model.config.ancestors(subject.scope).any(is_conditional)
}

/// Whether whatever comes to a block ends with one of its `return`s.
#[must_use]
pub fn always_returns(config: &Config, scope: ScopeId) -> bool {
    let Some(program) = config.scope(scope).slot::<Program>() else { return false };
    for step in &program.0 {
        match step {
            Step::Return { .. } => return true,
            _ if may_break(config, step) => return false,
            _ => {}
        }
    }
    false
}

/// Whether the steps behind it may be left out.
fn may_break(config: &Config, step: &Step) -> bool {
    match step {
        Step::Break => true,
        Step::Rewrite(rewrite) => matches!(rewrite.then, Then::Break),
        Step::If { block, .. } => {
            let inner = config.scope(*block).slot::<Program>();
            inner.is_some_and(|program| program.0.iter().any(|step| may_break(config, step)))
        }
        Step::Return { .. } | Step::Set { .. } => false,
    }
}

/// The subjects that hold for no request.
#[must_use]
pub fn of(model: &Model) -> HashSet<SubjectId> {
    let config = model.config;
    let Some(http) = config.http else { return HashSet::new() };
    let serving = serving(config, http);
    let idle = |(id, subject): (SubjectId, &Subject)| {
        let is_inside = config.ancestors(subject.scope).any(|at| at == http);
        (is_inside && !holds(config, &serving, subject)).then_some(id)
    };
    let mut idle: HashSet<SubjectId> = model.subjects.iter().filter_map(idle).collect();
    let zones = unused_zones(model, &idle);
    idle.extend(zones);
    idle
}

/// The blocks that requests come to, and whether they go further than its program.
fn serving(config: &Config, http: ScopeId) -> Vec<(ScopeId, bool)> {
    let all = (0..config.scopes.len()).map(|n| ScopeId(n as u32));
    let inside = all.filter(|scope| config.ancestors(*scope).any(|at| at == http));
    let serves = |scope: &ScopeId| {
        let own = config.scope(*scope);
        own.context.meets(Contexts::SERVER) || own.slot::<Location>().is_some() || own.slot::<Passes>().is_some()
    };
    // Of the blocks around a location only the server's program runs for it.
    let is_location = |at: &ScopeId| config.scope(*at).slot::<Location>().is_some();
    let is_server = |at: &ScopeId| config.scope(*at).context.meets(Contexts::SERVER);
    let on = |scope: ScopeId| {
        let ran = config.ancestors(scope).find(is_location).into_iter().chain(config.ancestors(scope).find(is_server));
        (scope, !ran.into_iter().any(|at| always_returns(config, at)))
    };
    inside.filter(serves).map(on).collect()
}

/// Whether a directive is the nearest of its kind for any block that asks for it.
fn holds(config: &Config, serving: &[(ScopeId, bool)], subject: &Subject) -> bool {
    let name = subject.name();
    let row = CHECKS.iter().find(|row| row.contains(&name)).copied();
    let passes = name.starts_with("proxy_");
    if subject.span().is_none() || !(row.is_some() || passes) {
        return true;
    }
    let own = [name];
    let row = row.unwrap_or(&own);
    let sets = |at: &ScopeId| row.iter().any(|name| config.scope(*at).setting(name).is_some());
    serving.iter().any(|(scope, goes_on)| {
        let asks = *goes_on && (!passes || config.scope(*scope).slot::<Passes>().is_some());
        asks && config.ancestors(*scope).find(sets).is_some_and(|at| at == subject.scope)
    })
}

/// Zones of limits that hold nowhere.
fn unused_zones(model: &Model, idle: &HashSet<SubjectId>) -> Vec<SubjectId> {
    let words = |subject: &Subject| subject.text().split(' ').map(str::to_owned).collect::<Vec<_>>();
    let name_of = |subject: &Subject| {
        words(subject).iter().find_map(|word| Some(word.strip_prefix("zone=")?.split(':').next()?.to_owned()))
    };
    let is_used = |zone: &str, limit: &str| {
        model.subjects.iter().any(|(id, subject)| {
            let asks =
                name_of(subject).is_some_and(|name| name == zone) || words(subject).iter().any(|own| own == zone);
            subject.name() == limit && !idle.contains(&id) && asks
        })
    };
    let unused = |(id, subject): (SubjectId, &Subject)| {
        let limit = subject.name().strip_suffix("_zone").filter(|limit| ["limit_req", "limit_conn"].contains(limit))?;
        (!is_used(&name_of(subject)?, limit)).then_some(id)
    };
    model.subjects.iter().filter_map(unused).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{NoHost, Options, compile};
    use crate::modules::{Target, Version};
    use crate::syntax::{NoFiles, Sources};

    /// The directives that hold nowhere, of a configuration with this server.
    fn idle(server: &str) -> Vec<String> {
        let text = format!(
            "events {{}}\nhttp {{\nlimit_req_zone $host zone=z:1m rate=1r/s;\nproxy_set_header X 1;\ndeny all;\n\
             server {{\n{server}\n}}\n}}\nstream {{ server {{ listen 9; proxy_pass 127.0.0.1:1; proxy_timeout 1s; }} }}\n"
        );
        let sources = Sources::from_text("nginx.conf", text, "", &NoFiles);
        let target = Target::mainline(Version::NEWEST);
        let compiled = compile(&sources, &target, &NoHost, Options::default());
        assert!(compiled.diagnostics.iter().all(|fault| !fault.level.stops()), "{:?}", compiled.diagnostics);
        let model = Model::new(&compiled.config, &sources, &target);
        let mut idle: Vec<SubjectId> = of(&model).into_iter().collect();
        idle.sort();
        idle.into_iter().map(|id| model.subjects.get(id).text()).collect()
    }

    const ZONE: &str = "limit_req_zone $host zone=z:1m rate=1r/s";
    const HEADER: &str = "proxy_set_header X 1";

    #[test]
    fn what_is_passed_on_asks_for_how() {
        assert_eq!(idle("location / { proxy_pass http://127.0.0.1:1; limit_req zone=z; }"), [""; 0]);
        let own = "location / { proxy_pass http://127.0.0.1:1; proxy_set_header Y 1; }";
        assert_eq!(idle(own), [ZONE, HEADER]);
        assert_eq!(idle("location / { proxy_set_header Y 1; }"), [ZONE, HEADER, "proxy_set_header Y 1"]);
        let by_if = "location / { if ($host) { proxy_pass http://127.0.0.1:1; } limit_req zone=z; }";
        assert_eq!(idle(by_if), [""; 0]);
    }

    #[test]
    fn a_return_comes_before_checks() {
        let returned = "allow all; location / { limit_req zone=z; if ($host) { return 403; } return 404; }";
        assert_eq!(idle(returned), [ZONE, HEADER, "deny all", "limit_req zone=z"]);
        let nested = "location /a { return 404; location /a/b { proxy_pass http://127.0.0.1:1; limit_req zone=z; } }";
        assert_eq!(idle(nested), [""; 0]);
        let all = "return 404; location / { proxy_pass http://127.0.0.1:1; }";
        assert_eq!(idle(all), [ZONE, HEADER, "deny all", "proxy_pass http://127.0.0.1:1"]);
        for broken in ["if ($host) { break; }", "rewrite ^/a /b break;", "break;"] {
            let broken = format!("allow all; location / {{ deny all; {broken} return 404; }}");
            assert_eq!(idle(&broken), [ZONE, HEADER, "deny all"], "{broken}");
        }
    }
}
