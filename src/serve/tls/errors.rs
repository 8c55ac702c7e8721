//! Failures of handshakes in the words of nginx's error log, which are OpenSSL's.

use rustls::{AlertDescription, Error, InvalidMessage, PeerIncompatible, PeerMisbehaved};

/// Whether a client that speaks first with this byte speaks TLS; otherwise it gets nginx's page for plain HTTP on an
/// HTTPS port (status 497).
#[must_use]
pub fn looks_like_tls(first: u8) -> bool {
    first & 0x80 != 0 || first == 0x16
}

/// What nginx logs of a handshake that failed, without what it was doing: `SSL_do_handshake() failed (SSL: ...)`.
#[must_use]
pub fn handshake(error: &Error) -> String {
    format!("SSL_do_handshake() failed (SSL: {})", library(error))
}

/// What nginx logs when the other side goes away in the middle of a handshake.
pub const CLOSED: &str = "peer closed connection in SSL handshake";

/// What nginx logs of a handshake refused by `ssl_reject_handshake`.
pub const REJECTED: &str = "handshake rejected";

/// What nginx logs of a handshake without the certificate that variables named.
pub const NO_CERTIFICATE: &str = "SSL_do_handshake() failed (SSL: error:0A000179:SSL routines::cert cb error)";

/// An error of the TLS library behind an IO error, if it is one.
#[must_use]
pub fn inner(error: &std::io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

fn library(error: &Error) -> String {
    let reason = |number: u32, words: &str| format!("error:0A{number:06X}:SSL routines::{words}");
    match error {
        Error::AlertReceived(alert) => {
            let number = u32::from(u8::from(*alert));
            format!(
                "{}:SSL alert number {number}",
                reason(1000 + number, &format!("{} alert {}", era(*alert), words(*alert)))
            )
        }
        Error::NoApplicationProtocol => reason(0xEB, "no application protocol"),
        Error::DecryptError => reason(0x119, "decryption failed or bad record mac"),
        Error::PeerSentOversizedRecord => reason(0xC6, "packet length too long"),
        Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon) => reason(0xC1, "no shared cipher"),
        Error::PeerIncompatible(PeerIncompatible::NoKxGroupsInCommon) => reason(0x65, "no suitable key share"),
        Error::PeerIncompatible(PeerIncompatible::NoSignatureSchemesInCommon) => {
            reason(0x76, "no suitable signature algorithm")
        }
        Error::PeerIncompatible(
            PeerIncompatible::SignatureAlgorithmsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::Tls13RequiredForQuic
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => reason(0x102, "unsupported protocol"),
        Error::InvalidMessage(InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion) => {
            reason(0x10B, "wrong version number")
        }
        Error::InvalidMessage(_) => reason(0x89, "decode error"),
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
            reason(0xF4, "unexpected message")
        }
        Error::PeerMisbehaved(PeerMisbehaved::AttemptedDowngradeToTls12WhenTls13IsSupported) => {
            reason(0x175, "inappropriate fallback")
        }
        Error::InvalidCertificate(_) => reason(0x7B, "bad signature"),
        other => format!("{other}"),
    }
}

/// Alerts have the name of the protocol that brought them.
fn era(alert: AlertDescription) -> &'static str {
    match u8::from(alert) {
        10 | 20 | 30 | 40..=47 => "sslv3",
        _ => "tlsv1",
    }
}

fn words(alert: AlertDescription) -> String {
    let words = match u8::from(alert) {
        10 => "unexpected message",
        20 => "bad record mac",
        22 => "record overflow",
        40 => "handshake failure",
        42 => "bad certificate",
        43 => "unsupported certificate",
        44 => "certificate revoked",
        45 => "certificate expired",
        46 => "certificate unknown",
        47 => "illegal parameter",
        48 => "unknown ca",
        49 => "access denied",
        50 => "decode error",
        51 => "decrypt error",
        70 => "protocol version",
        71 => "insufficient security",
        80 => "internal error",
        90 => "user cancelled",
        100 => "no renegotiation",
        109 => "missing extension",
        110 => "unsupported extension",
        112 => "unrecognized name",
        116 => "certificate required",
        120 => "no application protocol",
        _ => return format!("{alert:?}"),
    };
    words.to_owned()
}
