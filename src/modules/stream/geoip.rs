//! `ngx_stream_geoip_module`.

use crate::modules::prelude::*;
use crate::modules::shared::geoip;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("stream_geoip_module", Kind::Stream, Presence::With("stream_geoip"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("geoip_city", "stream", "1 2", Custom(geoip::database), "1.11.3", "",
        "Loads a legacy MaxMind city database so stream variables can report the client location."),
    d("geoip_country", "stream", "1 2", Custom(geoip::database), "1.11.3", "",
        "Loads a legacy MaxMind country database so stream variables can report the client country."),
    d("geoip_org", "stream", "1 2", Custom(geoip::database), "1.11.3", "",
        "Loads a legacy MaxMind organisation database so a variable can name the client network owner."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("geoip_area_code", "1.11.3"),
    v("geoip_city", "1.11.3"),
    v("geoip_city_continent_code", "1.11.3"),
    v("geoip_city_country_code", "1.11.3"),
    v("geoip_city_country_code3", "1.11.3"),
    v("geoip_city_country_name", "1.11.3"),
    v("geoip_country_code", "1.11.3"),
    v("geoip_country_code3", "1.11.3"),
    v("geoip_country_name", "1.11.3"),
    v("geoip_dma_code", "1.11.3"),
    v("geoip_latitude", "1.11.3"),
    v("geoip_longitude", "1.11.3"),
    v("geoip_org", "1.11.3"),
    v("geoip_postal_code", "1.11.3"),
    v("geoip_region", "1.11.3"),
    v("geoip_region_name", "1.11.3"),
];
