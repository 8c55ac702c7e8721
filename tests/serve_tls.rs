//! TLS of a live server: listeners, upstreams, what is refused, and what a reload keeps.

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use crate::common::live::{free_ports, wait};
use crate::common::served::{Served, all};
use nix::sys::signal::Signal;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, HandshakeKind, SignatureScheme, StreamOwned};
use tempfile::TempDir;

/// A certificate with an elliptic key.
const EC: &str = "ssl_certificate ec.crt; ssl_certificate_key ec.key;";
/// Another one.
const OLD: &str = "ssl_certificate old.crt; ssl_certificate_key old.key;";

/// The certificates in `testdata/tls`.
fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/tls").join(name)
}

/// Takes whatever certificate it is shown.
#[derive(Debug)]
struct Trusting;

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        _: &CertificateDer,
        _: &[CertificateDer],
        _: &ServerName,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// A client's settings; `shown` names its certificate.
fn client(shown: Option<&str>) -> Arc<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into());
    let builder = builder.with_safe_default_protocol_versions().unwrap().dangerous();
    let builder = builder.with_custom_certificate_verifier(Arc::new(Trusting));
    Arc::new(match shown {
        None => builder.with_no_client_auth(),
        Some(name) => {
            let chain = CertificateDer::pem_file_iter(file(&format!("{name}.crt"))).unwrap();
            let key = PrivateKeyDer::from_pem_file(file(&format!("{name}.key"))).unwrap();
            builder.with_client_auth_cert(chain.map(Result::unwrap).collect(), key).unwrap()
        }
    })
}

type Tls = StreamOwned<ClientConnection, TcpStream>;

fn command(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nginxlb"));
    command.env_remove("NGINXLB_TARGET").arg("serve").arg(folder.path().join("nginx.conf"));
    command
}

fn configuration(folder: &TempDir, port: u16, http: &str) {
    for file in fs::read_dir(file("")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    let http = http.replace("PORT", &port.to_string()).replace("NEXT", &(port + 1).to_string());
    let text = format!("error_log error.log info;\nevents {{}}\nhttp {{\n{http}\n}}\n");
    fs::write(folder.path().join("nginx.conf"), text).unwrap();
}

impl Served {
    /// Starts one whose `http` is given; `PORT` and `NEXT` stand for its ports.
    fn start(http: &str) -> Served {
        let (folder, port) = (TempDir::new().unwrap(), free_ports(2));
        configuration(&folder, port, http);
        let server = Served::spawn(command(&folder), folder, port);
        wait("the first connection", || TcpStream::connect(("127.0.0.1", port)).ok());
        server
    }

    fn secure(&self, config: &Arc<ClientConfig>, name: &str) -> Tls {
        let name = ServerName::try_from(name.to_owned()).unwrap();
        StreamOwned::new(ClientConnection::new(config.clone(), name).unwrap(), self.connect())
    }

    /// The answer to one request over a connection of its own.
    fn get(&self, config: &Arc<ClientConfig>, name: &str, host: &str) -> String {
        ask(&mut self.secure(config, name), host)
    }
}

/// Sends a request and reads the answer to the end of the connection; an end without a farewell is a fault.
fn ask(stream: &mut (impl Read + Write), host: &str) -> String {
    write!(stream, "GET /x HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    match stream.read_to_string(&mut answer) {
        Ok(_) => answer,
        Err(error) => format!("{answer}: {error}"),
    }
}

#[test]
fn the_name_chooses_the_server_and_variables_tell_of_the_handshake() {
    let says = "return 200 \"$server_name $ssl_server_name $scheme $ssl_protocol $ssl_session_reused.\";";
    let server = Served::start(&format!(
        "server {{ listen 127.0.0.1:PORT ssl; server_name a; {EC} {says} }}
         server {{ listen 127.0.0.1:PORT ssl; server_name b; {OLD} {says} }}"
    ));
    let config = client(None);
    let first = server.get(&config, "b", "b");
    assert!(first.ends_with("\r\n\r\nb b https TLSv1.3 .."), "{first}");
    assert!(server.get(&config, "b", "b").ends_with("b b https TLSv1.3 r."));
    assert!(server.get(&config, "a", "b").contains("\r\n\r\nb a https"), "the host counts");
    let plain = ask(&mut server.connect(), "b");
    assert!(plain.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{plain}");
    assert!(plain.contains("<center>The plain HTTP request was sent to HTTPS port</center>"));
    server
        .logged("client sent plain HTTP request to HTTPS port while reading client request headers, client: 127.0.0.1");
}

#[test]
fn clients_are_judged_by_the_server_that_they_ask() {
    let server = Served::start(&format!(
        "ssl_client_certificate root.crt;
         error_page 496 = /none;
         server {{ listen 127.0.0.1:PORT ssl; server_name open; {EC} return 200 open; }}
         server {{ listen 127.0.0.1:PORT ssl; server_name strict; {EC} ssl_verify_client on;
             location / {{ return 200 $ssl_client_verify; }} location = /none {{ return 403 none; }} }}"
    ));
    let (nobody, good, bad) = (client(None), client(Some("root")), client(Some("san")));
    assert!(server.get(&good, "strict", "strict").ends_with("\r\n\r\nSUCCESS"));
    let none = server.get(&nobody, "strict", "strict");
    assert!(none.starts_with("HTTP/1.1 403 ") && none.ends_with("\r\n\r\nnone"), "{none}");
    server.logged("client sent no required SSL certificate while reading client request headers");
    let bad = server.get(&bad, "strict", "strict");
    assert!(bad.contains("<title>400 The SSL certificate error</title>"), "{bad}");
    server.logged("client SSL certificate verify error: (18:self-signed certificate)");
    assert!(server.get(&good, "open", "strict").starts_with("HTTP/1.1 421 "));
    server.logged("client attempted to request the server name different from the one that was negotiated");
    assert!(server.get(&good, "strict", "open").starts_with("HTTP/1.1 200 "));
}

#[test]
fn handshakes_are_refused_and_their_failures_logged() {
    let server = Served::start(&format!(
        "server {{ listen 127.0.0.1:PORT ssl; server_name a; ssl_reject_handshake on; }}
         server {{ listen 127.0.0.1:PORT ssl; server_name b; {EC} return 200 b; }}
         server {{ listen 127.0.0.1:PORT ssl; server_name c; ssl_certificate $ssl_server_name.crt;
             ssl_certificate_key c.key; }}"
    ));
    let said = |name: &str| {
        let mut stream = server.secure(&client(None), name);
        stream.write_all(b"GET").and_then(|()| stream.flush()).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(said("a"), "received fatal alert: UnrecognisedName");
    server.logged("*2 handshake rejected while SSL handshaking, client: 127.0.0.1, server: 127.0.0.1:");
    assert_eq!(said("b"), "");
    assert_eq!(said("c"), "received fatal alert: InternalError");
    server.logged("[error]");
    assert!(server.log().contains("/c.crt\": BIO_new_file() failed (SSL: error:80000002:"), "{}", server.log());
    let mut nonsense = server.connect();
    nonsense.write_all(b"\x16\x03\x01\x00\x05hello").unwrap();
    assert!(nonsense.read_to_end(&mut Vec::new()).is_ok());
    server.logged("SSL_do_handshake() failed (SSL: error:0A0000");
}

#[test]
fn what_is_not_tls_is_http1() {
    let server = Served::start(&format!("server {{ listen PORT ssl; http2 on; {EC} }}"));
    let mut stream = server.connect();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
    let mut answer = [0; 24];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(answer, *b"HTTP/1.1 400 Bad Request");
}

#[test]
fn upstreams_are_spoken_to_over_tls_and_verified() {
    let server = Served::start(&format!(
        "upstream u {{ server 127.0.0.1:NEXT; keepalive 1; }}
         log_format x '';
         server {{ listen 127.0.0.1:NEXT ssl; {OLD} ssl_verify_client optional_no_ca;
             return 200 \"$ssl_server_name:$ssl_session_reused:$ssl_client_s_dn:$connection\"; }}
         server {{ listen 127.0.0.1:PORT; proxy_ssl_trusted_certificate old.crt;
             location /x {{ proxy_pass https://u; proxy_http_version 1.1; proxy_set_header Connection '';
                 proxy_ssl_server_name on; proxy_ssl_name $http_host; }}
             location /shown {{ proxy_pass https://127.0.0.1:NEXT; set $who end; proxy_ssl_certificate $who.crt;
                 proxy_ssl_certificate_key $who.key; }}
             location /missing {{ proxy_pass https://127.0.0.1:NEXT; set $who none; proxy_ssl_certificate $who.crt;
                 proxy_ssl_certificate_key $who.key; }}
             location /good {{ proxy_pass https://127.0.0.1:NEXT; proxy_ssl_verify on; proxy_ssl_name localhost; }}
             location /bad {{ proxy_pass https://127.0.0.1:NEXT; proxy_ssl_verify on; proxy_ssl_name new; }}
             location /plain {{ proxy_pass http://127.0.0.1:NEXT; }} }}"
    ));
    let get = |path: &str| {
        let mut stream = server.connect();
        write!(stream, "GET {path} HTTP/1.0\r\nHost: name:1\r\n\r\n").unwrap();
        let answer = all(stream);
        let status = answer[9..12].to_owned();
        format!("{status} {}", answer.rsplit("\r\n\r\n").next().unwrap_or_default())
    };
    let first = get("/x");
    assert!(first.starts_with("200 name:.::"), "{first}");
    assert_eq!(get("/x"), first, "the connection is used again");
    assert!(get("/shown").starts_with("200 :.:CN=end:"));
    assert!(get("/missing").starts_with("500 "));
    server.logged("/none.crt\": BIO_new_file() failed");
    let good = get("/good");
    assert!(good.starts_with("200 :.::"), "{good} {}", server.log());
    assert!(get("/good").starts_with("200 :r::"), "the session is taken up");
    assert!(get("/bad").starts_with("502 "));
    server
        .logged("upstream SSL certificate does not match \"new\" while SSL handshaking to upstream, client: 127.0.0.1");
    assert!(get("/plain").starts_with("400 "));
}

#[test]
fn sessions_and_unchanged_certificates_outlive_a_reload() {
    let server = Served::start(&format!(
        "ssl_session_cache shared:s:1m; ssl_session_tickets off;
         server {{ listen 127.0.0.1:PORT ssl; {EC} return 200 $ssl_session_reused; }}"
    ));
    let config = client(None);
    assert!(server.get(&config, "a", "a").ends_with("\r\n\r\n."));
    server.signal(Signal::SIGHUP);
    server.logged("exited with code 0");
    let mut again = server.secure(&config, "a");
    assert!(ask(&mut again, "a").ends_with("\r\n\r\nr"));
    assert_eq!(again.conn.handshake_kind(), Some(HandshakeKind::Resumed));

    fs::remove_file(server.path("ec.key")).unwrap();
    server.signal(Signal::SIGHUP);
    server.logged("[emerg]");
    assert!(server.get(&config, "a", "a").ends_with("\r\n\r\nr"), "a bad configuration changes nothing");
}

#[test]
fn what_cannot_be_served_ends_the_start_with_its_line() {
    for (http, want) in [
        (
            "server {\nlisten 127.0.0.1:PORT ssl;\nssl_certificate none.crt; ssl_certificate_key ec.key; }",
            "cannot load",
        ),
        (
            "proxy_cache_path c keys_zone=c:1m;\nserver { listen 127.0.0.1:PORT; location / {\n proxy_cache c; } }",
            "\"proxy_cache\" is not supported by this build in ",
        ),
        (
            "server { listen 127.0.0.1:PORT ssl; ssl_certificate ec.crt; ssl_certificate_key ec.key;\n\nssl_stapling on; }",
            "\"ssl_stapling\" without \"ssl_stapling_file\" is not supported in ",
        ),
    ] {
        let folder = TempDir::new().unwrap();
        configuration(&folder, free_ports(2), http);
        let output = command(&folder).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(want), "{said}");
        if !want.starts_with("cannot") {
            assert!(said.trim_end().ends_with("nginx.conf:6"), "{said}");
        }
    }
}

#[test]
fn an_early_farewell_is_said_and_heard() {
    let server =
        Served::start(&format!("keepalive_timeout 50ms; server {{ listen 127.0.0.1:PORT ssl; {EC} return 200 x; }}"));
    let mut stream = server.secure(&client(None), "a");
    write!(stream, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    // An end without a farewell would be an error.
    let answer = all(stream);
    assert!(answer.ends_with("\r\n\r\nx"), "{answer}");
}
