//! TLS towards upstreams: the texts that name the server and the certificate to show (`proxy_ssl_name`,
//! `proxy_ssl_certificate`, and their kin), and those that name the certificates of a server. The handshake is the
//! driver's.

use crate::config::{Config, ScopeId, Text};
use crate::exchange::request::Slice;
use crate::exchange::site::{Builder, Site};
use crate::exchange::state::Exchange;
use crate::exchange::value::Template;
use crate::modules::shared::pass::Protocol;
use crate::modules::shared::ssl::Tls;

/// The texts of one location.
#[derive(Debug)]
pub struct SecurePass {
    name: Option<Template>,
    certificate: Option<(Template, Template)>,
}

impl SecurePass {
    /// None where the protocol knows no TLS.
    pub(in crate::exchange) fn compile(
        config: &Config,
        scope: ScopeId,
        protocol: Protocol,
        builder: &mut Builder,
    ) -> Option<SecurePass> {
        if !protocol.schemes().iter().any(|(_, tls, _)| *tls) {
            return None;
        }
        let prefix = protocol.prefix();
        let mut text = |what: &str| {
            let setting = config.effective(scope, &format!("{prefix}_ssl_{what}"))?;
            Text::read(setting.arg(1)).ok().map(|text| builder.template(&text))
        };
        Some(SecurePass { name: text("name"), certificate: text("certificate").zip(text("certificate_key")) })
    }

    /// Whom to call: `..._ssl_name`, or the host that the request is passed to. It may have a port.
    pub fn name(&self, site: &Site, exchange: &mut Exchange) -> Slice {
        match &self.name {
            Some(name) => name.eval(site, exchange),
            None => exchange.route.proxy.map(|(host, _)| host).unwrap_or_default(),
        }
    }

    /// The certificate to show and its key.
    pub fn certificate(&self, site: &Site, exchange: &mut Exchange) -> Option<(Slice, Slice)> {
        let (certificate, key) = self.certificate.as_ref()?;
        Some((certificate.eval(site, exchange), key.eval(site, exchange)))
    }
}

/// The certificates of one server whose names have variables: the texts as written, and compiled.
#[derive(Debug, Default)]
pub struct Certificates(Vec<(String, Template)>);

impl Certificates {
    pub(in crate::exchange) fn compile(config: &Config, scope: ScopeId, builder: &mut Builder) -> Certificates {
        let pairs = config.scope(scope).slot::<Tls>().map(|tls| tls.pairs.as_slice()).unwrap_or_default();
        let texts = pairs.iter().filter(|pair| pair.is_dynamic()).flat_map(|pair| [&pair.certificate, &pair.key]);
        let compiled = texts.filter_map(|text| Some((text.clone(), builder.template(&Text::read(text).ok()?))));
        Certificates(compiled.collect())
    }

    /// The value of a text as written, if it is one of them.
    pub fn name(&self, text: &str, site: &Site, exchange: &mut Exchange) -> Option<Vec<u8>> {
        let (_, template) = self.0.iter().find(|(known, _)| known == text)?;
        let mut value = Vec::new();
        template.write(site, exchange, &mut value);
        Some(value)
    }
}
