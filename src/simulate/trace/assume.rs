//! What a trace does not tell, and what is taken in its place. Each is said once.

use super::log::Format;
use super::page::Tally;

/// What is assumed throughout of logs of a format.
#[must_use]
pub fn of_format(format: &Format) -> Vec<String> {
    let mut said = Vec::new();
    let mut say = |condition: bool, text: String| said.extend(condition.then_some(text));
    let lacks = |lack: &[&str]| !format.has(lack);
    say(
        lacks(&["msec"]),
        "the log's times are whole seconds: the requests of a second are spread evenly over it, in their order"
            .to_owned(),
    );
    say(
        lacks(&["request_time"]),
        "the log has no $request_time: a request is taken to have arrived when it was logged".to_owned(),
    );
    say(
        lacks(&["remote_addr", "realip_remote_addr"]),
        "the log has no $remote_addr: all requests come from one client, as over a UNIX domain socket".to_owned(),
    );
    say(
        lacks(&["http_host", "host", "server_name"]),
        "the log has no $host: every request is sent to the default server".to_owned(),
    );
    say(
        lacks(&["http_host", "host"]) && format.has(&["server_name"]),
        "the log has no $host: $server_name is taken for it".to_owned(),
    );
    say(
        lacks(&["upstream_header_time", "upstream_response_time"]),
        "the log has no $upstream_header_time or $upstream_response_time: backends answer at once unless the scenario \
         says otherwise"
            .to_owned(),
    );
    say(lacks(&["request", "request_method"]), "the log has no method: every request is a GET".to_owned());
    say(true, headers(format));
    for pair in &format.tangled {
        say(true, format!("${pair} stand side by side in the log and cannot be told apart: they are left out"));
    }
    said
}

fn headers(format: &Format) -> String {
    let names: Vec<&str> = format.headers.iter().map(String::as_str).filter(|name| *name != "host").collect();
    let cookies = if format.cookies.is_empty() { "" } else { " and its cookies" };
    match &*names {
        [] => format!(
            "the log has no headers{}: what is made of others is empty",
            if cookies.is_empty() { "" } else { " but its cookies" }
        ),
        names => {
            format!("of the headers the log has only {}{cookies}: what is made of others is empty", names.join(", "))
        }
    }
}

/// What was counted, known at the end.
#[must_use]
pub fn of_counts(tally: Tally, log: bool, late: u64) -> Vec<String> {
    let mut said = Vec::new();
    let mut say = |count: u64, text: &str| {
        if count > 0 {
            said.push(format!("{count} {} {text}", if count == 1 { "request" } else { "requests" }));
        }
    };
    if !log {
        say(tally.requests - tally.clients, "without a client: as if over a UNIX domain socket");
        say(tally.requests - tally.hosts, "without a host: sent to the default server");
        say(
            tally.requests - tally.services,
            "without a service time: backends answer at once unless the scenario says otherwise",
        );
    }
    say(late, "logged too late for their places: put where the order had got to");
    if tally.silent > 0 {
        let lines = if tally.silent == 1 { "line" } else { "lines" };
        said.push(format!("{} {lines} of connections that sent no request: left out", tally.silent));
    }
    said
}
