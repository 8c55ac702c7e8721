//! TLS: which versions are spoken, and how backends are spoken to.

use crate::config::{ScopeId, Setting};

use super::{Found, Model, Pass};
use crate::translate::subject::SubjectId;

/// The versions of TLS that a directive names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TlsVersions {
    /// The oldest and the newest of those that were asked for: 2 and 3 for TLS 1.2 and 1.3.
    pub range: Option<(u8, u8)>,
    /// Older ones are among them.
    pub has_older: bool,
}

impl TlsVersions {
    /// Those from TLS 1.`oldest` on.
    #[must_use]
    pub fn of(setting: &Setting, oldest: u8) -> TlsVersions {
        TlsVersions::named(setting.words.iter().skip(1).map(|word| &*word.value), oldest)
    }

    fn named<'n>(names: impl Iterator<Item = &'n str>, oldest: u8) -> TlsVersions {
        let mut versions = TlsVersions { range: None, has_older: false };
        for name in names {
            let minor: u8 = match name {
                "TLSv1" => 0,
                "TLSv1.1" => 1,
                "TLSv1.2" => 2,
                "TLSv1.3" => 3,
                _ => {
                    versions.has_older |= name.starts_with("SSL");
                    continue;
                }
            };
            if minor < oldest {
                versions.has_older = true;
                continue;
            }
            let (least, most) = versions.range.unwrap_or((minor, minor));
            versions.range = Some((least.min(minor), most.max(minor)));
        }
        versions
    }
}

/// Something that is on or off, by default off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switch {
    /// It is on.
    pub on: bool,
    /// The directive that says so; nothing where none does.
    pub from: Option<SubjectId>,
}

/// How backends are spoken to over TLS.
#[derive(Debug)]
pub struct BackendTls<'c> {
    /// The name that they must have: that of `proxy_ssl_name`, or the host of `$proxy_host`.
    pub name: String,
    /// The `proxy_ssl_name`.
    pub name_from: Option<SubjectId>,
    /// It has variables: `name` is the host.
    pub name_is_dynamic: bool,
    /// `proxy_ssl_server_name`: the name is sent.
    pub sends_name: Switch,
    /// `proxy_ssl_verify`
    pub verify: Switch,
    /// `proxy_ssl_trusted_certificate`
    pub authority: Option<Found<'c>>,
    /// `proxy_ssl_certificate` and its key.
    pub certificate: Option<(Found<'c>, Found<'c>)>,
}

impl<'c> Model<'c> {
    /// How the backends of a `proxy_pass` are spoken to over TLS.
    #[must_use]
    pub fn backend_tls(&self, scope: ScopeId, pass: &Pass) -> BackendTls<'c> {
        let found = |name: &str| self.setting(scope, name);
        let switch = |name: &str| {
            let found = found(name);
            Switch { on: found.is_some_and(|(setting, _)| setting.arg(1) == "on"), from: found.map(|(_, from)| from) }
        };
        let name = found("proxy_ssl_name");
        let fixed = name.map(|(setting, _)| setting.arg(1)).filter(|name| !name.contains('$'));
        BackendTls {
            name: fixed.unwrap_or_else(|| pass.host_name()).to_owned(),
            name_from: name.map(|(_, from)| from),
            name_is_dynamic: name.is_some() && fixed.is_none(),
            sends_name: switch("proxy_ssl_server_name"),
            verify: switch("proxy_ssl_verify"),
            authority: found("proxy_ssl_trusted_certificate"),
            certificate: found("proxy_ssl_certificate").zip(found("proxy_ssl_certificate_key")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let of = |names: &str, oldest: u8| {
            let versions = TlsVersions::named(names.split(' '), oldest);
            (versions.range, versions.has_older)
        };
        assert_eq!(of("TLSv1.3 TLSv1.2", 0), (Some((2, 3)), false));
        assert_eq!(of("TLSv1 TLSv1.1 TLSv1.2", 2), (Some((2, 2)), true));
        assert_eq!(of("SSLv3 TLSv1", 0), (Some((0, 0)), true));
        assert_eq!(of("TLSv1", 2), (None, true));
    }
}
