//! nginx itself: the main context, events, and what belongs to no protocol; one nginx module, one file.

pub mod conf_file;
pub mod cycle;
pub mod devpoll;
pub mod epoll;
pub mod errlog;
pub mod event;
pub mod event_openssl;
pub mod event_openssl_cache;
pub mod event_quic_bpf;
pub mod eventport;
pub mod events;
pub mod google_perftools;
pub mod iocp;
pub mod kqueue;
pub mod load_module;
pub mod nginx;
pub mod regex;
pub mod rtsig;
pub mod thread_pool;

use super::Module;

/// In nginx's module order, in which they initialise, merge and finish.
pub static MODULES: &[&Module] = &[
    &nginx::MODULE,
    &errlog::MODULE,
    &conf_file::MODULE,
    &thread_pool::MODULE,
    &event_openssl::MODULE,
    &event_openssl_cache::MODULE,
    &event_quic_bpf::MODULE,
    &regex::MODULE,
    &events::MODULE,
    &event::MODULE,
    &epoll::MODULE,
    &kqueue::MODULE,
    &devpoll::MODULE,
    &eventport::MODULE,
    &iocp::MODULE,
    &rtsig::MODULE,
    &google_perftools::MODULE,
];
