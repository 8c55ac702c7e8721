//! Which peers a table or a flag speaks of.

use std::fmt;

/// How a group is named where a peer is asked for.
const GROUP: &str = "group/";

/// Some of the peers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// All of them.
    All,
    /// Those of a group. A peer that stands in two groups is one server: what befalls it befalls both.
    Group(String),
    /// One, by its address as `$upstream_addr` writes it, or as the `server` directive does; without port, all of the
    /// machine.
    Peer(String),
}

impl Target {
    /// Reads `*`, `group/NAME` or an address.
    ///
    /// # Errors
    /// Why it is none of them.
    pub fn parse(text: &str) -> Result<Target, &'static str> {
        match text.strip_prefix(GROUP) {
            _ if text.is_empty() => Err("the peer is empty"),
            _ if text.chars().any(char::is_whitespace) => Err("a peer has no white space"),
            Some("") => Err("the group has no name"),
            Some(name) => Ok(Target::Group(name.to_owned())),
            None if text == "*" => Ok(Target::All),
            None => Ok(Target::Peer(text.to_owned())),
        }
    }

    /// Whether it speaks of a backend.
    #[must_use]
    pub fn covers(&self, known: &Known) -> bool {
        match self {
            Target::All => true,
            Target::Group(name) => known.groups.contains(name),
            Target::Peer(peer) => known.names.iter().any(|name| name == peer || machine(name) == Some(peer)),
        }
    }
}

/// What a backend is known by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Its address, and after it the names that `server` directives have for it.
    pub names: Vec<String>,
    /// The groups it is a peer of.
    pub groups: Vec<String>,
}

/// The address without its port; `None` where it has none.
fn machine(address: &str) -> Option<&str> {
    let (host, port) = address.rsplit_once(':')?;
    let is_port = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let is_host = host.ends_with(']') || !host.contains(':');
    (is_port && is_host && host != "unix").then_some(host)
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::All => f.write_str("*"),
            Target::Group(name) => write!(f, "{GROUP}{name}"),
            Target::Peer(address) => f.write_str(address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &str, address: &str, covered: bool) {
        let parsed = Target::parse(target).unwrap();
        assert_eq!(parsed.to_string(), target);
        let known = Known { names: vec![address.to_owned(), "a.example:80".to_owned()], groups: vec!["g".to_owned()] };
        assert_eq!(parsed.covers(&known), covered, "{target} {address}");
    }

    #[test]
    fn speak_of_peers() {
        check("*", "10.0.0.1:80", true);
        check("group/g", "10.0.0.1:80", true);
        check("group/h", "10.0.0.1:80", false);
        check("10.0.0.1:80", "10.0.0.1:80", true);
        check("10.0.0.1:80", "10.0.0.1:8080", false);
        check("10.0.0.1", "10.0.0.1:8080", true);
        check("10.0.0.1", "10.0.0.11:80", false);
        check("[::1]", "[::1]:80", true);
        check("[::1", "[::1]:80", false);
        check("a.example", "10.0.0.1:80", true);
        check("b.example", "10.0.0.1:80", false);
        check("unix:/a", "unix:/a", true);
        check("unix", "unix:80", false);
        assert!(Target::parse("").is_err() && Target::parse("group/").is_err() && Target::parse("a b").is_err());
    }
}
