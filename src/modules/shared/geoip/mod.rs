//! `geoip_country`, `geoip_city`, `geoip_org` of `http` and `stream`: databases that are opened when the configuration
//! is read.

mod database;
mod places;

use std::sync::Arc;

use super::geo::network;
use crate::config::cidr::Cidr;
use crate::modules::prelude::*;

pub use database::{City, Database, Kind};
pub use places::{Country, region};

/// Networks whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct GeoipProxies(pub Vec<Cidr>);

/// The databases, as far as they could be read.
#[derive(Debug, Clone, Default)]
pub struct Geoip {
    /// `geoip_country`
    pub country: Option<Arc<Database>>,
    /// `geoip_city`
    pub city: Option<Arc<Database>>,
    /// `geoip_org`
    pub org: Option<Arc<Database>>,
}

impl Geoip {
    fn place(&mut self, kind: Kind) -> &mut Option<Arc<Database>> {
        match kind {
            Kind::Country => &mut self.country,
            Kind::City => &mut self.city,
            Kind::Org => &mut self.org,
        }
    }
}

/// Opens a database. Of which kind it is the file says.
///
/// # Errors
/// nginx's, when it cannot be opened or is of another kind.
pub fn database(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let path = call.arg(1);
    let utf8 = call.words.len() == 3 && call.arg(2) == "utf8";
    let opened = cx.host.database(path).map(|bytes| Database::read(bytes, utf8));
    let Some(database) = opened.ok().filter(|database| database.is_some() || !cx.host.is_real()) else {
        return Err(Fault::emerg(format!("GeoIP_open(\"{path}\") failed")).at(call.span(1)).of_host());
    };
    if call.words.len() == 3 && !utf8 {
        return Err(call.invalid_parameter(2).help("only \"utf8\" can stand here"));
    }
    let (kind, about) = match call.name() {
        "geoip_country" => (Kind::Country, "GeoIP"),
        "geoip_city" => (Kind::City, "GeoIP City"),
        _ => (Kind::Org, "GeoIP"),
    };
    let edition = database.as_ref().map(|database| database.edition);
    let wrong = edition.filter(|edition| !kind.has(*edition));
    if let Some(edition) = wrong.filter(|_| cx.host.is_real()) {
        let message = format!("invalid {about} database \"{path}\" type:{edition}");
        return Err(Fault::emerg(message).at(call.span(1)).of_host());
    }
    *cx.slot::<Geoip>().place(kind) = database.filter(|_| wrong.is_none()).map(Arc::new);
    cx.keep(call, Value::Words);
    Ok(())
}

/// `geoip_proxy`
///
/// # Errors
/// nginx's messages.
pub fn proxy(cx: &mut Cx, call: &Call) -> Verdict {
    let network = network(cx, &call.words[1])?;
    cx.slot::<GeoipProxies>().0.push(network);
    cx.keep(call, Value::Own);
    Ok(())
}
