//! Where what came of a case under a target differs from what came of it under nginx.
//!
//! One difference does not breed ten: where statuses differ nothing else of the answer is compared, and where another
//! backend answered, nothing that depends on the backend.

use std::collections::BTreeMap;

use crate::case::{Case, Choice, Observed, Request, Seen};

/// How much longer or shorter than nginx an answer may take, in milliseconds, on a machine that is busy.
const SLACK: u64 = 600;

/// What is compared. A loss report's `shows` has other words for some; see `report`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Status,
    Location,
    /// The backend whose answer it is, or that none was asked.
    Peer,
    /// The backends that were asked.
    Tries,
    /// Method and target as the backend saw them.
    Uri,
    /// The version of HTTP that the backend saw.
    Protocol,
    /// What the backend saw as `Host`.
    Host,
    /// Other headers that the backend saw.
    RequestHeaders,
    /// The body that the backend saw.
    RequestBody,
    /// Headers of the answer.
    Headers,
    Body,
    Timing,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The request, or none where it is one of all together.
    pub request: Option<Request>,
    pub field: Field,
    pub nginx: String,
    pub target: String,
}

impl Difference {
    /// A line for people.
    pub fn shown(&self) -> String {
        let what = self.request.as_ref().map_or_else(|| "all requests".to_owned(), Request::shown);
        format!("{what}: {:?}: nginx {}, target {}", self.field, self.nginx, self.target)
    }
}

/// All differences, request by request.
///
/// # Panics
/// When one of them has other requests than the case.
pub fn compare(case: &Case, nginx: &[Observed], target: &[Observed]) -> Vec<Difference> {
    let requests: Vec<&Request> = case.requests().collect();
    assert!(nginx.len() == requests.len() && target.len() == requests.len(), "{}: not all was played", case.name);
    let mut found = Vec::new();
    for ((request, nginx), target) in requests.iter().zip(nginx).zip(target) {
        let mut one = One { request, found: &mut found };
        one.compare(nginx, target, case.choice);
    }
    if case.choice == Choice::Counts {
        counts(Field::Status, nginx, target, &mut found, |observed| vec![observed.status.to_string()]);
        counts(Field::Peer, nginx, target, &mut found, |observed| observed.peer.iter().cloned().collect());
        counts(Field::Tries, nginx, target, &mut found, |observed| peers(&observed.tries));
    }
    found
}

/// Compares how often each value was there.
fn counts(
    field: Field,
    nginx: &[Observed],
    target: &[Observed],
    found: &mut Vec<Difference>,
    values: fn(&Observed) -> Vec<String>,
) {
    let count = |all: &[Observed]| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for value in all.iter().flat_map(values) {
            *counts.entry(value).or_default() += 1;
        }
        format!("{counts:?}")
    };
    let (nginx, target) = (count(nginx), count(target));
    if nginx != target {
        found.push(Difference { request: None, field, nginx, target });
    }
}

fn peers(tries: &[Seen]) -> Vec<String> {
    tries.iter().map(|seen| seen.peer.clone()).collect()
}

/// The comparison of one request.
struct One<'a> {
    request: &'a Request,
    found: &'a mut Vec<Difference>,
}

impl One<'_> {
    fn compare(&mut self, nginx: &Observed, target: &Observed, choice: Choice) {
        let each = choice != Choice::Counts;
        let turns = choice == Choice::Turns;
        if each && nginx.took.abs_diff(target.took) > SLACK {
            self.differ(Field::Timing, format!("{} ms", nginx.took), format!("{} ms", target.took));
        }
        let same = nginx.status == target.status;
        if each {
            self.field(Field::Status, &nginx.status, &target.status);
        }
        // Where no answer came through, who was asked is all that can be told.
        if each && !turns && (same || target.peer.is_none()) {
            self.field(Field::Tries, &peers(&nginx.tries), &peers(&target.tries));
        }
        if !same {
            return;
        }
        if each && !(turns && nginx.peer.is_some() && target.peer.is_some()) {
            self.field(Field::Peer, &nginx.peer, &target.peer);
        }
        let (Some(_), Some(_)) = (&nginx.peer, &target.peer) else {
            self.answer(nginx, target);
            if nginx.peer.is_none() && target.peer.is_none() {
                self.body(nginx, target);
            }
            return;
        };
        self.answer(nginx, target);
        if let (Some(nginx), Some(target)) = (nginx.tries.last(), target.tries.last()) {
            self.seen(nginx, target);
        }
        let echoed = |observed: &Observed| observed.body.starts_with("peer: ");
        if !(echoed(nginx) && echoed(target)) {
            self.body(nginx, target);
        }
    }

    fn seen(&mut self, nginx: &Seen, target: &Seen) {
        let parts = |seen: &Seen| {
            let (start, protocol) = seen.line.rsplit_once(' ').unwrap_or((&seen.line, ""));
            (start.to_owned(), protocol.to_owned())
        };
        let (nginx_parts, target_parts) = (parts(nginx), parts(target));
        self.field(Field::Uri, &nginx_parts.0, &target_parts.0);
        self.field(Field::Protocol, &nginx_parts.1, &target_parts.1);
        self.field(Field::Host, &nginx.header("host"), &target.header("host"));
        self.field(Field::RequestBody, &nginx.body, &target.body);
        let left_out = ["host", "content-length", "transfer-encoding", "keep-alive"];
        self.headers(Field::RequestHeaders, &nginx.headers, &target.headers, &left_out);
    }

    fn answer(&mut self, nginx: &Observed, target: &Observed) {
        self.field(Field::Location, &nginx.header("location"), &target.header("location"));
        // What a program answers by itself where nothing is said is its own, with its type and for how long it holds.
        let own: &[&str] = &["location", "content-type", "cache-control"];
        let no_body = self.request.method == "HEAD" && nginx.peer.is_none() && nginx.status >= 300;
        let left_out = if no_body || built_in(&nginx.body) { own } else { &own[..1] };
        self.headers(Field::Headers, &nginx.headers, &target.headers, left_out);
    }

    /// The page that nginx makes for an error names nginx: it is no part of a configuration.
    fn body(&mut self, nginx: &Observed, target: &Observed) {
        if !built_in(&nginx.body) {
            self.field(Field::Body, &nginx.body, &target.body);
        }
    }

    /// The headers that only one of them has.
    fn headers(&mut self, field: Field, nginx: &[(String, String)], target: &[(String, String)], left_out: &[&str]) {
        let all = |headers: &[(String, String)]| {
            let lower = headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
            let mut all: Vec<String> = lower
                .filter(|(name, value)| !left_out.contains(&&**name) && !plain_connection(name, value))
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            all.sort();
            all
        };
        let (nginx, target) = (all(nginx), all(target));
        if nginx != target {
            let (only_nginx, only_target) = (only(&nginx, &target), only(&target, &nginx));
            self.differ(field, format!("{only_nginx:?}"), format!("{only_target:?}"));
        }
    }

    fn field<T: PartialEq + std::fmt::Debug>(&mut self, field: Field, nginx: &T, target: &T) {
        if nginx != target {
            self.differ(field, format!("{nginx:?}"), format!("{target:?}"));
        }
    }

    fn differ(&mut self, field: Field, nginx: String, target: String) {
        self.found.push(Difference { request: Some(self.request.clone()), field, nginx, target });
    }
}

/// What stays of `all` when `others` is taken away, one by one.
fn only<'a>(all: &'a [String], others: &[String]) -> Vec<&'a str> {
    let mut others = others.to_vec();
    let mut left = Vec::new();
    for header in all {
        match others.iter().position(|other| other == header) {
            Some(at) => drop(others.remove(at)),
            None => left.push(&**header),
        }
    }
    left
}

/// Whether connections are kept is each program's own business.
fn plain_connection(name: &str, value: &str) -> bool {
    name == "connection" && ["", "close", "keep-alive"].contains(&&*value.to_ascii_lowercase())
}

fn built_in(body: &str) -> bool {
    body.contains("<hr><center>nginx")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Change = fn(&mut Observed);

    fn case(choice: Choice, requests: usize) -> Case {
        let case = Case::new("x", 2, "").send_all((0..requests).map(|_| Request::get("/")));
        Case { choice, ..case }
    }

    fn answered(peer: &str) -> Observed {
        let seen = Seen {
            peer: peer.to_owned(),
            line: "GET / HTTP/1.1".to_owned(),
            headers: vec![("Host".to_owned(), "u".to_owned()), ("X-A".to_owned(), "1".to_owned())],
            body: String::new(),
            ..Seen::default()
        };
        let body = "peer: a".to_owned();
        Observed { status: 200, peer: Some(peer.to_owned()), tries: vec![seen], body, ..Observed::default() }
    }

    fn fields(nginx: &Observed, target: &Observed) -> Vec<Field> {
        let found = compare(&case(Choice::Each, 1), std::slice::from_ref(nginx), std::slice::from_ref(target));
        found.into_iter().map(|difference| difference.field).collect()
    }

    #[test]
    fn each_field_is_compared() {
        let nginx = answered("a");
        assert_eq!(fields(&nginx, &nginx), []);
        let changed: [(Change, &[Field]); 11] = [
            (|o| o.status = 404, &[Field::Status]),
            (|o| o.took = 1000, &[Field::Timing]),
            (|o| o.headers.push(("location".to_owned(), "/".to_owned())), &[Field::Location]),
            (|o| o.headers.push(("via".to_owned(), "x".to_owned())), &[Field::Headers]),
            (|o| o.peer = Some("b".to_owned()), &[Field::Peer]),
            (|o| o.tries.insert(0, Seen { peer: "b".to_owned(), ..Seen::default() }), &[Field::Tries]),
            (|o| o.tries[0].line = "GET /x HTTP/1.0".to_owned(), &[Field::Uri, Field::Protocol]),
            (|o| o.tries[0].headers[0].1 = "v".to_owned(), &[Field::Host]),
            (|o| o.tries[0].headers[1].1 = "2".to_owned(), &[Field::RequestHeaders]),
            (|o| o.tries[0].body = "x".to_owned(), &[Field::RequestBody]),
            (|o| o.body = "other".to_owned(), &[Field::Body]),
        ];
        for (change, wanted) in changed {
            let mut target = nginx.clone();
            change(&mut target);
            assert_eq!(fields(&nginx, &target), wanted);
        }
    }

    #[test]
    fn names_of_headers_have_no_case_and_connections_are_anyones() {
        let nginx = answered("a");
        let mut target = nginx.clone();
        target.tries[0].headers = vec![
            ("x-a".to_owned(), "1".to_owned()),
            ("host".to_owned(), "u".to_owned()),
            ("Connection".to_owned(), "close".to_owned()),
        ];
        assert_eq!(fields(&nginx, &target), []);
        target.tries[0].headers[2].1 = "upgrade".to_owned();
        assert_eq!(fields(&nginx, &target), [Field::RequestHeaders]);
    }

    #[test]
    fn nginx_own_pages_are_its_own() {
        let nginx = Observed { status: 404, body: "<hr><center>nginx/1.31.3".to_owned(), ..Observed::default() };
        let target = Observed { status: 404, body: "not found".to_owned(), ..Observed::default() };
        assert_eq!(fields(&nginx, &target), []);
        assert_eq!(fields(&target, &nginx), [Field::Body]);
    }

    #[test]
    fn counts_take_any_order_and_no_other_number() {
        let (a, b) = (answered("a"), answered("b"));
        let case = case(Choice::Counts, 3);
        let nginx = [a.clone(), b.clone(), a.clone()];
        assert_eq!(compare(&case, &nginx, &[b.clone(), a.clone(), a.clone()]), []);
        let found = compare(&case, &nginx, &[a.clone(), a.clone(), a]);
        let fields: Vec<Field> = found.iter().map(|difference| difference.field).collect();
        assert_eq!(fields, [Field::Peer, Field::Tries]);
        assert_eq!(found[0].nginx, r#"{"a": 2, "b": 1}"#);
    }
}
