//! What a live server answers itself, byte for byte: files and lists of files, nginx's own pages, and what the header
//! filters make of answers, its own and those of upstreams.

#[path = "../common/mod.rs"]
mod common;

mod answers;
mod files;
mod pages;
mod places;
mod requests;
mod server;
mod stored;
