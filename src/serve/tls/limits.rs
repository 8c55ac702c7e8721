//! Which protocols, ciphers and groups a configuration allows, of those that rustls has; and what of them it does not
//! have.
//!
//! A list in which something remains is used as far as it goes, and the rest is said. TLS 1.0 and 1.1 in a list are no
//! loss: OpenSSL 3 does not speak them either, unless its security level is 0.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::version::{TLS12, TLS13};
use rustls::{SupportedCipherSuite, SupportedProtocolVersion};

use super::{ciphers, provider};
use crate::config::{Config, ScopeId, Setting, Value};
use crate::syntax::Place;

/// What a scope allows.
#[derive(Debug)]
pub struct Limits {
    /// Empty if rustls speaks none of the protocols.
    pub versions: Vec<&'static SupportedProtocolVersion>,
    /// Suites and groups.
    pub provider: Arc<CryptoProvider>,
    /// What it asks for in vain: sentences, and where it asks.
    pub missing: Vec<(String, Place)>,
}

const OLD: [&str; 4] = ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1"];
const TLS_1_2: u32 = 1 << 4;
const TLS_1_3: u32 = 1 << 5;

/// What a server allows (`prefix` is `ssl`), or a scope with TLS towards upstreams (`proxy_ssl`, `grpc_ssl`, ...).
#[must_use]
pub fn limits(config: &Config, scope: ScopeId, prefix: &str) -> Limits {
    let setting = |name: &str| config.effective(scope, &format!("{prefix}_{name}"));
    let mut missing = Vec::new();
    let name = format!("{prefix}_conf_command");
    let commands = config.effective_all(scope, &name);
    let command = |names: &[&str]| {
        let named = |s: &&&Setting| names.iter().any(|name| name.eq_ignore_ascii_case(s.arg(1)));
        commands.iter().rev().find(named).map(|setting| (setting.arg(2), setting.place))
    };

    let list = command(&["CipherString"]).or(setting("ciphers").map(|setting| (setting.arg(1), setting.place)));
    let read = list.map_or_else(|| ciphers::read("DEFAULT"), |(list, _)| ciphers::read(list));
    if let Some((_, place)) = list {
        // Without parameters for them OpenSSL has no use for DHE ciphers either.
        let diffie_hellman = setting("dhparam").is_some();
        for name in read.missing.iter().filter(|name| diffie_hellman || !name.starts_with("DHE-")) {
            missing.push((format!("cipher \"{name}\" is not supported"), place));
        }
    }

    let mut versions = asked(setting("protocols"), read.old, &mut missing);
    bound(command(&["MinProtocol"]), command(&["MaxProtocol"]), &mut versions);
    let suites_13 = suites_13(command(&["Ciphersuites"]), &mut missing);
    if read.suites.is_empty() && versions.contains(&&TLS12) {
        if let Some((list, place)) = list {
            missing.push((format!("none of the TLSv1.2 ciphers of \"{list}\" is supported"), place));
        }
        versions.retain(|version| *version != &TLS12);
    }
    if suites_13.is_empty() {
        versions.retain(|version| *version != &TLS13);
    }

    let groups = command(&["Groups", "Curves"]).or(setting("ecdh_curve").map(|s| (s.arg(1), s.place)));
    let groups = groups.map_or_else(|| provider::all().kx_groups.clone(), |list| self::groups(list, &mut missing));
    let mut suites = suites_13;
    suites.extend(read.suites.iter().filter_map(|number| suite(*number)));
    // Suites of a version that is not spoken would mislead the choice of a certificate.
    suites.retain(|suite| versions.contains(&suite.version()));
    let provider = CryptoProvider { cipher_suites: suites, kx_groups: groups, ..(**provider::all()).clone() };
    Limits { versions, provider: Arc::new(provider), missing }
}

/// Certificate and key that `Certificate` and `PrivateKey` of `ssl_conf_command` name, and where.
#[must_use]
pub fn commanded(config: &Config, scope: ScopeId, prefix: &str) -> Option<(String, String, Place)> {
    let name = format!("{prefix}_conf_command");
    let commands = config.effective_all(scope, &name);
    let last = |wanted: &str| {
        let found = commands.iter().rev().find(|setting| wanted.eq_ignore_ascii_case(setting.arg(1)));
        found.map(|setting| (setting.arg(2).to_owned(), setting.place))
    };
    let (certificate, place) = last("Certificate")?;
    Some((certificate, last("PrivateKey")?.0, place))
}

/// What `Options` of `ssl_conf_command` say of one of them: `Name`, `-Name`.
#[must_use]
pub fn option(config: &Config, scope: ScopeId, name: &str) -> Option<bool> {
    let commands = config.effective_all(scope, "ssl_conf_command");
    let lists = commands.iter().rev().filter(|setting| setting.arg(1).eq_ignore_ascii_case("Options"));
    let words = lists.flat_map(|setting| setting.arg(2).rsplit(','));
    let mut said = words.filter_map(|word| {
        let bare = word.trim_start_matches(['-', '+']);
        bare.eq_ignore_ascii_case(name).then(|| !word.starts_with('-'))
    });
    said.next()
}

fn asked(
    setting: Option<&Setting>,
    old: bool,
    missing: &mut Vec<(String, Place)>,
) -> Vec<&'static SupportedProtocolVersion> {
    let mask = match setting.map(|setting| &setting.value) {
        Some(Value::Mask(mask)) => *mask,
        _ => TLS_1_2 | TLS_1_3,
    };
    let mut versions = Vec::new();
    if mask & TLS_1_3 != 0 {
        versions.push(&TLS13);
    }
    if mask & TLS_1_2 != 0 {
        versions.push(&TLS12);
    }
    for (n, name) in OLD.iter().enumerate().filter(|(n, _)| mask & (1 << n) != 0) {
        // OpenSSL has never heard of the first two any more.
        if let Some(setting) = setting.filter(|_| versions.is_empty() || (old && n > 1)) {
            missing.push((format!("protocol \"{name}\" is not supported"), setting.place));
        }
    }
    versions
}

/// `MinProtocol`, `MaxProtocol` of `ssl_conf_command`.
fn bound(
    least: Option<(&str, Place)>,
    most: Option<(&str, Place)>,
    versions: &mut Vec<&'static SupportedProtocolVersion>,
) {
    if least.is_some_and(|(least, _)| least == "TLSv1.3") {
        versions.retain(|version| *version == &TLS13);
    }
    match most.map(|(most, _)| most) {
        Some("TLSv1.2") => versions.retain(|version| *version == &TLS12),
        Some("TLSv1.1" | "TLSv1" | "SSLv3") => versions.clear(),
        _ => {}
    }
}

fn suites_13(list: Option<(&str, Place)>, missing: &mut Vec<(String, Place)>) -> Vec<SupportedCipherSuite> {
    let Some((list, place)) = list else { return [0x1302, 0x1303, 0x1301].into_iter().filter_map(suite).collect() };
    let mut suites = Vec::new();
    for name in list.split(':').filter(|name| !name.is_empty()) {
        let number = match name {
            "TLS_AES_256_GCM_SHA384" => 0x1302,
            "TLS_CHACHA20_POLY1305_SHA256" => 0x1303,
            "TLS_AES_128_GCM_SHA256" => 0x1301,
            _ => {
                missing.push((format!("cipher \"{name}\" is not supported"), place));
                continue;
            }
        };
        suites.extend(suite(number));
    }
    suites
}

fn suite(number: u16) -> Option<SupportedCipherSuite> {
    provider::all().cipher_suites.iter().find(|suite| u16::from(suite.suite()) == number).copied()
}

/// The groups of a list; all of them where none of a list is there, which is said.
fn groups((list, place): (&str, Place), missing: &mut Vec<(String, Place)>) -> Vec<&'static dyn SupportedKxGroup> {
    let known = &provider::all().kx_groups;
    if list.eq_ignore_ascii_case("auto") {
        return known.clone();
    }
    let mut groups = Vec::new();
    for name in list.split([':', '/']).filter(|name| !name.is_empty()) {
        let optional = name.starts_with('?');
        let name = name.trim_start_matches(['?', '*']);
        let number = match name.to_ascii_lowercase().as_str() {
            "x25519" => 0x1D,
            "prime256v1" | "p-256" | "secp256r1" => 0x17,
            "secp384r1" | "p-384" => 0x18,
            _ => 0,
        };
        match known.iter().find(|group| u16::from(group.name()) == number) {
            Some(group) => groups.push(*group),
            None if optional => {}
            None => missing.push((format!("curve \"{name}\" is not supported"), place)),
        }
    }
    if groups.is_empty() { known.clone() } else { groups }
}
