//! Why nginx would not staple OCSP responses although it is told to: warnings, which need a look into certificates.

use super::required::Pair;
use crate::config::Setting;
use crate::modules::prelude::*;

/// `id-ad-ocsp` as it stands in a certificate that names a responder.
const OCSP: &[u8] = &[0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01];

/// Warns of every certificate for which there is nothing to staple. `authorities` are the files with certificates of
/// issuers.
pub(super) fn warn(cx: &mut Cx, scope: ScopeId, pairs: &[Pair], authorities: &[String]) {
    let known: Vec<Certificate> = authorities.iter().flat_map(|path| certificates(cx, path)).collect();
    let responder = cx.config.effective(scope, "ssl_stapling_responder").map(|setting| setting.arg(1).to_owned());
    let span = cx.config.effective(scope, "ssl_stapling").map(Setting::span);
    for pair in pairs {
        let path = cx.conf_path(&pair.certificate);
        let chain = certificates(cx, &path);
        let Some((own, rest)) = chain.split_first() else { continue };
        let signed = rest.iter().chain(&known).any(|other| other.subject == own.issuer);
        let why = if !signed {
            format!("issuer certificate not found for certificate \"{path}\"")
        } else if let Some(responder) = &responder {
            match refusal(cx, responder) {
                Some(why) => format!("{why} in the certificate \"{path}\""),
                None => continue,
            }
        } else if own.has_responder {
            continue;
        } else {
            format!("no OCSP responder URL in the certificate \"{path}\"")
        };
        let fault = Fault::warn(format!("\"ssl_stapling\" ignored, {why}")).unlocated().of_host();
        cx.warn(Fault { span, ..fault });
    }
}

fn refusal(cx: &Cx, responder: &str) -> Option<String> {
    let Some(url) = super::context::without_http(responder) else {
        return Some(format!("invalid URL prefix in OCSP responder \"{responder}\""));
    };
    let form = UrlForm { default_port: 80, uri_part: true, ..UrlForm::default() };
    let bad = Url::read(url, form, cx.host).err()?;
    Some(format!("{} in OCSP responder \"{url}\"", bad.phrase()))
}

/// What is read of a certificate.
struct Certificate {
    issuer: Vec<u8>,
    subject: Vec<u8>,
    has_responder: bool,
}

fn certificates(cx: &Cx, path: &str) -> Vec<Certificate> {
    let content = cx.host.read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&content);
    let blocks = text.split("-----BEGIN CERTIFICATE-----").skip(1);
    blocks.filter_map(|block| read(&base64(block.split("-----END").next()?))).collect()
}

/// The names in the signed part: version, serial number and algorithm stand before the issuer, validity before the
/// subject.
fn read(der: &[u8]) -> Option<Certificate> {
    let (_, certificate, _) = element(der)?;
    let (_, mut rest, _) = element(certificate)?;
    let mut fields = Vec::new();
    while fields.len() < 6 {
        let (tag, value, after) = element(rest)?;
        // The version is optional, and so are its brackets.
        if tag != 0xa0 {
            fields.push(value);
        }
        if fields.len() == 5 {
            break;
        }
        rest = after;
    }
    let has_responder = der.windows(OCSP.len()).any(|window| window == OCSP);
    Some(Certificate { issuer: fields.get(2)?.to_vec(), subject: fields.get(4)?.to_vec(), has_responder })
}

/// Tag, value, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, mut rest) = rest.split_first()?;
    let mut length = usize::from(*first);
    if length > 127 {
        let bytes = rest.get(..(length & 127).min(4))?;
        length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        rest = rest.get(bytes.len()..)?;
    }
    Some((*tag, rest.get(..length)?, rest.get(length..)?))
}

fn base64(text: &str) -> Vec<u8> {
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for byte in text.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}
