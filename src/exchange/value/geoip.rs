//! `$geoip_country_code` and its kin: `ngx_http_geoip_module.c`.

use std::net::IpAddr;
use std::sync::Arc;

use super::format::print;
use super::lookup::real_client;
use crate::config::cidr::Cidr;
use crate::config::{Config, ScopeId};
use crate::exchange::request::Slice;
use crate::exchange::site::Site;
use crate::exchange::state::Exchange;
use crate::modules::shared::geoip::{City, Database, Geoip as Databases, GeoipProxies, Kind, region};

/// What a variable asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    CountryCode,
    CountryCode3,
    CountryName,
    Org,
    AreaCode,
    City,
    CityContinentCode,
    CityCountryCode,
    CityCountryCode3,
    CityCountryName,
    DmaCode,
    Latitude,
    Longitude,
    PostalCode,
    Region,
    RegionName,
}

/// All names.
pub static GEOIP: &[(&str, Field)] = &[
    ("geoip_area_code", Field::AreaCode),
    ("geoip_city", Field::City),
    ("geoip_city_continent_code", Field::CityContinentCode),
    ("geoip_city_country_code", Field::CityCountryCode),
    ("geoip_city_country_code3", Field::CityCountryCode3),
    ("geoip_city_country_name", Field::CityCountryName),
    ("geoip_country_code", Field::CountryCode),
    ("geoip_country_code3", Field::CountryCode3),
    ("geoip_country_name", Field::CountryName),
    ("geoip_dma_code", Field::DmaCode),
    ("geoip_latitude", Field::Latitude),
    ("geoip_longitude", Field::Longitude),
    ("geoip_org", Field::Org),
    ("geoip_postal_code", Field::PostalCode),
    ("geoip_region", Field::Region),
    ("geoip_region_name", Field::RegionName),
];

impl Field {
    fn kind(self) -> Kind {
        match self {
            Field::CountryCode | Field::CountryCode3 | Field::CountryName => Kind::Country,
            Field::Org => Kind::Org,
            _ => Kind::City,
        }
    }
}

/// The databases of a site.
#[derive(Debug, Default)]
pub struct Geoip {
    databases: Databases,
    /// Those that are asked for, but could not be read.
    missing: Vec<Kind>,
    /// Whose `X-Forwarded-For` is believed.
    proxies: Vec<Cidr>,
    /// To its first untrusted address.
    recursive: bool,
}

impl Geoip {
    /// Those that `http` names.
    pub fn compile(config: &Config, http: ScopeId) -> Geoip {
        let scope = config.scope(http);
        let databases = scope.slot::<Databases>().cloned().unwrap_or_default();
        let named = [
            ("geoip_country", Kind::Country, databases.country.is_some()),
            ("geoip_city", Kind::City, databases.city.is_some()),
            ("geoip_org", Kind::Org, databases.org.is_some()),
        ];
        let missing = named.into_iter().filter(|(name, _, known)| !known && scope.setting(name).is_some());
        Geoip {
            missing: missing.map(|(_, kind, _)| kind).collect(),
            databases,
            proxies: scope.slot::<GeoipProxies>().cloned().unwrap_or_default().0,
            recursive: config.flag(http, "geoip_proxy_recursive", false),
        }
    }

    /// The variable has a value that cannot be told here.
    pub fn lacks(&self, field: Field) -> bool {
        self.missing.contains(&field.kind())
    }

    /// The client's address as a database takes it.
    fn address(&self, database: &Database, exchange: &Exchange) -> u128 {
        let mut address = exchange.request.connection.client;
        if !self.proxies.is_empty() {
            let chain = exchange.request.values(b"x-forwarded-for");
            let real = real_client(&exchange.request, (address, 0), chain, &self.proxies, self.recursive);
            address = real.map_or(address, |(ip, _)| Some(ip));
        }
        match address {
            Some(IpAddr::V4(v4)) if database.is_v6() => v4.to_ipv6_mapped().to_bits(),
            Some(IpAddr::V6(v6)) if database.is_v6() => v6.to_bits(),
            Some(IpAddr::V4(v4)) => v4.to_bits().into(),
            Some(IpAddr::V6(v6)) => v6.to_ipv4_mapped().map_or(u32::MAX, std::net::Ipv4Addr::to_bits).into(),
            None if database.is_v6() => 0,
            None => u32::MAX.into(),
        }
    }
}

/// The value, if it has one.
pub fn eval(field: Field, site: &Site, exchange: &mut Exchange) -> Option<Slice> {
    let Databases { country, city, org } = &site.geoip.databases;
    let known: &Arc<Database> = match field.kind() {
        Kind::Country => country,
        Kind::City => city,
        Kind::Org => org,
    }
    .as_ref()?;
    let address = site.geoip.address(known, exchange);
    let request = &mut exchange.request;
    match field.kind() {
        Kind::Org => known.org(address).map(|org| request.push(&org)),
        Kind::Country => {
            let country = known.country(address)?;
            let text = match field {
                Field::CountryCode => country.code,
                Field::CountryCode3 => country.code3,
                _ => known.name_of(country)?,
            };
            Some(request.push(text.as_bytes()))
        }
        Kind::City => {
            let city = known.city(address)?;
            match field {
                Field::AreaCode => Some(print(request, format_args!("{}", city.area))),
                Field::DmaCode => Some(print(request, format_args!("{}", city.dma))),
                Field::Latitude => Some(request.push(degrees(city.at[0]).as_bytes())),
                Field::Longitude => Some(request.push(degrees(city.at[1]).as_bytes())),
                _ => text(field, known, &city).map(|text| request.push(text)),
            }
        }
    }
}

/// A text of a place.
fn text<'c>(field: Field, database: &Database, city: &'c City) -> Option<&'c [u8]> {
    match field {
        Field::City => city.city.as_deref(),
        Field::PostalCode => city.postal_code,
        Field::Region => city.region,
        Field::RegionName => region(city.country, city.region?).map(str::as_bytes),
        Field::CityContinentCode => Some(city.country.continent.as_bytes()),
        Field::CityCountryCode => Some(city.country.code.as_bytes()),
        Field::CityCountryCode3 => Some(city.country.code3.as_bytes()),
        _ => database.name_of(city.country).map(str::as_bytes),
    }
}

/// nginx's `%.4f`.
fn degrees(degrees: f32) -> String {
    const SCALE: f64 = 10_000.0;
    let size = f64::from(degrees.abs());
    let parts = ((size - size.trunc()) * SCALE + 0.5) as u64;
    let (whole, parts) = if parts == SCALE as u64 { (size as u64 + 1, 0) } else { (size as u64, parts) };
    format!("{}{whole}.{parts:04}", if degrees < 0.0 { "-" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(GEOIP.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn degrees_have_four_digits() {
        let cases = [(55.7543, "55.7543"), (-0.00004, "-0.0000"), (-179.99999, "-180.0000"), (0.0, "0.0000")];
        for (number, want) in cases {
            assert_eq!(degrees(number), want);
        }
    }
}
