//! Distinguished names as OpenSSL prints them: in the form of RFC 2253 (`$ssl_client_s_dn`) and in the older one line
//! (`$ssl_client_s_dn_legacy`).
//!
//! What is left out: names whose bytes are no valid text of their type are printed byte by byte.

use x509_parser::x509::{AttributeTypeAndValue, RelativeDistinguishedName, X509Name};

/// Attributes by the short names that OpenSSL has for them.
const SHORT: &[(&str, &str)] = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.16", "postalAddress"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.18", "postOfficeBox"),
    ("2.5.4.20", "telephoneNumber"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "GN"),
    ("2.5.4.43", "initials"),
    ("2.5.4.44", "generationQualifier"),
    ("2.5.4.45", "x500UniqueIdentifier"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.65", "pseudonym"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.3", "mail"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("1.2.840.113549.1.9.2", "unstructuredName"),
    ("1.2.840.113549.1.9.8", "unstructuredAddress"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
];

/// The short name of an attribute, or its numbers.
fn label(oid: &str) -> (&str, bool) {
    SHORT.iter().find(|(number, _)| *number == oid).map_or((oid, false), |(_, name)| (name, true))
}

/// The name in the form of RFC 2253: the most specific part first.
#[must_use]
pub fn rfc2253(name: &X509Name) -> Vec<u8> {
    let mut out = Vec::new();
    let parts: Vec<&RelativeDistinguishedName> = name.iter().collect();
    for (n, part) in parts.iter().rev().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        let values: Vec<&AttributeTypeAndValue> = part.iter().collect();
        for (n, value) in values.iter().rev().enumerate() {
            if n > 0 {
                out.push(b'+');
            }
            let oid = value.attr_type().to_id_string();
            let (label, known) = label(&oid);
            out.extend_from_slice(label.as_bytes());
            out.push(b'=');
            put_value(&mut out, value, known);
        }
    }
    out
}

fn put_value(out: &mut Vec<u8>, value: &AttributeTypeAndValue, known: bool) {
    let any = value.attr_value();
    let (tag, data) = (any.tag().0, any.data);
    let text = known.then(|| utf8(tag, data)).flatten();
    let Some(text) = text else {
        return put_dump(out, tag, data);
    };
    let last = text.len().saturating_sub(1);
    for (n, byte) in text.iter().enumerate() {
        let special =
            b",+\"\\<>;".contains(byte) || (n == 0 && (*byte == b'#' || *byte == b' ')) || (n == last && *byte == b' ');
        if special {
            out.extend_from_slice(&[b'\\', *byte]);
        } else if *byte < 0x20 || *byte >= 0x7f {
            out.extend_from_slice(format!("\\{byte:02X}").as_bytes());
        } else {
            out.push(*byte);
        }
    }
}

/// The text of a value, in UTF-8, if its type is one of text.
fn utf8(tag: u32, data: &[u8]) -> Option<Vec<u8>> {
    let wide = |chars: &mut dyn Iterator<Item = u32>| chars.map(char::from_u32).collect::<Option<String>>();
    match tag {
        12 => Some(data.to_vec()),
        18..=20 | 22..=24 | 26 => Some(data.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes()),
        28 if data.len().is_multiple_of(4) => {
            let mut chars = data.chunks_exact(4).map(|c| u32::from_be_bytes([c[0], c[1], c[2], c[3]]));
            wide(&mut chars).map(String::into_bytes)
        }
        30 if data.len().is_multiple_of(2) => {
            let mut chars = data.chunks_exact(2).map(|c| u32::from(u16::from_be_bytes([c[0], c[1]])));
            wide(&mut chars).map(String::into_bytes)
        }
        _ => None,
    }
}

/// `#` and the value's own encoding.
fn put_dump(out: &mut Vec<u8>, tag: u32, data: &[u8]) {
    let constructed = if matches!(tag, 16 | 17) { 0x20 } else { 0 };
    let mut der = vec![tag as u8 | constructed];
    match data.len() {
        n @ 0..=127 => der.push(n as u8),
        n @ 128..=255 => der.extend_from_slice(&[0x81, n as u8]),
        n => der.extend_from_slice(&[0x82, (n >> 8) as u8, n as u8]),
    }
    der.extend_from_slice(data);
    out.push(b'#');
    out.extend(der.iter().flat_map(|byte| format!("{byte:02X}").into_bytes()));
}

/// The name in one line, the least specific part first.
#[must_use]
pub fn oneline(name: &X509Name) -> Vec<u8> {
    let mut out = Vec::new();
    for part in name.iter() {
        for (n, value) in part.iter().enumerate() {
            out.push(if n == 0 { b'/' } else { b'+' });
            let oid = value.attr_type().to_id_string();
            out.extend_from_slice(label(&oid).0.as_bytes());
            out.push(b'=');
            for byte in value.attr_value().data {
                match byte {
                    b'/' | b'+' => out.extend_from_slice(&[b'\\', *byte]),
                    b' '..=b'~' => out.push(*byte),
                    _ => out.extend_from_slice(format!("\\x{byte:02X}").as_bytes()),
                }
            }
        }
    }
    out
}
