//! Releases of NGINX Plus and the open-source nginx each is based on.

use crate::modules::version::Version;

/// Release and base version, oldest first, as F5's release notes give them.
const RELEASES: &[(u32, Version)] = &[
    (10, Version::read("1.11.3")),
    (11, Version::read("1.11.5")),
    (12, Version::read("1.11.10")),
    (13, Version::read("1.13.4")),
    (14, Version::read("1.13.7")),
    (15, Version::read("1.13.10")),
    (16, Version::read("1.15.2")),
    (17, Version::read("1.15.7")),
    (18, Version::read("1.15.10")),
    (19, Version::read("1.17.3")),
    (20, Version::read("1.17.6")),
    (21, Version::read("1.17.9")),
    (22, Version::read("1.19.0")),
    (23, Version::read("1.19.5")),
    (24, Version::read("1.19.10")),
    (25, Version::read("1.21.3")),
    (26, Version::read("1.21.5")),
    (27, Version::read("1.21.6")),
    (28, Version::read("1.23.2")),
    (29, Version::read("1.23.4")),
    (30, Version::read("1.25.1")),
    (31, Version::read("1.25.3")),
    (32, Version::read("1.25.5")),
    (33, Version::read("1.27.2")),
    (34, Version::read("1.27.4")),
    (35, Version::read("1.29.0")),
    (36, Version::read("1.29.3")),
    (37, Version::read("1.29.8")),
];

/// The open-source nginx that a release is based on.
pub(super) fn base_of(release: u32) -> Option<Version> {
    RELEASES.iter().find(|(known, _)| *known == release).map(|(_, version)| *version)
}

/// The newest release of the table.
pub(super) fn newest() -> u32 {
    RELEASES.last().map_or(0, |(release, _)| *release)
}

/// The release that a version line names: `(nginx-plus-r37-p1)`, or since the model of 2026 `(nginx-plus-pls.37.0.4.1)`.
pub(super) fn release_in(named: &str) -> Option<u32> {
    let lower = named.to_ascii_lowercase();
    let after = ["nginx-plus-r", "nginx-plus-pls.", "nginx-plus-pls-", "pls."];
    let rest = after.iter().find_map(|start| lower.split_once(start)).map(|(_, rest)| rest)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}
