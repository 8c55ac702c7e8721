//! The `$ssl_*` variables, as nginx writes them with OpenSSL 3.0.
//!
//! Empty here as they are there: `$ssl_sigalg`, `$ssl_client_sigalg` (OpenSSL 3.5), `$ssl_ech_*` (4.0).

use base64::Engine;
use sha1::{Digest, Sha1};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::time::ASN1Time;

use super::secured::Secured;
use super::{dn, names};
use crate::exchange::Told;

/// The value of a variable (its name without `$`), at a time in seconds since 1970; `None` where it has none.
#[must_use]
pub fn variable(name: &str, secured: &Secured, now: i64) -> Option<Vec<u8>> {
    let value = match name {
        "ssl_protocol" => secured.protocol.into(),
        "ssl_cipher" => names::suite(secured.cipher).unwrap_or("(NONE)").into(),
        "ssl_ciphers" => list(&secured.hello.ciphers, |number| {
            names::suite(number).map_or_else(|| format!("0x{number:04x}"), str::to_owned)
        }),
        "ssl_curve" => secured.group.map(group).unwrap_or_default().into_bytes(),
        "ssl_curves" => list(&secured.hello.groups, group),
        "ssl_sigalgs" => list(&secured.hello.signatures, |number| format!("0x{number:04x}")),
        "ssl_session_id" => hex(&secured.session),
        "ssl_session_reused" => if secured.reused { "r" } else { "." }.into(),
        "ssl_early_data" => if secured.early { "1" } else { "" }.into(),
        "ssl_server_name" => secured.hello.server_name.clone().unwrap_or_default().into_bytes(),
        "ssl_alpn_protocol" => secured.alpn.clone().unwrap_or_default(),
        "ssl_client_verify" => match (secured.certificates.is_empty(), secured.verified) {
            (true, _) => "NONE".into(),
            (false, None) => "SUCCESS".into(),
            (false, Some(reason)) => format!("FAILED:{}", reason.words()).into(),
        },
        _ => client(name, secured.certificates.first()?, now)?,
    };
    (!value.is_empty()).then_some(value)
}

impl Told for Secured {
    fn tell(&self, name: &str, now: i64) -> Option<Vec<u8>> {
        variable(name, self, now)
    }
}

fn group(number: u16) -> String {
    names::group(number).map_or_else(|| format!("0x{number:04x}"), str::to_owned)
}

fn list(numbers: &[u16], name: impl Fn(u16) -> String) -> Vec<u8> {
    numbers.iter().map(|number| name(*number)).collect::<Vec<_>>().join(":").into_bytes()
}

/// What there is to say of the client's certificate.
fn client(name: &str, der: &[u8], now: i64) -> Option<Vec<u8>> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    Some(match name {
        "ssl_client_cert" => folded(&pem(der)),
        "ssl_client_raw_cert" => pem(der),
        "ssl_client_escaped_cert" => escaped(&pem(der)),
        "ssl_client_s_dn" => dn::rfc2253(certificate.subject()),
        "ssl_client_i_dn" => dn::rfc2253(certificate.issuer()),
        "ssl_client_s_dn_legacy" => dn::oneline(certificate.subject()),
        "ssl_client_i_dn_legacy" => dn::oneline(certificate.issuer()),
        "ssl_client_serial" => serial(certificate.raw_serial()),
        "ssl_client_fingerprint" => hex(&Sha1::digest(der)),
        "ssl_client_v_start" => time(certificate.validity().not_before),
        "ssl_client_v_end" => time(certificate.validity().not_after),
        "ssl_client_v_remain" => {
            let left = certificate.validity().not_after.timestamp() - now;
            (left.max(0) / 86_400).to_string().into()
        }
        _ => return None,
    })
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

/// A number as it stands in DER, in capitals.
fn serial(bytes: &[u8]) -> Vec<u8> {
    let negative = bytes.first().is_some_and(|first| *first >= 0x80);
    let mut bytes = bytes.to_vec();
    if negative {
        // The magnitude of a number in two's complement.
        let mut carry = true;
        for byte in bytes.iter_mut().rev() {
            let (sum, over) = (!*byte).overflowing_add(u8::from(carry));
            (*byte, carry) = (sum, over);
        }
    }
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let sign = if negative { "-" } else { "" };
    let digits = hex(&bytes[start..]).to_ascii_uppercase();
    [sign.as_bytes(), if digits.is_empty() { b"00" } else { &digits }].concat()
}

/// `Nov 26 01:23:53 2026 GMT`
fn time(time: ASN1Time) -> Vec<u8> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let at = time.to_datetime();
    let month = MONTHS[usize::from(u8::from(at.month())) - 1];
    let (day, year) = (at.day(), at.year());
    format!("{month} {day:>2} {:02}:{:02}:{:02} {year} GMT", at.hour(), at.minute(), at.second()).into()
}

fn pem(der: &[u8]) -> Vec<u8> {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let mut pem = b"-----BEGIN CERTIFICATE-----\n".to_vec();
    for line in text.as_bytes().chunks(64) {
        pem.extend_from_slice(line);
        pem.push(b'\n');
    }
    pem.extend_from_slice(b"-----END CERTIFICATE-----\n");
    pem
}

/// For a header: a tab begins every line but the first, and the last line has no end.
fn folded(pem: &[u8]) -> Vec<u8> {
    let body = pem.strip_suffix(b"\n").unwrap_or(pem);
    body.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b"\n\t"[..])
}

/// For a URI.
fn escaped(pem: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pem.len() + pem.len() / 4);
    for byte in pem {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::tls::tests::{EC, client, connect, files, front, value};

    #[test]
    fn numbers() {
        for (der, text) in [
            (&[0x10, 0x00][..], "1000"),
            (&[0x00, 0xFF], "FF"),
            (&[0x00], "00"),
            (&[0xFF], "-01"),
            (&[0x80, 0x00], "-8000"),
        ] {
            assert_eq!(serial(der), text.as_bytes());
        }
    }

    #[test]
    fn names_are_printed_as_nginx_prints_them() {
        let front = front(&format!("server {{ listen 443 ssl; {EC} ssl_verify_client optional_no_ca; }}"));
        let config = client("proxy_ssl_certificate names.crt; proxy_ssl_certificate_key names.key;").config("1");
        let secured = connect(&front, config, "a").unwrap().secured;
        for (name, want) in [
            (
                "ssl_client_s_dn",
                r#"GN=g,SN=s,title=t,1.2.3.4=#0C0178,UID=u,DC=example,emailAddress=a@b.c,CN=\ space\ ,OU=\# one\ +OU=two\\,O=Gr/\C3\BCn\, \"Co\" \<a\;b\>,C=DE"#,
            ),
            (
                "ssl_client_s_dn_legacy",
                r#"/C=DE/O=Gr\/\xC3\xBCn, "Co" <a;b>/OU=two\+OU=# one /CN= space /emailAddress=a@b.c/DC=example/UID=u/1.2.3.4=x/title=t/SN=s/GN=g"#,
            ),
            ("ssl_client_serial", "AB12CD34"),
            ("ssl_client_fingerprint", "5aca36f38cc2b09dced1ff1ddb3afffc7fc3a05b"),
            ("ssl_client_v_start", "Nov 26 01:38:44 2026 GMT"),
            ("ssl_client_v_end", "Nov  2 01:38:44 2126 GMT"),
            ("ssl_client_v_remain", "36449"),
            ("ssl_client_verify", "FAILED:self-signed certificate"),
        ] {
            assert_eq!(value(name, &secured), want, "{name}");
        }
        let file = std::fs::read_to_string(files().path("names.crt")).unwrap();
        assert_eq!(value("ssl_client_raw_cert", &secured), file);
        assert_eq!(value("ssl_client_cert", &secured), file.trim_end().replace('\n', "\n\t"));
        let escaped = value("ssl_client_escaped_cert", &secured);
        assert!(escaped.starts_with("-----BEGIN%20CERTIFICATE-----%0AMIICiTCCAi4CBQCrEs00MAoGCCqGSM49BAMCMIHMMQ"));
        assert!(escaped.ends_with("EOSXgXjE%3D%0A-----END%20CERTIFICATE-----%0A"), "{escaped}");
    }
}
