//! What OpenSSL has against values that nginx passes on to it, and when it says so.

use crate::config::Setting;
use crate::modules::prelude::*;

/// Groups for the key exchange, in OpenSSL's and in the standards' spelling, up to OpenSSL 3.4.
const GROUPS: &str = "\
    x25519 x448 prime256v1 secp256r1 p-256 secp384r1 p-384 secp521r1 p-521 secp224r1 p-224 secp256k1 secp192r1 \
    prime192v1 p-192 secp192k1 secp224k1 secp160k1 secp160r1 secp160r2 sect163k1 sect163r1 sect163r2 sect193r1 \
    sect193r2 sect233k1 sect233r1 sect239k1 sect283k1 sect283r1 sect409k1 sect409r1 sect571k1 sect571r1 k-163 \
    b-163 k-233 b-233 k-283 b-283 k-409 b-409 k-571 b-571 brainpoolp256r1 brainpoolp384r1 brainpoolp512r1 \
    brainpoolp256r1tls13 brainpoolp384r1tls13 brainpoolp512r1tls13 ffdhe2048 ffdhe3072 ffdhe4096 ffdhe6144 \
    ffdhe8192";

/// Groups of OpenSSL 3.5, the first with key exchanges that quantum computers do not break.
const NEW_GROUPS: &str = "mlkem512 mlkem768 mlkem1024 x25519mlkem768 secp256r1mlkem768 secp384r1mlkem1024 default";

/// Commands of OpenSSL's configuration files that may stand in `ssl_conf_command`.
const COMMANDS: &str = "\
    SignatureAlgorithms ClientSignatureAlgorithms Curves Groups ECDHParameters CipherString Ciphersuites \
    Protocol MinProtocol MaxProtocol Options VerifyMode Certificate PrivateKey ServerInfoFile ChainCAPath \
    ChainCAFile ChainCAStore VerifyCAPath VerifyCAFile VerifyCAStore RequestCAFile ClientCAFile RequestCAPath \
    ClientCAPath RequestCAStore ClientCAStore DHParameters RecordPadding NumTickets AntiReplay";

/// What may stand in `Options`, each also with `-` or `+` before it.
const OPTIONS: &str = "\
    SessionTicket EmptyFragments Bugs Compression ServerPreference NoResumptionOnRenegotiation DHSingle \
    ECDHSingle UnsafeLegacyRenegotiation UnsafeLegacyServerConnect ClientRenegotiation EncryptThenMac \
    NoRenegotiation AllowNoDHEKEX PreferNoDHEKEX PrioritizeChaCha MiddleboxCompat AntiReplay \
    ExtendedMasterSecret CANames KTLS StrictCertCheck TxCertificateCompression RxCertificateCompression \
    KTLSTxZerocopySendfile IgnoreUnexpectedEOF";

const PROTOCOLS: &str = "\
    None SSLv3 TLSv1 TLSv1.1 TLSv1.2 TLSv1.3 DTLSv1 DTLSv1.2";

/// `ssl_ciphers`, or the directive of this `name`.
///
/// # Errors
/// What OpenSSL has against the list.
pub fn ciphers(cx: &Cx, scope: ScopeId, name: &str) -> Verdict {
    let Some(setting) = cx.config.effective(scope, name) else { return Ok(()) };
    let list = setting.arg(1);
    match super::ciphers::refusal(list) {
        Some(said) => {
            let message = format!("SSL_CTX_set_cipher_list(\"{list}\") failed (SSL: {said})");
            Err(Fault::emerg(message).at(setting.span()).unlocated().help("OpenSSL finds no cipher in this list"))
        }
        None => Ok(()),
    }
}

/// Warns of a directive that is used although the target's OpenSSL is older than this.
pub(super) fn unsupported(cx: &mut Cx, scope: ScopeId, name: &str, since: (u32, u32)) {
    let used = cx.config.effective(scope, name).filter(|setting| setting.value != Value::Flag(false));
    if let Some(span) = used.map(Setting::span)
        && cx.target.openssl.is_some_and(|version| version < since)
    {
        let message = format!("\"{name}\" is not supported on this platform, ignored");
        let help = format!("it needs OpenSSL {}.{}", since.0, since.1);
        cx.warn(Fault::warn(message).unlocated().at(span).help(help));
    }
}

/// `ssl_ecdh_curve`
pub(super) fn groups(cx: &Cx, scope: ScopeId) -> Verdict {
    let Some(setting) = cx.config.effective(scope, "ssl_ecdh_curve") else { return Ok(()) };
    let list = setting.arg(1);
    if list == "auto" {
        return Ok(());
    }
    let Some(name) = unknown_group(cx, list) else { return Ok(()) };
    let said = what_of_group(cx, name).map_or_else(String::new, |said| format!(" (SSL: {said})"));
    let message = format!("SSL_CTX_set1_curves_list(\"{list}\") failed{said}");
    let help = format!("OpenSSL knows no group \"{name}\"");
    Err(Fault::emerg(message).at(setting.span()).unlocated().help(help))
}

/// The version of OpenSSL in which a name with `?` may be unknown, and an unknown one is refused without a word.
const OPTIONAL_GROUPS: (u32, u32) = (3, 3);

/// The first group of a list that the target's OpenSSL does not know; if that is not known itself, the newest.
fn unknown_group<'t>(cx: &Cx, list: &'t str) -> Option<&'t str> {
    let version = cx.target.openssl.unwrap_or((u32::MAX, 0));
    if version < (3, 5) {
        let optional = |name: &str| version >= OPTIONAL_GROUPS && name.starts_with('?');
        return list.split(':').find(|name| !optional(name) && !knows(GROUPS, name));
    }
    // Here a name may also have its key share sent, be taken away again, and lists have parts.
    let mut names = list.split([':', '/']).filter(|name| !name.starts_with('?'));
    names.find(|name| {
        let name = name.trim_start_matches(['*', '-']);
        !knows(GROUPS, name) && !knows(NEW_GROUPS, name)
    })
}

/// What OpenSSL says of an unknown group, if it says anything.
fn what_of_group(cx: &Cx, name: &str) -> Option<String> {
    let said = || format!("error:0A080106:SSL routines::passed invalid argument:group '{name}' cannot be set");
    cx.target.openssl.is_none_or(|version| version < OPTIONAL_GROUPS).then(said)
}

/// `ssl_conf_command`, or the directive of this `name`.
///
/// # Errors
/// What OpenSSL has against the first it refuses.
pub fn commands(cx: &Cx, scope: ScopeId, name: &str) -> Verdict {
    for setting in cx.config.effective_all(scope, name) {
        let (command, value) = (setting.arg(1), setting.arg(2));
        let said = if knows(COMMANDS, command) {
            bad_value(cx, command, value)
        } else {
            Some(format!("error:0A000182:SSL routines::unknown cmd name:cmd={command}"))
        };
        if let Some(said) = said {
            let message = format!("SSL_CONF_cmd(\"{command}\", \"{value}\") failed (SSL: {said})");
            return Err(Fault::emerg(message).at(setting.span()).unlocated());
        }
    }
    Ok(())
}

fn knows(names: &str, name: &str) -> bool {
    names.split(' ').any(|known| known.eq_ignore_ascii_case(name))
}

/// What OpenSSL says of a value, for the commands whose values are words of lists.
fn bad_value(cx: &Cx, command: &str, value: &str) -> Option<String> {
    let bad = format!("error:0A000180:SSL routines::bad value:cmd={command}, value={value}");
    let all = |known: &dyn Fn(&str) -> bool| {
        value.split(',').map(|word| word.trim().trim_start_matches(['-', '+'])).all(known)
    };
    let good = match command.to_ascii_lowercase().as_str() {
        "options" => all(&|word| knows(OPTIONS, word)),
        "protocol" => all(&|word| knows(PROTOCOLS, word) || word.eq_ignore_ascii_case("ALL")),
        "minprotocol" | "maxprotocol" => PROTOCOLS.split(' ').any(|known| known == value),
        "groups" | "curves" => {
            let said = what_of_group(cx, unknown_group(cx, value)?);
            return Some(said.map_or_else(|| bad.clone(), |said| format!("{said} {bad}")));
        }
        "cipherstring" => return super::ciphers::refusal(value).map(|why| format!("{why} {bad}")),
        _ => true,
    };
    (!good).then_some(bad)
}
