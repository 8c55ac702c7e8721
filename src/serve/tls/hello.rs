//! What a client said first.

use rustls::server::ClientHello;

/// The parts of a client's hello that variables tell of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hello {
    /// The name of the server, as rustls gives it: in lower case.
    pub server_name: Option<String>,
    /// Numbers of cipher suites.
    pub ciphers: Vec<u16>,
    /// Numbers of groups.
    pub groups: Vec<u16>,
    /// Numbers of signature schemes.
    pub signatures: Vec<u16>,
}

impl Hello {
    /// Takes it from rustls.
    #[must_use]
    pub fn read(hello: &ClientHello) -> Hello {
        Hello {
            server_name: hello.server_name().map(str::to_owned),
            ciphers: hello.cipher_suites().iter().map(|suite| u16::from(*suite)).collect(),
            groups: hello.named_groups().unwrap_or_default().iter().map(|group| u16::from(*group)).collect(),
            signatures: hello.signature_schemes().iter().map(|scheme| u16::from(*scheme)).collect(),
        }
    }
}
