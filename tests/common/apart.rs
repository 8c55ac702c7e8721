//! This very test program, started again in a network namespace of its own: every port is free there, nothing leaves the
//! machine, and addresses are what a test needs.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;

/// A call of this program in a namespace where the loopback interface is up, has the `addresses` besides 127.0.0.0/8 and
/// `::1`, and any port may be listened on. With `hosts`, that file is `/etc/hosts` there. The caller adds arguments.
///
/// # Panics
/// When the program's own path is not known.
pub fn command(addresses: impl IntoIterator<Item = IpAddr>, hosts: Option<&Path>) -> Command {
    // Who is not root is so in a user namespace; but nginx, which gives root away where it has it, cannot do so there.
    let (own, rest) = if is_root() {
        ("--net --mount", "exec \"$@\"")
    } else {
        ("--net --mount --map-root-user", "exec unshare --user --map-user=1000 --map-group=1000 \"$@\"")
    };
    let mut setup = "ip link set lo up; echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start".to_owned();
    for address in addresses.into_iter().filter(|address| !address.is_loopback()) {
        let _ = write!(setup, "; ip addr add {address} dev lo 2>/dev/null");
    }
    if let Some(hosts) = hosts {
        let _ = write!(setup, "; mount --bind {} /etc/hosts", hosts.display());
    }
    let mut command = Command::new("unshare");
    command.args(own.split(' ')).args(["sh", "-c", &format!("{setup}; {rest}"), "sh"]);
    command.arg(std::env::current_exe().unwrap());
    command
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
