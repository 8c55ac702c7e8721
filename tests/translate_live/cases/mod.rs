//! The cases that translations are judged on.

mod choice;
pub mod envoy;
mod failures;
pub mod gateway;
mod limits;
mod more;
mod passing;
mod random;
mod routing;

use crate::case::{Case, Request};

/// What one judgement runs.
pub fn chosen(full: bool) -> Vec<Case> {
    let all = choice::cases().into_iter().chain(failures::cases()).chain(limits::cases()).chain(passing::cases());
    let seeds = if full { 1..13 } else { 1..3 };
    let all = all.chain(seeds.map(routing::case)).chain(random_seeds(full).into_iter().map(random::case));
    all.filter(|case| full || !ONLY_FULL.contains(&&*case.name)).collect()
}

/// `NGINXLB_CASE=random-17` is any seed.
fn random_seeds(full: bool) -> Vec<u64> {
    let asked = std::env::var("NGINXLB_CASE").ok();
    let asked = asked.and_then(|name| name.strip_prefix("random-")?.parse().ok());
    let mut seeds: Vec<u64> = (if full { 1..21 } else { 1..3 }).collect();
    seeds.extend(asked.filter(|seed| !seeds.contains(seed)));
    seeds
}

/// Cases for targets that ask for them.
pub fn more() -> Vec<Case> {
    more::cases()
}

/// What other cases of the sample show in another way.
const ONLY_FULL: &[&str] = &[
    "chash-argument",
    "chash-dead",
    "hash-argument",
    "hash-header",
    "ip_hash-dead",
    "status-post",
    "timeout-all",
    "weights-2-3",
    "weights-7-2-2",
];

/// A group `u` of the first `n` peers with these parameters, and a method.
pub fn group(method: &str, parameters: &[&str]) -> String {
    let mut text = "upstream u {\n".to_owned();
    if !method.is_empty() {
        text += &format!("    {method};\n");
    }
    for (n, parameters) in parameters.iter().enumerate() {
        let space = if parameters.is_empty() { "" } else { " " };
        text += &format!("    server 127.0.0.1:{}{space}{parameters};\n", 9101 + n);
    }
    text + "}\n"
}

/// A server that hands everything to the group `u`, with more lines in its location.
pub fn all_to_group(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("        {line}\n")).collect();
    format!("server {{\n    listen 8000;\n    location / {{\n        proxy_pass http://u;\n{lines}    }}\n}}\n")
}

/// A server of `lb.test` with these lines.
pub fn server(lines: &str) -> String {
    let lines: String = lines.trim().lines().map(|line| format!("    {}\n", line.trim())).collect();
    format!("server {{\n    listen 8000;\n    server_name lb.test;\n{lines}}}\n")
}

/// Requests for so many paths.
pub fn gets(n: u32) -> impl Iterator<Item = Request> {
    (0..n).map(|n| Request::get(&format!("/{n}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_those_left_out_exist() {
        let all: Vec<String> = chosen(true).into_iter().map(|case| case.name).collect();
        let mut unique = all.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), all.len());
        assert!(ONLY_FULL.iter().all(|name| unique.iter().any(|other| other == name)));
    }

    #[test]
    fn a_seed_makes_the_same_case() {
        assert_eq!(routing::case(3).conf, routing::case(3).conf);
        assert_ne!(routing::case(3).conf, routing::case(4).conf);
        let (one, same) = (random::case(3), random::case(3));
        assert_eq!((&one.conf, one.requests().collect::<Vec<_>>()), (&same.conf, same.requests().collect()));
    }
}
