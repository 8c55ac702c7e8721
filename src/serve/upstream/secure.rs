//! TLS with a peer, between the connection and the request: `ngx_http_upstream_ssl_init_connection`,
//! `ngx_http_upstream_ssl_handshake`.

use std::sync::Arc;

use rustls::ClientConfig;
use tokio_rustls::TlsConnector;

use super::connect::Unconnected;
use crate::exchange::Exchange;
use crate::serve::clock;
use crate::serve::state::Worker;
use crate::serve::stream::{Plain, Stream};
use crate::serve::tls::{self, Connector, Target};
use crate::syntax::decode;

/// What a handshake with a peer needs.
pub struct Security<'w> {
    connector: &'w Connector,
    config: Arc<ClientConfig>,
    target: Target,
}

impl<'w> Security<'w> {
    /// For the peer of the last attempt; none where it is spoken to in plain text.
    ///
    /// # Errors
    /// nginx's message: the certificate that variables name cannot be used. The request has failed, whatever peers there
    /// are.
    pub fn of(worker: &'w Worker, exchange: &mut Exchange) -> Result<Option<Security<'w>>, String> {
        let location = exchange.route.location;
        let Some(connector) = worker.generation.secure.connector(location).filter(|_| exchange.tls) else {
            return Ok(None);
        };
        let (site, texts) = (&worker.generation.site, worker.terms(exchange).secure.as_deref());
        let name = texts.map(|texts| texts.name(site, exchange)).unwrap_or_default();
        let target = connector.target(exchange.text(site, name));
        let named = connector.dynamic.as_ref().and_then(|_| texts?.certificate(site, exchange));
        let config = match named {
            Some((certificate, key)) => {
                let (certificate, key) = (exchange.text(site, certificate), exchange.text(site, key));
                connector.config_with(&decode(certificate), &decode(key), unix() as u64)?
            }
            None => connector.config(exchange.attempts.last().map_or("", |attempt| &attempt.addr)),
        };
        Ok(Some(Security { connector, config, target }))
    }

    /// Shakes hands.
    ///
    /// # Errors
    /// nginx's message.
    pub async fn secure(&self, plain: Plain) -> Result<Stream, Unconnected> {
        let connector = TlsConnector::from(Arc::clone(&self.config));
        let shaken = connector.connect(self.target.server_name.clone(), plain).await;
        let stream = shaken.map_err(|error| {
            Unconnected::Unsafe(match tls::inner(&error) {
                Some(error) => tls::handshake(error),
                None => tls::CLOSED.to_owned(),
            })
        })?;
        self.connector.check(stream.get_ref().1, &self.target, unix()).map_err(Unconnected::Unsafe)?;
        Ok(Stream::Client(Box::new(stream)))
    }
}

fn unix() -> i64 {
    ((clock::epoch() + clock::now().0) / 1000).cast_signed()
}
