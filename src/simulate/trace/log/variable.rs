//! What the variables of a `log_format` tell of a request. Those not listed here are skipped over.

/// What a variable's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing of use.
    Skip,
    /// The client's address.
    Client,
    /// The end of the request, as `$msec`.
    Msec,
    /// The same as `$time_iso8601`.
    Iso,
    /// The same as `$time_local`.
    Local,
    /// The whole first line.
    Request,
    /// The method.
    Method,
    /// Path and arguments as they were sent.
    Target,
    /// The path.
    Path,
    /// Path, `?` and arguments, side by side.
    PathAndArgs,
    /// The arguments.
    Args,
    /// `HTTP/1.1`.
    Version,
    /// The name of the host.
    Host,
    /// The port the request came to.
    Port,
    /// `http` or `https`.
    Scheme,
    /// `on` or nothing.
    Https,
    /// How long the request took.
    Took,
    /// Seconds until the backend's header.
    HeaderTime,
    /// Seconds until the backend's last byte.
    ResponseTime,
    /// The status of the answer.
    Status,
    /// The peers tried.
    UpstreamAddr,
    /// Their answers.
    UpstreamStatus,
    /// How the request is called.
    RequestId,
    /// A header, by its place in the format's list of headers.
    Header(u16),
    /// A cookie, by its place in the format's list of cookies.
    Cookie(u16),
}

/// What variables of one group tell is the same: the one with the lowest rank is read, the others are skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// What they tell.
    pub group: &'static str,
    /// Which is better.
    pub rank: u8,
}

/// Variables by name. `group` and rank say which of several to believe; a variable without a group stands alone.
const VARIABLES: &[(&str, Role, &str, u8)] = &[
    ("args", Role::Args, "arguments", 1),
    ("document_uri", Role::Path, "target", 3),
    ("host", Role::Host, "host", 1),
    ("http_host", Role::Host, "host", 0),
    ("https", Role::Https, "tls", 1),
    ("msec", Role::Msec, "time", 0),
    ("query_string", Role::Args, "arguments", 1),
    ("realip_remote_addr", Role::Client, "client", 1),
    ("remote_addr", Role::Client, "client", 0),
    ("request", Role::Request, "target", 0),
    ("request_id", Role::RequestId, "", 0),
    ("request_method", Role::Method, "", 0),
    ("request_time", Role::Took, "", 0),
    ("request_uri", Role::Target, "target", 1),
    ("scheme", Role::Scheme, "tls", 0),
    ("server_name", Role::Host, "host", 2),
    ("server_port", Role::Port, "", 0),
    ("server_protocol", Role::Version, "", 0),
    ("status", Role::Status, "", 0),
    ("time_iso8601", Role::Iso, "time", 1),
    ("time_local", Role::Local, "time", 2),
    ("upstream_addr", Role::UpstreamAddr, "", 0),
    ("upstream_header_time", Role::HeaderTime, "", 0),
    ("upstream_response_time", Role::ResponseTime, "", 0),
    ("upstream_status", Role::UpstreamStatus, "", 0),
    ("uri", Role::Path, "target", 2),
];

/// What a variable tells, and how it ranks among those that tell the same. Headers and cookies are not known here.
#[must_use]
pub fn role(name: &str) -> Option<(Role, Option<Rank>)> {
    let at = VARIABLES.binary_search_by(|(known, ..)| (*known).cmp(name)).ok()?;
    let (_, role, group, rank) = VARIABLES[at];
    Some((role, (!group.is_empty()).then_some(Rank { group, rank })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(VARIABLES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn a_group_has_an_order() {
        let rank = |name| role(name).unwrap().1.unwrap();
        assert_eq!(rank("msec").group, rank("time_local").group);
        assert!(rank("msec").rank < rank("time_local").rank);
        assert_eq!(role("remote_user"), None);
    }
}
