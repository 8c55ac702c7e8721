//! Headers of both versions; what real nginx makes of each was looked up.

use super::*;

/// Reads, and writes down what was read.
fn check(bytes: &[u8], wanted: &str) {
    let shown = |address: &Address| match address {
        Address::Text(text) => String::from_utf8_lossy(text).into_owned(),
        Address::Ip(ip) => ip.to_string(),
    };
    let found = match read(bytes) {
        Err(broken) => String::from_utf8(broken.message()).unwrap(),
        Ok(Header { len, proxied: None }) => format!("{len}"),
        Ok(Header { len, proxied: Some(proxied) }) => {
            let ((from, from_port), (to, to_port)) = (&proxied.source, &proxied.destination);
            format!("{len} {} {from_port} {} {to_port} +{}", shown(from), shown(to), proxied.tlvs.len())
        }
    };
    assert_eq!(found, wanted, "{}", bytes.escape_ascii());
}

#[test]
fn first_version() {
    let cases: &[(&[u8], &str)] = &[
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 10 20\r\nGET", "34 1.2.3.4 10 5.6.7.8 20 +0"),
        (b"PROXY TCP6 ::1 a:B::f 0 65535\r\n", "31 ::1 0 a:B::f 65535 +0"),
        (b"PROXY TCP4 ::1 beef 00080 1\r\n", "29 ::1 80 beef 1 +0"),
        (b"PROXY TCP4   1 2\r\n", "18  1  2 +0"),
        (b"PROXY UNKNOWN\r\n", "15"),
        (b"PROXY UNKNOWN anything \r\r\nX", "26"),
        (b"PROXY UNKNOWNish\r\n", "18"),
        (b"PROXY UNKNOWN\r", "broken header: \"PROXY UNKNOWN\""),
        (b"PROXY UNKNOWN\nX", "broken header: \"PROXY UNKNOWN\""),
        (b"", "broken header: \"\""),
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 10 65536\r\n", "broken header: \"PROXY TCP4 1.2.3.4 5.6.7.8 10 65536\""),
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 10 20\n", "broken header: \"PROXY TCP4 1.2.3.4 5.6.7.8 10 20\""),
        (b"PROXY TCP4 1.2.3.4 5.6.7.8 10 20\r", "broken header: \"PROXY TCP4 1.2.3.4 5.6.7.8 10 20\""),
        (b"PROXY TCP4 1.2.3.4 5.6.7.8  20\r\n", "broken header: \"PROXY TCP4 1.2.3.4 5.6.7.8  20\""),
        (b"PROXY TCP4 1.2.3.4 host 10 20\r\n", "broken header: \"PROXY TCP4 1.2.3.4 host 10 20\""),
        (b"PROXY TCP5 1 2 3 4\r\n", "broken header: \"PROXY TCP5 1 2 3 4\""),
        (b"proxy TCP4 1 2 3 4\r\n", "broken header: \"proxy TCP4 1 2 3 4\""),
        (b"GET / HTTP/1.0\r\n\r\n", "broken header: \"GET / HTTP/1.0\""),
    ];
    for (bytes, wanted) in cases {
        check(bytes, wanted);
    }
}

/// A header of the second version.
fn second(version_command: u8, family_transport: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16).to_be_bytes();
    [SIGNATURE, &[version_command, family_transport][..], &length, body].concat()
}

#[test]
fn second_version() {
    let inet = [1, 2, 3, 4, 5, 6, 7, 8, 0, 80, 1, 0];
    let inet6 = [[0; 15].as_slice(), &[1], &[0; 15], &[2], &[0, 80, 1, 0], &[4, 0, 0]].concat();
    check(&second(0x21, 0x11, &inet), "28 1.2.3.4 80 5.6.7.8 256 +0");
    check(&[second(0x21, 0x21, &inet6), b"GET".to_vec()].concat(), "55 ::1 80 ::2 256 +3");
    check(&second(0x20, 0x11, &inet), "28");
    check(&second(0x2f, 0x11, &inet), "28");
    check(&second(0x21, 0x12, &inet), "28");
    check(&second(0x21, 0x31, &[0; 216]), "232");
    check(&second(0x21, 0, &[]), "16");
    check(&second(0x21, 0x11, &inet[..11]), "");
    check(&second(0x31, 0x11, &inet), "unknown PROXY protocol version: 3");
    check(&second(0x21, 0x11, &inet)[..27], "header is too large");
    check(SIGNATURE, "broken header: \"\"");
}

#[test]
fn a_header_in_parts_is_broken() {
    let whole = b"PROXY TCP4 1.2.3.4 5.6.7.8 10 20\r\n";
    for cut in 0..whole.len() {
        assert!(read(&whole[..cut]).is_err(), "{cut}");
    }
    let whole = second(0x21, 0x11, &[0; 12]);
    for cut in 0..whole.len() {
        assert!(read(&whole[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn values() {
    let ssl = [&[7, 0, 0, 1, 2][..], &[0x21, 0, 7], b"TLSv1.2", &[0x22, 0, 2], b"me"].concat();
    let tlvs =
        [&[1, 0, 2][..], b"h2", &[0x20, 0, ssl.len() as u8], &ssl, &[0xea, 0, 1, b'x'], &[0xea, 0, 1, b'y']].concat();
    let check = |name: &str, wanted: &str| {
        let found = match tlv(&tlvs, name.as_bytes()) {
            Ok(Some(value)) => String::from_utf8_lossy(&value).into_owned(),
            Ok(None) => "-".to_owned(),
            Err(bad) => String::from_utf8(bad.message()).unwrap(),
        };
        assert_eq!(found, wanted, "{name}");
    };
    for (name, wanted) in [
        ("alpn", "h2"),
        ("0x1", "h2"),
        ("0x01", "h2"),
        ("authority", "-"),
        ("ssl_version", "TLSv1.2"),
        ("ssl_cn", "me"),
        ("ssl_0x22", "me"),
        ("ssl_cipher", "-"),
        ("ssl_verify", "258"),
        ("0xEA", "x"),
        ("0x1ea", "-"),
        ("0x", "invalid PROXY protocol TLV \"0x\""),
        ("ssl_0xg", "invalid PROXY protocol TLV \"ssl_0xg\""),
        ("other", "unknown PROXY protocol TLV \"other\""),
        ("ssl_alpn", "unknown PROXY protocol TLV \"ssl_alpn\""),
    ] {
        check(name, wanted);
    }
    assert_eq!(tlv(&[1, 0, 3, 0], b"alpn"), Err(BadTlv::Broken));
    assert_eq!(tlv(&[1, 0], b"alpn"), Err(BadTlv::Broken));
    assert_eq!(tlv(&[0x20, 0, 4, 0, 0, 0, 0], b"ssl_verify"), Err(BadTlv::Short));
    assert_eq!(tlv(&[], b"ssl_none"), Ok(None));
}

#[test]
fn writes_the_first_version() {
    let check = |client: &str, server: &str, wanted: &str| {
        let mut out = Vec::new();
        write(client.parse().ok(), server.parse().ok(), |ip| ip.to_string(), &mut out);
        assert_eq!(String::from_utf8_lossy(&out), wanted);
    };
    check("1.2.3.4:5", "6.7.8.9:10", "PROXY TCP4 1.2.3.4 6.7.8.9 5 10\r\n");
    check("[::1]:5", "[::2]:10", "PROXY TCP6 ::1 ::2 5 10\r\n");
    check("", "", "PROXY UNKNOWN\r\n");
}

#[test]
fn no_bytes_crash_it() {
    crate::wire::cgi_head::tests::random(|bytes| {
        let _ = read(bytes);
        let _ = read(&[b"PROXY TCP4 ", bytes].concat());
        let _ = read(&[SIGNATURE, bytes].concat());
        let _ = tlv(bytes, b"ssl_cn");
    });
}
