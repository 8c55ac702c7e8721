//! Protocols as bytes, without IO: what stands on a connection is read into spans, what goes out is written into buffers.

pub mod cgi_head;
pub mod fastcgi;
pub mod http1;
pub mod http2;
pub mod memcached;
pub mod proxy_protocol;
pub mod scgi;
pub mod uwsgi;
