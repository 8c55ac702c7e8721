//! What a configuration asks of TLS and this build does not do: said at start, each with its place.

use super::limits::limits;
use crate::config::{Config, ScopeId, Setting, Value};
use crate::syntax::Place;

/// Families of directives, as their names begin.
const PREFIXES: [&str; 4] = ["ssl", "proxy_ssl", "grpc_ssl", "uwsgi_ssl"];

/// Directives whose values together say what may be spoken.
const LIMITS: [&str; 4] = ["_protocols", "_ciphers", "_ecdh_curve", "_conf_command"];

/// Commands of `ssl_conf_command` that are done.
const COMMANDS: [&str; 8] =
    ["Ciphersuites", "CipherString", "MinProtocol", "MaxProtocol", "Groups", "Curves", "Certificate", "PrivateKey"];

/// Words of its command `Options` that are done.
const OPTIONS: [&str; 2] = ["SessionTicket", "ServerPreference"];

/// Everything in `http` that TLS asks for in vain: a sentence that names the directive, and its place.
#[must_use]
pub fn unsupported(config: &Config) -> Vec<(String, Place)> {
    let mut found = Vec::new();
    for (n, scope) in config.scopes.iter().enumerate() {
        let id = ScopeId(n as u32);
        if config.http.is_none() || config.realm(id) != config.http {
            continue;
        }
        for setting in &scope.settings {
            found.extend(directive(config, id, setting).map(|message| (message, setting.place)));
        }
        for prefix in PREFIXES {
            let limited = |setting: &Setting| {
                setting.directive.name.strip_prefix(prefix).is_some_and(|rest| LIMITS.contains(&rest))
            };
            if scope.settings.iter().any(limited) {
                let missing = limits(config, id, prefix).missing;
                found.extend(missing.into_iter().map(|(message, place)| (named(config, message, place), place)));
            }
        }
    }
    found.sort_by_key(|(_, place)| *place);
    found.dedup();
    found
}

/// The sentence with the name of the directive that stands at a place.
fn named(config: &Config, message: String, place: Place) -> String {
    let settings = config.scopes.iter().flat_map(|scope| &scope.settings);
    let directive = settings.filter(|setting| setting.place == place).map(|setting| setting.directive.name).next();
    directive.map_or(message.clone(), |directive| format!("{message} in \"{directive}\""))
}

fn directive(config: &Config, scope: ScopeId, setting: &Setting) -> Option<String> {
    let name = setting.directive.name;
    let not_supported = || Some(format!("\"{name}\" is not supported"));
    let on = setting.value == Value::Flag(true);
    match name {
        "ssl_dhparam" | "ssl_ech_file" if !setting.arg(1).is_empty() => not_supported(),
        "ssl_ocsp" if !matches!(setting.value, Value::Enum(0) | Value::Flag(false)) => not_supported(),
        "ssl_stapling" if on && config.effective(scope, "ssl_stapling_file").is_none() => {
            Some("\"ssl_stapling\" without \"ssl_stapling_file\" is not supported".to_owned())
        }
        _ if name.ends_with("ssl_conf_command") => command(setting),
        _ if name.ends_with("ssl_certificate_key") => {
            let name_of_key = setting.arg(1);
            let in_store = name_of_key.starts_with("store:") && !name_of_key.starts_with("store:file:");
            let elsewhere = in_store || name_of_key.starts_with("engine:");
            elsewhere.then(|| format!("key \"{}\" in \"{name}\" is not supported", setting.arg(1)))
        }
        _ => None,
    }
}

fn command(setting: &Setting) -> Option<String> {
    let has = |known: &[&str], word: &str| known.iter().any(|known| known.eq_ignore_ascii_case(word));
    let options = |list: &str| list.split(',').all(|word| has(&OPTIONS, word.trim_start_matches(['-', '+'])));
    let is_options = setting.directive.name == "ssl_conf_command" && setting.arg(1).eq_ignore_ascii_case("Options");
    let done = has(&COMMANDS, setting.arg(1)) || (is_options && options(setting.arg(2)));
    let name = setting.directive.name;
    (!done).then(|| format!("command \"{}\" in \"{name}\" is not supported", setting.arg(1)))
}

#[cfg(test)]
mod tests {
    use super::unsupported;
    use crate::serve::tls::tests::{EC, config};

    #[test]
    fn what_is_not_done_is_said() {
        let said = |settings: &str| {
            let (config, _) = config(&format!("server {{ listen 443 ssl; {EC} {settings} }}"));
            unsupported(&config).into_iter().map(|(message, _)| message).collect::<Vec<_>>().join("; ")
        };
        for good in [
            "ssl_ciphers HIGH:!aNULL:!MD5; ssl_protocols TLSv1 TLSv1.1 TLSv1.2;",
            "ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256;",
            "ssl_ecdh_curve X25519:prime256v1:secp384r1; ssl_conf_command MinProtocol TLSv1.2;",
            "ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256; ssl_stapling on; ssl_stapling_file x; ssl_dhparam '';",
        ] {
            assert_eq!(said(good), "", "{good}");
        }
        for (settings, want) in [
            (
                "ssl_protocols TLSv1 TLSv1.1;",
                "protocol \"TLSv1\" is not supported in \"ssl_protocols\"; protocol \"TLSv1.1\" is not supported in \"ssl_protocols\"",
            ),
            (
                "ssl_protocols TLSv1.1 TLSv1.2; ssl_ciphers DEFAULT:@SECLEVEL=0;",
                "protocol \"TLSv1.1\" is not supported in \"ssl_protocols\"",
            ),
            ("ssl_ciphers AES128-SHA:HIGH;", "cipher \"AES128-SHA\" is not supported in \"ssl_ciphers\""),
            ("ssl_ciphers kRSA;", "none of the TLSv1.2 ciphers of \"kRSA\" is supported in \"ssl_ciphers\""),
            ("ssl_ecdh_curve secp521r1;", "curve \"secp521r1\" is not supported in \"ssl_ecdh_curve\""),
            ("ssl_dhparam x;", "\"ssl_dhparam\" is not supported"),
            ("ssl_stapling on;", "\"ssl_stapling\" without \"ssl_stapling_file\" is not supported"),
            ("ssl_conf_command Options KTLS;", "command \"Options\" in \"ssl_conf_command\" is not supported"),
            ("ssl_certificate_key engine:a:b;", "key \"engine:a:b\" in \"ssl_certificate_key\" is not supported"),
        ] {
            assert_eq!(said(settings), want, "{settings}");
        }
    }
}
