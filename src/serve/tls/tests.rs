//! Handshakes in memory, verification, and variables, with the certificates in `testdata/tls`. What nginx says of them
//! was seen with nginx 1.31.5 and OpenSSL 3.0.22.

use std::io::{Read, Write};
use std::sync::Arc;

use rustls::{ClientConfig, ClientConnection, ServerConnection};

use super::*;
use crate::config::compiled;
use crate::exchange::{ServerId, Site, VerifyClient as Verify};
use crate::modules::Target as Build;

/// A time at which all certificates are valid.
pub(super) const NOW: i64 = 1_800_000_000;

pub(super) fn files() -> Files {
    Files { prefix: concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/tls/").to_owned(), kept: None }
}

pub(super) fn config(http: &str) -> (Config, Site) {
    let text = format!("events {{}} http {{ {http} }}");
    let target = Build::default();
    let config = compiled(&text, &target);
    let (site, _) = Site::compile(&config, &target);
    (config, site)
}

/// The only listener of a configuration.
pub(super) struct Front {
    site: Site,
    acceptor: Acceptor,
}

fn front_with(http: &str, sessions: &Sessions) -> Front {
    let (config, site) = config(http);
    let mut acceptors = acceptors(&config, &site, &files(), sessions).unwrap();
    Front { site, acceptor: acceptors.remove(0).unwrap() }
}

pub(super) fn front(http: &str) -> Front {
    front_with(http, &Sessions::default())
}

/// A client's settings, as a location with `proxy_pass https://` and more has them.
pub(super) fn client(settings: &str) -> Connector {
    let (config, site) = config(&format!("server {{ location / {{ proxy_pass https://127.0.0.1; {settings} }} }}"));
    let location = site.locations().iter().map(|location| location.scope).max().unwrap();
    connector(&config, location, "proxy", &[], &files()).unwrap()
}

#[derive(Debug)]
pub(super) struct Done {
    chosen: ServerId,
    pub secured: Secured,
    client: ClientConnection,
}

/// One client at a front, or why there was no handshake.
pub(super) fn connect(front: &Front, config: Arc<ClientConfig>, name: &str) -> Result<Done, String> {
    let (chosen, server, client) = connect_with(front, config, name)?;
    Ok(Done { chosen: chosen.server, secured: chosen.secured(&server, NOW), client })
}

fn connect_with(
    front: &Front,
    config: Arc<ClientConfig>,
    name: &str,
) -> Result<(Chosen, ServerConnection, ClientConnection), String> {
    let name = rustls::pki_types::ServerName::try_from(name.to_owned()).unwrap();
    let mut client = ClientConnection::new(config, name).unwrap();
    let mut acceptor = rustls::server::Acceptor::default();
    let mut wire = Vec::new();
    client.write_tls(&mut wire).unwrap();
    acceptor.read_tls(&mut &wire[..]).unwrap();
    let accepted = acceptor.accept().map_err(|(error, _)| handshake(&error))?.unwrap();
    let mut evaluate = |_: ServerId, hello: &Hello, text: &str| {
        text.replace("$ssl_server_name", hello.server_name.as_deref().unwrap_or_default())
    };
    let chosen = front.acceptor.choose(&front.site, &accepted.client_hello(), NOW as u64, &mut evaluate);
    let chosen = chosen.map_err(|refused| format!("{refused:?}"))?;
    let made = accepted.into_connection(chosen.config.clone());
    let mut server = made.map_err(|(error, _)| handshake(&error))?;
    chosen.prepare(&mut server);
    shuttle(&mut client, &mut server)?;
    Ok((chosen, server, client))
}

/// The settings of a front's only server.
fn front_config(front: &Front) -> rustls::ServerConfig {
    let done = connect_with(front, client("").config("1"), "a").unwrap().0;
    (*done.config).clone()
}

fn shuttle(client: &mut ClientConnection, server: &mut ServerConnection) -> Result<(), String> {
    for _ in 0..10 {
        let mut wire = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut wire).unwrap();
        }
        let mut rest = &wire[..];
        while !rest.is_empty() {
            client.read_tls(&mut rest).unwrap();
            client.process_new_packets().map_err(|error| format!("client: {error}"))?;
        }
        let mut wire = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut wire).unwrap();
        }
        let mut rest = &wire[..];
        while !rest.is_empty() {
            server.read_tls(&mut rest).unwrap();
            server.process_new_packets().map_err(|error| handshake(&error))?;
        }
    }
    server.writer().write_all(b"hello").unwrap();
    let mut wire = Vec::new();
    server.write_tls(&mut wire).unwrap();
    client.read_tls(&mut &wire[..]).unwrap();
    client.process_new_packets().map_err(|error| error.to_string())?;
    let mut got = [0; 5];
    client.reader().read_exact(&mut got).unwrap();
    assert_eq!(&got, b"hello");
    Ok(())
}

const OLD: &str = "ssl_certificate old.crt; ssl_certificate_key old.key;";
pub(super) const EC: &str = "ssl_certificate ec.crt; ssl_certificate_key ec.key;";

pub(super) fn value(name: &str, secured: &Secured) -> String {
    String::from_utf8(variable(name, secured, NOW).unwrap_or_default()).unwrap()
}

#[test]
fn a_certificate_of_version_1_serves() {
    let front = front(&format!("server {{ listen 443 ssl; {OLD} }}"));
    let done = connect(&front, client("").config("1"), "localhost").unwrap();
    for (name, want) in [
        ("ssl_protocol", "TLSv1.3"),
        ("ssl_cipher", "TLS_AES_256_GCM_SHA384"),
        ("ssl_curve", "X25519"),
        ("ssl_curves", "X25519:prime256v1:secp384r1"),
        ("ssl_session_reused", "."),
        ("ssl_client_verify", "NONE"),
        ("ssl_client_s_dn", ""),
        ("ssl_server_name", ""),
        ("ssl_early_data", ""),
        ("ssl_alpn_protocol", ""),
    ] {
        assert_eq!(value(name, &done.secured), want, "{name}");
    }
    assert_eq!(value("ssl_session_id", &done.secured).len(), 64);
    let ciphers = value("ssl_ciphers", &done.secured);
    assert!(ciphers.starts_with("TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"), "{ciphers}");
}

#[test]
fn names_choose_servers() {
    let front = front(&format!(
        "server {{ listen 443 ssl; server_name a; {OLD} }}
         server {{ listen 443; server_name b *.b.com ~^c[0-9]$; {EC} ssl_protocols TLSv1.2; http2 on; }}
         server {{ listen 443; server_name no; ssl_reject_handshake on; }}
         server {{ listen 443; server_name bare; }}"
    ));
    let mut config = (*client("proxy_ssl_server_name on;").config("1")).clone();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let config = Arc::new(config);
    for (name, server, protocol, alpn) in [
        ("a", 0, "TLSv1.3", "http/1.1"),
        ("other", 0, "TLSv1.3", "http/1.1"),
        ("b", 1, "TLSv1.2", "h2"),
        ("B", 1, "TLSv1.2", "h2"),
        ("x.b.com", 1, "TLSv1.2", "h2"),
        ("c7", 1, "TLSv1.2", "h2"),
        ("bare", 3, "TLSv1.3", "http/1.1"),
    ] {
        let done = connect(&front, config.clone(), name).unwrap();
        assert_eq!(done.chosen, ServerId(server), "{name}");
        assert_eq!(value("ssl_protocol", &done.secured), protocol, "{name}");
        assert_eq!(value("ssl_alpn_protocol", &done.secured), alpn, "{name}");
        assert_eq!(value("ssl_server_name", &done.secured), name.to_ascii_lowercase());
    }
    assert_eq!(connect(&front, config, "no").unwrap_err(), "Rejected");
}

#[test]
fn the_certificate_fits_the_client() {
    let front = front(&format!("server {{ listen 443 ssl; {OLD} {EC} }}"));
    let length = |settings: &str| {
        let done = connect(&front, client(settings).config("1"), "a").unwrap();
        done.client.peer_certificates().unwrap()[0].len()
    };
    let (old, ec) = (files().certificates("old.crt").unwrap(), files().certificates("ec.crt").unwrap());
    assert_eq!(length(""), ec[0].len());
    assert_eq!(length("proxy_ssl_protocols TLSv1.2; proxy_ssl_ciphers aRSA;"), old[0].len());
    assert_eq!(length("proxy_ssl_protocols TLSv1.2; proxy_ssl_ciphers aECDSA;"), ec[0].len());
}

#[test]
fn variables_name_certificates() {
    let front = front(
        "server { listen 443 ssl; ssl_certificate $ssl_server_name.crt; ssl_certificate_key $ssl_server_name.key; }",
    );
    let config = client("proxy_ssl_server_name on;").config("1");
    let done = connect(&front, config.clone(), "old").unwrap();
    assert_eq!(done.client.peer_certificates().unwrap()[0], files().certificates("old.crt").unwrap()[0]);
    let said = connect(&front, config, "none").unwrap_err();
    let path = files().path("none.crt");
    let want = format!(
        "cannot load certificate \"{path}\": BIO_new_file() failed (SSL: error:80000002:system library::No such file or \
         directory:calling fopen({path}, r) error:10000080:BIO routines::no such file)"
    );
    assert_eq!(said, format!("{:?}", Refused::Certificate(want)));
}

#[test]
fn clients_are_verified_and_requests_refused() {
    let front =
        front(&format!("server {{ listen 443 ssl; {OLD} ssl_verify_client on; ssl_client_certificate root.crt; }}"));
    let shown = |name: &str| {
        let settings = format!("proxy_ssl_certificate {name}.crt; proxy_ssl_certificate_key {}.key;", &name[..3]);
        connect(&front, client(&settings).config("1"), "a").unwrap().secured
    };
    let refused =
        |secured: &Secured, verify: Verify| verify.refuses(secured.certificate()).map(|unfit| secured.complaint(unfit));
    let good = shown("end-int");
    assert_eq!(value("ssl_client_verify", &good), "SUCCESS");
    assert_eq!(value("ssl_client_s_dn", &good), "CN=end");
    assert_eq!(value("ssl_client_i_dn_legacy", &good), "/CN=int");
    assert_eq!(value("ssl_client_serial", &good), "1001");
    assert_eq!(refused(&good, Verify::On), None);

    let bad = shown("end");
    assert_eq!(value("ssl_client_verify", &bad), "FAILED:unable to verify the first certificate");
    let message = "client SSL certificate verify error: (21:unable to verify the first certificate)";
    assert_eq!(refused(&bad, Verify::On), Some(message.to_owned()));
    assert_eq!(refused(&bad, Verify::Optional), Some(message.to_owned()));
    assert_eq!(refused(&bad, Verify::OptionalNoCa), None);
    assert_eq!(refused(&bad, Verify::Off), None);

    let none = connect(&front, client("").config("1"), "a").unwrap().secured;
    assert_eq!(refused(&none, Verify::On), Some("client sent no required SSL certificate".to_owned()));
    assert_eq!(refused(&none, Verify::Optional), None);
}

#[test]
fn sessions_are_taken_up() {
    let own = "ssl_verify_client optional_no_ca;";
    for (settings, protocol, reused) in [
        ("", "TLSv1.3", "r"),
        ("", "TLSv1.2", "r"),
        ("ssl_session_tickets off;", "TLSv1.3", "."),
        ("ssl_session_tickets off;", "TLSv1.2", "."),
        ("ssl_session_tickets off; ssl_session_cache shared:a:1m;", "TLSv1.3", "r"),
        ("ssl_session_tickets off; ssl_session_cache shared:a:1m;", "TLSv1.2", "r"),
        ("ssl_session_tickets off; ssl_session_cache builtin;", "TLSv1.3", "r"),
        ("ssl_early_data on;", "TLSv1.3", "r"),
    ] {
        let front = front(&format!("server {{ listen 443 ssl; {EC} {own} {settings} }}"));
        let certificate = "proxy_ssl_certificate end-int.crt; proxy_ssl_certificate_key end.key;";
        let config = client(&format!("proxy_ssl_protocols {protocol}; {certificate}")).config("1");
        let first = connect(&front, config.clone(), "a").unwrap().secured;
        let second = connect(&front, config, "a").unwrap().secured;
        assert_eq!(value("ssl_session_reused", &first), ".", "{settings} {protocol}");
        assert_eq!(value("ssl_session_reused", &second), reused, "{settings} {protocol}");
        // The client's certificate is known in a session that is taken up, too.
        assert_eq!(value("ssl_client_verify", &second), value("ssl_client_verify", &first));
        assert_eq!(value("ssl_client_s_dn", &second), "CN=end");
        let same = first.session == second.session;
        assert_eq!(same, reused == "r" && protocol == "TLSv1.3", "{settings} {protocol}");
    }
}

#[test]
fn sessions_belong_to_a_peer() {
    let front = front(&format!("server {{ listen 443 ssl; {EC} }}"));
    let reused =
        |connector: &Connector, peer: &str| connect(&front, connector.config(peer), "a").unwrap().secured.reused;
    let connector = client("");
    assert!(!reused(&connector, "1") && !reused(&connector, "2") && reused(&connector, "1"));
    let connector = client("proxy_ssl_session_reuse off;");
    assert!(!reused(&connector, "1") && !reused(&connector, "1"));
}

#[test]
fn shared_sessions_outlive_a_configuration() {
    let sessions = Sessions::default();
    let text = format!("server {{ listen 443 ssl; {EC} ssl_session_cache shared:a:1m; }}");
    let config = client("").config("1");
    connect(&front_with(&text, &sessions), config.clone(), "a").unwrap();
    assert!(connect(&front_with(&text, &sessions), config.clone(), "a").unwrap().secured.reused);
    assert!(!connect(&front(&text), config, "a").unwrap().secured.reused);
}

#[test]
fn handshakes_fail_in_nginx_s_words() {
    let front = front(&format!("server {{ listen 443 ssl; {EC} ssl_protocols TLSv1.3; }}"));
    let said = connect(&front, client("proxy_ssl_protocols TLSv1.2;").config("1"), "a").unwrap_err();
    assert_eq!(said, "SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::unsupported protocol)");
    let mut config = (*client("").config("1")).clone();
    config.alpn_protocols = vec![b"foo".to_vec()];
    let said = connect(&front, Arc::new(config), "a").unwrap_err();
    assert_eq!(said, "SSL_do_handshake() failed (SSL: error:0A0000EB:SSL routines::no application protocol)");
    let alert = rustls::Error::AlertReceived(rustls::AlertDescription::UnknownCA);
    let want =
        "SSL_do_handshake() failed (SSL: error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48)";
    assert_eq!(handshake(&alert), want);
    assert!(looks_like_tls(0x16) && looks_like_tls(0x80) && !looks_like_tls(b'G'));
}

#[test]
fn servers_are_verified() {
    let check = |server: &str, settings: &str, name: &str| {
        let front = front(&format!(
            "server {{ listen 443 ssl; ssl_certificate {server}.crt; ssl_certificate_key {server}.key; }}"
        ));
        let connector = client(&format!("proxy_ssl_verify on; {settings}"));
        let target = connector.target(name.as_bytes());
        let done = connect(&front, connector.config("1"), "a").unwrap();
        connector.check(&done.client, &target, NOW)
    };
    let trusting = |file: &str| format!("proxy_ssl_trusted_certificate {file};");
    assert_eq!(check("san", &trusting("san.crt"), "example.com:443"), Ok(()));
    assert_eq!(check("san", &trusting("san.crt"), "foo.example.com"), Ok(()));
    let said = check("san", &trusting("san.crt"), "no.match.example.com").unwrap_err();
    assert_eq!(said, "upstream SSL certificate does not match \"no.match.example.com\"");
    assert_eq!(check("old", &trusting("old.crt"), "localhost"), Ok(()));
    assert!(check("old", &trusting("old.crt"), "other").is_err());
    let said = check("old", &trusting("san.crt"), "localhost").unwrap_err();
    assert_eq!(said, "upstream SSL certificate verify error: (18:self-signed certificate)");
    assert_eq!(check("int", &trusting("root.crt"), "int"), Ok(()));
}

#[test]
fn targets() {
    let connector =
        client("proxy_ssl_name $host; proxy_ssl_certificate $a.crt; proxy_ssl_certificate_key $a.key; set $a b;");
    assert_eq!(connector.name.as_deref(), Some("$host"));
    assert_eq!(connector.dynamic, Some(("$a.crt".to_owned(), "$a.key".to_owned())));
    assert!(connector.config_with("old.crt", "old.key", 0).is_ok());
    assert!(
        connector
            .config_with("old.crt", "ec.key", 0)
            .unwrap_err()
            .ends_with("failed (SSL: error:05800074:x509 certificate routines::key values mismatch)")
    );
    for (name, want) in [("a.b:80", "a.b"), ("[::1]:443", "[::1]"), ("1.2.3.4", "1.2.3.4"), ("my_group", "my_group")] {
        assert_eq!(connector.target(name.as_bytes()).name, want.as_bytes());
    }
    assert_eq!(connector.target(b"[::1]:443").server_name.to_str(), "::1");
    assert_eq!(connector.target(b"bad name").server_name.to_str(), "0.0.0.0");
}

/// Shows one certificate and signs with the key of another.
#[derive(Debug)]
struct Stolen(Arc<rustls::sign::CertifiedKey>);

impl rustls::client::ResolvesClientCert for Stolen {
    fn resolve(&self, _: &[&[u8]], _: &[rustls::SignatureScheme]) -> Option<Arc<rustls::sign::CertifiedKey>> {
        Some(self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

#[test]
fn the_other_side_must_have_its_key() {
    let front = front(&format!("server {{ listen 443 ssl; {EC} ssl_verify_client optional_no_ca; }}"));
    for protocol in ["TLSv1.2", "TLSv1.3"] {
        for (shown, key, good) in [("old", "old", true), ("names", "names", true), ("ec", "names", false)] {
            let mut pair = files().pair(&format!("{key}.crt"), &format!("{key}.key"), &[]).unwrap();
            pair.cert = files().certificates(&format!("{shown}.crt")).unwrap();
            let mut config = (*client(&format!("proxy_ssl_protocols {protocol};")).config("1")).clone();
            config.client_auth_cert_resolver = Arc::new(Stolen(Arc::new(pair)));
            let said = connect(&front, Arc::new(config), "a");
            assert_eq!(said.is_ok(), good, "{shown} {protocol}");
        }
    }
    // A server with a certificate that is not its own.
    for protocol in ["TLSv1.2", "TLSv1.3"] {
        let mut own = front_config(&front);
        let mut pair = files().pair("names.crt", "names.key", &[]).unwrap();
        pair.cert = files().certificates("ec.crt").unwrap();
        own.cert_resolver = Arc::new(rustls::sign::SingleCertAndKey::from(pair));
        let name = rustls::pki_types::ServerName::try_from("a").unwrap();
        let mut client =
            ClientConnection::new(client(&format!("proxy_ssl_protocols {protocol};")).config("1"), name).unwrap();
        let mut server = ServerConnection::new(Arc::new(own)).unwrap();
        assert!(shuttle(&mut client, &mut server).unwrap_err().contains("BadSignature"));
    }
}

#[test]
fn faults_name_their_directive() {
    let (config, site) = config("server { listen 443 ssl; ssl_certificate ec.crt; ssl_certificate_key old.key; }");
    let fault = acceptors(&config, &site, &files(), &Sessions::default()).unwrap_err();
    let path = files().path("old.key");
    let want = format!(
        "SSL_CTX_use_PrivateKey(\"{path}\") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)"
    );
    assert_eq!(fault.message, want);
}

#[test]
fn passwords_open_keys() {
    for key in ["ec.encrypted.key", "ec.traditional.key"] {
        let settings = format!("ssl_certificate ec.crt; ssl_certificate_key {key};");
        let front = front(&format!("server {{ listen 443 ssl; {settings} ssl_password_file passwords; }}"));
        assert!(connect(&front, client("").config("1"), "a").is_ok());
        let (config, site) = config(&format!("server {{ listen 443 ssl; {settings} }}"));
        let fault = acceptors(&config, &site, &files(), &Sessions::default()).unwrap_err();
        assert!(fault.message.starts_with("cannot load certificate key"), "{}", fault.message);
    }
}
