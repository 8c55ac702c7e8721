//! The process: nginx's master. It starts, listens to signals, replaces generations of workers by new ones, and ends.
//!
//! It differs from nginx's in that workers are threads. The number by which a worker goes in the log is that of its
//! thread. There is no process left with the super-user's privileges once `user` was followed: a reload can only open
//! what that user may (logs in folders of the super-user, ports below 1024 that are new), and the file of the process
//! number stays if its folder is not the user's. A new binary cannot take over the sockets (USR2): that needs calls that
//! are not safe in Rust.

mod master;
mod pid_file;
mod signals;
mod sockets;
mod start;
mod user;
mod workers;

pub use master::keep;
pub use sockets::{Socket, Takes};
pub use start::{NotStarted, start};
pub use workers::Order;
