//! `ngx_http_geoip_module`.

use crate::modules::prelude::*;
use crate::modules::shared::geoip;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_geoip_module", Kind::Http, Presence::With("http_geoip"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("geoip_city", "http", "1 2", Custom(geoip::database), "1.0.0", "",
        "Loads a legacy MaxMind GeoIP city database and provides country, region and city variables."),
    d("geoip_country", "http", "1 2", Custom(geoip::database), "1.0.0", "",
        "Loads a legacy MaxMind GeoIP country database and provides country code and name variables."),
    d("geoip_org", "http", "1 2", Custom(geoip::database), "1.0.3", "",
        "Loads a legacy MaxMind GeoIP organization database and provides the $geoip_org variable."),
    d("geoip_proxy", "http", "1", Custom(geoip::proxy), "1.2.2", "",
        "Marks trusted proxy addresses, for which the GeoIP lookup uses the X-Forwarded-For address instead."),
    d("geoip_proxy_recursive", "http", "flag", Flag, "1.2.2", "off",
        "Makes the GeoIP lookup skip all trusted proxies in X-Forwarded-For and use the last untrusted address."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("geoip_area_code", "1.0.0"),
    v("geoip_city", "1.0.0"),
    v("geoip_city_continent_code", "1.0.0"),
    v("geoip_city_country_code", "1.0.0"),
    v("geoip_city_country_code3", "1.0.0"),
    v("geoip_city_country_name", "1.0.0"),
    v("geoip_country_code", "1.0.0"),
    v("geoip_country_code3", "1.0.0"),
    v("geoip_country_name", "1.0.0"),
    v("geoip_dma_code", "1.0.0"),
    v("geoip_latitude", "1.0.0"),
    v("geoip_longitude", "1.0.0"),
    v("geoip_org", "1.0.3"),
    v("geoip_postal_code", "1.0.0"),
    v("geoip_region", "1.0.0"),
    v("geoip_region_name", "1.0.0"),
];
