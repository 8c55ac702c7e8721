//! Protocols as bytes, without IO: what stands on a connection is read into spans, what goes out is written into buffers.

pub mod http1;
