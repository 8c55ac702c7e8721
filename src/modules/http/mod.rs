//! The `http` modules; one nginx module, one file.

pub mod access;
pub mod addition;
pub mod auth_basic;
pub mod auth_request;
pub mod autoindex;
pub mod block;
pub mod browser;
pub mod charset;
pub mod copy;
pub mod core;
pub mod dav;
pub mod degradation;
pub mod empty_gif;
pub mod fastcgi;
pub mod flv;
pub mod geo;
pub mod geoip;
pub mod grpc;
pub mod gunzip;
pub mod gzip;
pub mod gzip_static;
pub mod headers;
pub mod image;
pub mod index;
pub mod limit_conn;
pub mod limit_req;
pub mod limit_zone;
pub mod log;
pub mod map;
pub mod memcached;
pub mod mirror;
pub mod mp4;
pub mod perl;
pub mod proxy;
pub mod random_index;
pub mod realip;
pub mod referer;
pub mod rewrite;
pub mod scgi;
pub mod secure_link;
pub mod slice;
pub mod spdy;
pub mod split_clients;
pub mod ssi;
pub mod ssl;
pub mod status;
pub mod stub_status;
pub mod sub;
pub mod try_files;
pub mod tunnel;
pub mod upstream;
pub mod upstream_hash;
pub mod upstream_ip_hash;
pub mod upstream_keepalive;
pub mod upstream_least_conn;
pub mod upstream_least_time;
pub mod upstream_random;
pub mod upstream_sticky;
pub mod upstream_zone;
pub mod userid;
pub mod uwsgi;
pub mod v2;
pub mod v3;
pub mod xslt;

use super::Module;

/// In nginx's module order, in which they initialise, merge and finish.
pub static MODULES: &[&Module] = &[
    &block::MODULE,
    &core::MODULE,
    &log::MODULE,
    &upstream::MODULE,
    &v2::MODULE,
    &v3::MODULE,
    &gzip_static::MODULE,
    &dav::MODULE,
    &autoindex::MODULE,
    &index::MODULE,
    &random_index::MODULE,
    &mirror::MODULE,
    &try_files::MODULE,
    &auth_request::MODULE,
    &auth_basic::MODULE,
    &access::MODULE,
    &limit_conn::MODULE,
    &limit_req::MODULE,
    &limit_zone::MODULE,
    &realip::MODULE,
    &status::MODULE,
    &geo::MODULE,
    &geoip::MODULE,
    &map::MODULE,
    &split_clients::MODULE,
    &referer::MODULE,
    &rewrite::MODULE,
    &ssl::MODULE,
    &proxy::MODULE,
    &fastcgi::MODULE,
    &uwsgi::MODULE,
    &scgi::MODULE,
    &grpc::MODULE,
    &tunnel::MODULE,
    &perl::MODULE,
    &memcached::MODULE,
    &empty_gif::MODULE,
    &browser::MODULE,
    &secure_link::MODULE,
    &degradation::MODULE,
    &flv::MODULE,
    &mp4::MODULE,
    &upstream_hash::MODULE,
    &upstream_ip_hash::MODULE,
    &upstream_least_conn::MODULE,
    &upstream_least_time::MODULE,
    &upstream_random::MODULE,
    &upstream_keepalive::MODULE,
    &upstream_zone::MODULE,
    &upstream_sticky::MODULE,
    &stub_status::MODULE,
    &spdy::MODULE,
    &gzip::MODULE,
    &ssi::MODULE,
    &charset::MODULE,
    &xslt::MODULE,
    &image::MODULE,
    &sub::MODULE,
    &addition::MODULE,
    &gunzip::MODULE,
    &userid::MODULE,
    &headers::MODULE,
    &copy::MODULE,
    &slice::MODULE,
];
