//! What databases say of clients: `geoip_country` and its kin.

use std::fs;

use tempfile::TempDir;

use crate::common::served::Served;

/// What follows the last three bytes 255 of a file.
const COUNTRY_V6: u8 = 12;
const CITY: u8 = 2;
const ORG: u8 = 5;
/// Numbers of countries start here.
const FIRST_COUNTRY: u32 = 0xff_ff00;
const RUSSIA: u8 = 185;
const GERMANY: u8 = 56;

/// A tree for one address, given as its bytes: `width` bytes a number, `found` at its end and `none` elsewhere.
fn tree(address: &[u8], width: usize, found: u32, none: u32) -> Vec<u8> {
    let count = address.len() * 8;
    let mut bytes = Vec::new();
    for n in 0..count {
        let next = if n + 1 == count { found } else { n as u32 + 1 };
        let is_right = address[n / 8] >> (7 - n % 8) & 1 == 1;
        for number in if is_right { [none, next] } else { [next, none] } {
            bytes.extend(&number.to_le_bytes()[..width]);
        }
    }
    bytes
}

/// A database of one record.
fn records(edition: u8, address: [u8; 4], width: usize, record: &[u8]) -> Vec<u8> {
    const NODES: u32 = 32;
    let mut bytes = tree(&address, width, NODES + 1, NODES);
    // No record is at the place 0.
    bytes.push(b'*');
    bytes.extend(record);
    bytes.extend([255, 255, 255, edition]);
    bytes.extend(&NODES.to_le_bytes()[..3]);
    bytes
}

fn city(address: [u8; 4], country: u8, texts: [&[u8]; 3], at: [f64; 2]) -> Vec<u8> {
    let mut record = vec![country];
    for text in texts {
        record.extend(text);
        record.push(0);
    }
    for degrees in at {
        record.extend(&(((degrees + 180.0) * 10_000.0).round() as u32).to_le_bytes()[..3]);
    }
    records(CITY, address, 3, &record)
}

fn country(address: &[u8; 16], number: u8) -> Vec<u8> {
    let mut bytes = tree(address, 3, FIRST_COUNTRY + u32::from(number), FIRST_COUNTRY);
    bytes.extend([255, 255, 255, COUNTRY_V6]);
    bytes
}

/// A server that tells what it knows of the address 10.0.0.1 or 2001:db8::1, and the databases.
fn start(rules: &str) -> (Served, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mapped = std::net::Ipv4Addr::new(10, 0, 0, 1).to_ipv6_mapped();
    let databases = [
        ("country", country(&mapped.octets(), RUSSIA)),
        ("country6", country(&"2001:db8::1".parse::<std::net::Ipv6Addr>().unwrap().octets(), GERMANY)),
        ("city", city([10, 0, 0, 1], RUSSIA, [b"48", b"Moscow", b"119034"], [55.7543, 37.6202])),
        ("latin", city([10, 0, 0, 1], GERMANY, [b"", b"M\xfcnchen", b""], [-0.5, -179.99995])),
        ("org", records(ORG, [10, 0, 0, 1], 4, b"Some Org\0")),
    ];
    for (name, bytes) in databases {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let http = rules.replace("DB/", &format!("{}/", folder.path().display()));
    let server = Served::start(
        &[],
        "location /country { return 200 [$geoip_country_code|$geoip_country_code3|$geoip_country_name]; }
         location /city { return 200 \"[$geoip_city_continent_code|$geoip_city_country_code|$geoip_city_country_code3|\
$geoip_city_country_name|$geoip_region|$geoip_region_name|$geoip_city|$geoip_postal_code|$geoip_latitude|\
$geoip_longitude|$geoip_dma_code|$geoip_area_code]\"; }
         location /org { return 200 [$geoip_org]; }",
        &http,
    );
    (server, folder)
}

fn ask(server: &Served, path: &str, forwarded: &str) -> String {
    server.get(path, &format!("X-Forwarded-For: {forwarded}\r\n")).body().to_owned()
}

const ALL: &str = "geoip_country DB/country; geoip_city DB/city; geoip_org DB/org;";

#[test]
fn places_of_addresses() {
    let (server, _databases) = start(&format!("{ALL} geoip_proxy 127.0.0.1;"));
    let moscow = "[EU|RU|RUS|Russian Federation|48|Moscow City|Moscow|119034|55.7543|37.6202|0|0]";
    for address in ["10.0.0.1", "::ffff:10.0.0.1"] {
        assert_eq!(ask(&server, "/country", address), "[RU|RUS|Russian Federation]", "{address}");
        assert_eq!(ask(&server, "/city", address), moscow, "{address}");
        assert_eq!(ask(&server, "/org", address), "[Some Org]", "{address}");
    }
    for address in ["10.0.0.2", "2001:db8::1", "nobody"] {
        assert_eq!(ask(&server, "/country", address), "[||]", "{address}");
        assert_eq!(ask(&server, "/city", address), "[|||||||||||]", "{address}");
        assert_eq!(ask(&server, "/org", address), "[]", "{address}");
    }
}

#[test]
fn addresses_and_names_beyond_ascii() {
    let (server, _databases) = start("geoip_country DB/country6; geoip_city DB/latin utf8; geoip_proxy 127.0.0.0/8;");
    assert_eq!(ask(&server, "/country", "2001:db8::1"), "[DE|DEU|Germany]");
    assert_eq!(ask(&server, "/country", "10.0.0.1"), "[||]");
    assert_eq!(ask(&server, "/city", "10.0.0.1"), "[EU|DE|DEU|Germany|||München||-0.5000|-180.0000|0|0]");
    assert_eq!(ask(&server, "/org", "10.0.0.1"), "[]", "there is no database");
}

#[test]
fn whose_word_counts() {
    let believes = |rules: &str, forwarded: &str| {
        let (server, _databases) = start(&format!("{ALL} {rules}"));
        ask(&server, "/country", forwarded) == "[RU|RUS|Russian Federation]"
    };
    assert!(!believes("", "10.0.0.1"), "nobody's");
    assert!(!believes("geoip_proxy 10.0.0.0/8;", "10.0.0.1"), "not this one's");
    let proxies = "geoip_proxy 127.0.0.1; geoip_proxy 192.168.0.0/16;";
    assert!(!believes(proxies, "10.0.0.1, 192.168.0.1"), "only the last address");
    assert!(believes(&format!("{proxies} geoip_proxy_recursive on;"), "10.0.0.1, 192.168.0.1"));
    assert!(believes("set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;", "10.0.0.1"), "who it is by realip");
}

#[test]
fn databases_decide() {
    let (server, _databases) = start(&format!(
        "{ALL} geoip_proxy 127.0.0.1; map $geoip_country_code $allowed {{ default 1; RU 0; }}
         server {{ listen 127.0.0.1:%; server_name other; if ($allowed = 0) {{ return 451; }} return 204; }}"
    ));
    let status = |address: &str| {
        let head = format!("GET / HTTP/1.0\r\nHost: other\r\nX-Forwarded-For: {address}\r\n\r\n");
        server.send(&head).status()
    };
    assert_eq!([status("10.0.0.1"), status("10.0.0.2")], [451, 204]);
}
