//! The list of locations, in which the first that fits wins, as matches of a route, of which the most specific wins:
//! Exact before all, then the longer of two prefixes.
//!
//! What the standard leaves open is the rank of expressions. Traefik and Envoy Gateway let the longer one win, so each is
//! made longer than all that it must win over, by more `^` at its beginning; and a prefix that must win over an expression
//! becomes one itself.

use super::expressions::{self, Shape};
use super::names;
use crate::translate::class::Capability;
use crate::translate::model::{Route, Test};

use super::capabilities as can;

/// A match on the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// `Exact`
    Exact(String),
    /// `PathPrefix`
    Prefix(String),
    /// `RegularExpression`
    Regex(String),
}

/// A route of the model and one match for it.
#[derive(Debug)]
pub struct Place<'r> {
    /// The route.
    pub route: &'r Route,
    /// The path.
    pub path: Match,
}

/// What the paths of a server became.
#[derive(Debug, Default)]
pub struct Places<'r> {
    /// The matches, of which the most specific wins.
    pub list: Vec<Place<'r>>,
    /// What there is to say of locations.
    pub notes: Vec<(&'r Route, &'static Capability)>,
}

/// What a route fits, as far as it can be said.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fit {
    Exact(String),
    /// Byte by byte.
    Begins(String),
    Segment(String),
    Regex(String),
}

/// Matches for the routes of a server; `guards` says of a route whether it keeps requests out.
pub fn places<'r>(routes: &'r [Route], guards: &dyn Fn(&Route) -> bool) -> Places<'r> {
    let mut places = Places::default();
    let mut fits: Vec<(&Route, Fit)> = Vec::new();
    for route in sorted(routes) {
        let Some((fit, note)) = fit(&route.test) else {
            let lost = if guards(route) { &can::LOCATION_REGEX_REFUSED } else { &can::LOCATION_REGEX_LOST };
            places.notes.push((route, lost));
            continue;
        };
        places.notes.push((route, note));
        if fits.iter().any(|(_, earlier)| earlier.covers(&fit)) {
            places.notes.push((route, &can::LOCATION_SHADOWED));
        } else {
            fits.push((route, fit));
        }
    }
    let expressions = fits.iter().rposition(|(_, fit)| matches!(fit, Fit::Regex(_)));
    for (n, (route, fit)) in fits.iter_mut().enumerate() {
        let ranks = expressions.is_some_and(|last| n < last);
        if ranks && let Some(regex) = fit.as_regex() {
            *fit = Fit::Regex(regex);
            places.notes.push((*route, &can::LOCATION_GUARD));
        }
    }
    for (route, fit) in &fits {
        places.add(route, fit, routes, guards(route));
    }
    rank(&mut places.list);
    places
}

impl<'r> Places<'r> {
    fn add(&mut self, route: &'r Route, fit: &Fit, routes: &'r [Route], guards: bool) {
        let mut add = |route, path| self.list.push(Place { route, path });
        match fit {
            Fit::Exact(path) => add(route, Match::Exact(names::path(path))),
            Fit::Regex(regex) => add(route, Match::Regex(regex.clone())),
            Fit::Segment(path) => add(route, Match::Prefix(names::path(path))),
            Fit::Begins(path) => {
                let short = path.strip_suffix('/').unwrap_or(path);
                let value = if short.is_empty() { "/" } else { short };
                add(route, Match::Prefix(names::path(value)));
                if short.is_empty() {
                    return;
                }
                if short.len() < path.len() {
                    // `/a/` as a prefix fits `/a`, too, which belongs to another location.
                    let other = routes.iter().find(|other| takes(&other.test, short));
                    if let Some(other) = other.filter(|other| other.test.exact.is_none()) {
                        add(other, Match::Exact(names::path(short)));
                    }
                } else if guards {
                    add(route, Match::Regex(expressions::beginning(path)));
                    self.notes.push((route, &can::LOCATION_GUARD));
                } else {
                    self.notes.push((route, &can::LOCATION_SEGMENT));
                }
            }
        }
    }
}

impl Fit {
    /// Whether it takes all that the other one would.
    fn covers(&self, other: &Fit) -> bool {
        match (self, other) {
            (Fit::Begins(own), Fit::Begins(path) | Fit::Segment(path) | Fit::Exact(path)) => path.starts_with(own),
            (Fit::Segment(own), Fit::Begins(path) | Fit::Segment(path) | Fit::Exact(path)) => {
                path == own || path.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with('/'))
            }
            (Fit::Exact(own), Fit::Exact(path)) => own == path,
            _ => false,
        }
    }

    /// A prefix as an expression.
    fn as_regex(&self) -> Option<String> {
        match self {
            Fit::Begins(path) => Some(expressions::beginning(path)),
            Fit::Segment(path) => Some(expressions::below(path)),
            Fit::Exact(_) | Fit::Regex(_) => None,
        }
    }
}

/// What a test fits, and what there is to say of how; nothing where it cannot be said. The rest of the list, where nginx has
/// files, fits everything.
fn fit(test: &Test) -> Option<(Fit, &'static Capability)> {
    if let Some(path) = &test.exact {
        let said = test.regexes.is_empty() && is_path(path);
        return said.then(|| (Fit::Exact(path.clone()), &can::LOCATION_EXACT));
    }
    let prefix = test.prefix.as_deref().unwrap_or("");
    if !prefix.is_empty() && !is_path(prefix) {
        return None;
    }
    match test.regexes.as_slice() {
        [] if prefix.is_empty() => Some((Fit::Begins("/".to_owned()), &can::LOCATION_PREFIX)),
        [] => Some((Fit::Begins(prefix.to_owned()), &can::LOCATION_PREFIX)),
        [regex] => {
            let simple = expressions::simple(regex.pattern()).filter(|_| regex.pattern().starts_with('^'));
            let simple = simple.map(|simple| simple.shape).filter(|shape| shape.path().starts_with(prefix));
            match simple {
                Some(shape) => {
                    let letters = shape.path().contains(|c: char| c.is_ascii_alphabetic());
                    let caseless = regex.is_caseless() && letters;
                    let note = if caseless { &can::LOCATION_REGEX_CASE } else { &can::LOCATION_REGEX_SIMPLE };
                    Some((shape.into(), note))
                }
                None => Some((Fit::Regex(expressions::portable(regex, prefix)?), &can::LOCATION_REGEX)),
            }
        }
        _ => None,
    }
}

/// Whether a match takes the path.
fn is_path(path: &str) -> bool {
    let odd = ["//", "/./", "/../"].iter().any(|odd| path.contains(odd));
    path.starts_with('/') && !odd && !path.ends_with("/.") && !path.ends_with("/..")
}

impl Shape {
    fn path(&self) -> &str {
        match self {
            Shape::Exact(path) | Shape::Prefix(path) | Shape::Segment(path) => path,
        }
    }
}

impl From<Shape> for Fit {
    fn from(shape: Shape) -> Fit {
        match shape {
            Shape::Exact(path) => Fit::Exact(path),
            Shape::Prefix(path) => Fit::Begins(path),
            Shape::Segment(path) => Fit::Segment(path),
        }
    }
}

/// The list with each expression of the outermost level once: behind the prefixes that say `^~`, before all others. Where
/// that would be another order, the list as it is.
fn sorted(routes: &[Route]) -> Vec<&Route> {
    let all = || routes.iter().collect();
    let is_outer = |route: &&Route| route.test.prefix.is_none() && !route.test.regexes.is_empty();
    let outer: Vec<&Route> = routes.iter().filter(is_outer).collect();
    let repeated = |route: &Route| {
        route.test.prefix.is_some()
            && outer.iter().any(|outer| outer.scope == route.scope)
            && !route.test.regexes.is_empty()
    };
    if !routes.iter().any(repeated) {
        return all();
    }
    let plain = |route: &Route| route.test.regexes.is_empty() && route.test.exact.is_none() && !route.test.is_rest;
    let wins =
        |prefix: &str| !routes.iter().any(|route| repeated(route) && route.test.prefix.as_deref() == Some(prefix));
    let prefixes: Vec<&Route> = routes.iter().filter(|route| plain(route)).collect();
    let prefix = |route: &Route| route.test.prefix.clone().unwrap_or_default();
    let (first, second): (Vec<&Route>, Vec<&Route>) = prefixes.iter().copied().partition(|route| wins(&prefix(route)));
    let crossed = first.iter().any(|one| second.iter().any(|other| prefix(other).starts_with(&prefix(one))));
    let nested = routes.iter().any(|route| !route.test.regexes.is_empty() && !is_outer(&route) && !repeated(route));
    if crossed || nested {
        return all();
    }
    let exact = routes.iter().filter(|route| route.test.exact.is_some());
    let rest = routes.iter().filter(|route| route.test.is_rest);
    exact.chain(first).chain(outer.iter().copied()).chain(second).chain(rest).collect()
}

/// Whether a path comes to a route, if it comes that far.
fn takes(test: &Test, path: &str) -> bool {
    test.exact.as_ref().is_none_or(|exact| exact == path)
        && test.prefix.as_ref().is_none_or(|prefix| path.starts_with(prefix.as_str()))
        && test.regexes.iter().all(|regex| regex.is_match(path.as_bytes()))
}

/// Makes every expression longer than all that come after it.
fn rank(list: &mut [Place]) {
    let mut longest = 0;
    for place in list.iter_mut().rev() {
        match &mut place.path {
            Match::Exact(_) => {}
            Match::Prefix(path) => longest = longest.max(path.len()),
            Match::Regex(regex) => {
                let short = (longest + 1).saturating_sub(regex.len());
                regex.insert_str(0, &"^".repeat(short));
                longest = regex.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{NoHost, Options, compile};
    use crate::modules::Target;
    use crate::syntax::{NoFiles, Sources};
    use crate::translate::model::{Action, Model};

    /// The matches of a server with these locations, in order, with the place of the location that each is for.
    fn check(locations: &[&str], wanted: &[(usize, &str)]) {
        let body = |(n, at): (usize, &&str)| format!("location {at} {{ return 20{n}; }}\n");
        let all: String = locations.iter().enumerate().map(body).collect();
        let text = format!("events {{}} http {{ server {{ {all} }} }}");
        let sources = Sources::from_text("nginx.conf", text, "", &NoFiles);
        let target = Target::default();
        let compiled = compile(&sources, &target, &NoHost, Options::default());
        let model = Model::new(&compiled.config, &sources, &target);
        let places = places(&model.hosts[0].routes, &|_| false);
        let told = |place: &Place| {
            let Action::Return(given) = &place.route.action else { return None };
            let path = match &place.path {
                Match::Exact(path) => format!("= {path}"),
                Match::Prefix(path) => path.clone(),
                Match::Regex(regex) => format!("~ {regex}"),
            };
            Some((usize::from(given.value.0) - 200, path))
        };
        let got: Vec<(usize, String)> = places.list.iter().filter_map(told).collect();
        let wanted: Vec<(usize, String)> = wanted.iter().map(|(n, path)| (*n, (*path).to_owned())).collect();
        assert_eq!(got, wanted, "{locations:?}");
    }

    #[test]
    fn paths_that_say_the_same_stay_paths() {
        check(&["/", "= /x", "/a/b"], &[(1, "= /x"), (2, "/a/b"), (0, "/")]);
        check(&["/", "/a/"], &[(1, "/a"), (0, "= /a"), (0, "/")]);
        check(&["/", "~ ^/a(/|$)"], &[(1, "/a"), (0, "/")]);
    }

    #[test]
    fn expressions_win_over_what_is_behind_them_and_not_over_the_rest() {
        check(&["/", "~ \\.php$"], &[(1, "~ ^.*\\.php$"), (0, "/")]);
        check(&["/long/path/name", "~ p$"], &[(1, "~ ^^^^^^^^^^^^.*p$"), (0, "/long/path/name")]);
        check(&["/a", "~ x", "~ yy"], &[(1, "~ ^^^.*x.*"), (2, "~ ^.*yy.*"), (0, "/a")]);
        check(&["/", "^~ /s/", "~ x"], &[(1, "~ ^^/s/.*"), (2, "~ ^.*x.*"), (0, "/")]);
    }

    #[test]
    fn what_another_location_takes_has_no_rule() {
        check(&["/a/b", "~ ^/a/"], &[(1, "/a")]);
    }
}
