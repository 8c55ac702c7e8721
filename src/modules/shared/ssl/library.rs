//! What OpenSSL has against values that nginx passes on to it, and when it says so.

use crate::modules::prelude::*;

/// Groups for the key exchange, in OpenSSL's and in the standards' spelling, up to OpenSSL 3.5.
const GROUPS: &str = "\
    x25519 x448 prime256v1 secp256r1 p-256 secp384r1 p-384 secp521r1 p-521 secp224r1 p-224 secp256k1 secp192r1 \
    prime192v1 p-192 secp192k1 secp224k1 secp160k1 secp160r1 secp160r2 sect163k1 sect163r1 sect163r2 sect193r1 \
    sect193r2 sect233k1 sect233r1 sect239k1 sect283k1 sect283r1 sect409k1 sect409r1 sect571k1 sect571r1 k-163 \
    b-163 k-233 b-233 k-283 b-283 k-409 b-409 k-571 b-571 brainpoolp256r1 brainpoolp384r1 brainpoolp512r1 \
    brainpoolp256r1tls13 brainpoolp384r1tls13 brainpoolp512r1tls13 ffdhe2048 ffdhe3072 ffdhe4096 ffdhe6144 \
    ffdhe8192 mlkem512 mlkem768 mlkem1024 x25519mlkem768 secp256r1mlkem768 secp384r1mlkem1024 default";

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

/// `ssl_ecdh_curve`
pub(super) fn groups(cx: &Cx, scope: ScopeId) -> Verdict {
    let Some(setting) = cx.config.effective(scope, "ssl_ecdh_curve") else { return Ok(()) };
    let list = setting.arg(1);
    if list == "auto" {
        return Ok(());
    }
    let names = list.split([':', '/']).map(|name| name.trim_start_matches(['?', '*', '-']));
    for name in names {
        if !knows(GROUPS, name) {
            let said = format!("error:0A080106:SSL routines::passed invalid argument:group '{name}' cannot be set");
            let message = format!("SSL_CTX_set1_curves_list(\"{list}\") failed (SSL: {said})");
            return Err(Fault::emerg(message).at(setting.span()).unlocated());
        }
    }
    Ok(())
}

/// `ssl_conf_command`, or the directive of this `name`.
///
/// # Errors
/// What OpenSSL has against the first it refuses.
pub fn commands(cx: &Cx, scope: ScopeId, name: &str) -> Verdict {
    for setting in cx.config.effective_all(scope, name) {
        let (command, value) = (setting.arg(1), setting.arg(2));
        let said = if knows(COMMANDS, command) {
            bad_value(command, value)
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
fn bad_value(command: &str, value: &str) -> Option<String> {
    let bad = format!("error:0A000180:SSL routines::bad value:cmd={command}, value={value}");
    let all = |known: &dyn Fn(&str) -> bool| {
        value.split(',').map(|word| word.trim().trim_start_matches(['-', '+'])).all(known)
    };
    let good = match command.to_ascii_lowercase().as_str() {
        "options" => all(&|word| knows(OPTIONS, word)),
        "protocol" => all(&|word| knows(PROTOCOLS, word) || word.eq_ignore_ascii_case("ALL")),
        "minprotocol" | "maxprotocol" => PROTOCOLS.split(' ').any(|known| known == value),
        "cipherstring" => return super::ciphers::refusal(value).map(|why| format!("{why} {bad}")),
        _ => true,
    };
    (!good).then_some(bad)
}
