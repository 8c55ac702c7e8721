//! A light look at PEM files: is the block there, whole, and does it hold DER? The words are those of OpenSSL 3.
//!
//! What the bytes mean is not checked: whether key and certificate belong together, whether a signature is good.

use crate::config::{Pem, Refusal};
use crate::syntax;

/// How OpenSSL loads one kind: the function that nginx names, and the labels of the blocks that it takes.
struct Kind {
    function: &'static str,
    labels: &'static [&'static str],
    expecting: &'static str,
    /// The name of the type in OpenSSL's message about bad DER.
    asn1: &'static str,
}

fn kind_of(kind: Pem) -> Kind {
    match kind {
        Pem::Certificate => Kind {
            function: "PEM_read_bio_X509_AUX",
            labels: &["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"],
            expecting: "TRUSTED CERTIFICATE",
            asn1: "X509",
        },
        Pem::Key => Kind {
            function: "PEM_read_bio_PrivateKey",
            labels: &["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"],
            expecting: "ANY PRIVATE KEY",
            asn1: "PKCS8_PRIV_KEY_INFO",
        },
        Pem::DhParam => Kind {
            function: "PEM_read_bio_DHparams",
            labels: &["DH PARAMETERS", "X9.42 DH PARAMETERS"],
            expecting: "DH PARAMETERS",
            asn1: "DHPARAMS",
        },
        Pem::OcspResponse => {
            Kind { function: "d2i_OCSP_RESPONSE_bio", labels: &[], expecting: "", asn1: "OCSP_RESPONSE" }
        }
        Pem::Crl => {
            Kind { function: "PEM_read_bio_X509_CRL", labels: &["X509 CRL"], expecting: "X509 CRL", asn1: "X509_CRL" }
        }
    }
}

/// What is wrong with a block.
enum Bad {
    Missing,
    Unfinished,
    Base64,
    Der,
}

/// Checks what was read from `path`; the error is the end of nginx's message, for DH parameters all of it.
///
/// # Errors
/// What nginx would print.
pub fn check(content: &Result<Vec<u8>, Refusal>, path: &str, kind: Pem) -> Result<(), String> {
    let whole = matches!(kind, Pem::DhParam | Pem::OcspResponse);
    let named = if whole { format!("(\"{path}\")") } else { "()".to_owned() };
    let mode = if kind == Pem::OcspResponse { "rb" } else { "r" };
    let content = match content {
        Ok(content) => content.as_slice(),
        // fopen() opens folders; there is nothing to read in them.
        Err(refusal) if refusal.starts_with("21:") => &[],
        Err(refusal) => return Err(format!("BIO_new_file{named} failed ({})", not_opened(refusal, path, mode))),
    };
    let rules = kind_of(kind);
    if kind == Pem::OcspResponse {
        // A SEQUENCE.
        let good = content.first() == Some(&0x30);
        return if good {
            Ok(())
        } else {
            Err(format!("{}{named} failed (SSL: {})", rules.function, wrong_tag(&rules)))
        };
    }
    let text = syntax::decode(content);
    first_block(&text, rules.labels).map_err(|bad| {
        let said = match kind {
            Pem::Key => key_error(&bad, &rules),
            _ => error(&bad, &rules),
        };
        format!("{}{named} failed (SSL: {said})", rules.function)
    })
}

fn not_opened(refusal: &str, path: &str, mode: &str) -> String {
    let (number, words) = refusal.split_once(": ").unwrap_or(("0", refusal));
    let number: u32 = number.parse().unwrap_or(0);
    let reason = if number == 2 {
        "error:10000080:BIO routines::no such file"
    } else {
        "error:10080002:BIO routines::system lib"
    };
    format!(
        "SSL: error:{:08X}:system library::{words}:calling fopen({path}, {mode}) {reason}",
        0x8000_0000_u32 + number
    )
}

fn error(bad: &Bad, rules: &Kind) -> String {
    match bad {
        Bad::Missing => format!("error:0480006C:PEM routines::no start line:Expecting: {}", rules.expecting),
        Bad::Unfinished => "error:04800066:PEM routines::bad end line".to_owned(),
        Bad::Base64 => "error:04800064:PEM routines::bad base64 decode".to_owned(),
        Bad::Der => format!("{} error:0488000D:PEM routines::ASN1 lib", wrong_tag(rules)),
    }
}

/// Keys go through OpenSSL's decoders, which say the same of all faults.
fn key_error(bad: &Bad, rules: &Kind) -> String {
    let unsupported = "error:1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM";
    match bad {
        Bad::Der => format!("{unsupported} {}", wrong_tag(rules)),
        _ => unsupported.to_owned(),
    }
}

fn wrong_tag(rules: &Kind) -> String {
    let nested = "error:0688010A:asn1 encoding routines::nested asn1 error";
    format!("error:068000A8:asn1 encoding routines::wrong tag {nested}:Type={}", rules.asn1)
}

/// Looks at the first block with one of these labels.
fn first_block(text: &str, labels: &[&str]) -> Result<(), Bad> {
    let mut lines = text.lines().map(str::trim_end);
    let is_begin = |line: &str| label(line, "-----BEGIN ").is_some_and(|label| labels.contains(&label));
    let begin = lines.find(|line| is_begin(line)).ok_or(Bad::Missing)?;
    let wanted = label(begin, "-----BEGIN ");
    let mut body = String::new();
    for line in lines {
        if line.starts_with("-----END ") {
            return if label(line, "-----END ") == wanted { check_body(&body) } else { Err(Bad::Unfinished) };
        }
        // Headers of an encrypted key, and the empty line after them.
        if !line.contains(':') {
            body.push_str(line);
        }
    }
    Err(Bad::Unfinished)
}

fn label<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    line.strip_prefix(start)?.strip_suffix("-----")
}

fn check_body(body: &str) -> Result<(), Bad> {
    let plain = body.trim_end_matches('=');
    if plain.is_empty() || !plain.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')) {
        return Err(Bad::Base64);
    }
    // DER of all these kinds is a SEQUENCE, tag 0x30; an encrypted body of the old form may start with anything.
    if plain.starts_with('M') { Ok(()) } else { Err(Bad::Der) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, kind: Pem) -> String {
        check(&Ok(text.as_bytes().to_vec()), "/x", kind).expect_err("not a good file")
    }

    #[test]
    fn speaks_as_openssl() {
        let missing = "PEM_read_bio_X509_AUX() failed (SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)";
        assert_eq!(said("garbage\n", Pem::Certificate), missing);
        let cut = "PEM_read_bio_X509_AUX() failed (SSL: error:04800066:PEM routines::bad end line)";
        assert_eq!(said("-----BEGIN CERTIFICATE-----\n!!!!\n", Pem::Certificate), cut);
        let dh = "PEM_read_bio_DHparams(\"/x\") failed (SSL: error:0480006C:PEM routines::no start line:Expecting: DH PARAMETERS)";
        assert_eq!(said("", Pem::DhParam), dh);
        let absent = check(&Err("2: No such file or directory".to_owned()), "/x", Pem::Key).expect_err("no file");
        assert_eq!(
            absent,
            "BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(/x, r) \
             error:10000080:BIO routines::no such file)"
        );
        let good = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        assert_eq!(check(&Ok(good.as_bytes().to_vec()), "/x", Pem::Certificate), Ok(()));
    }
}
