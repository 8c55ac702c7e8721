//! What a live server answers itself, byte for byte: files and lists of files, nginx's own pages, and what the header
//! filters make of answers, its own and those of upstreams.

#![allow(clippy::disallowed_methods, reason = "what another process does is waited for by the clock")]

mod answers;
mod files;
mod pages;
mod requests;
mod server;
