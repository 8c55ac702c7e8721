//! How sticky sessions know a server that has no `route`: by the MD5 sum of its printed address, in hex.

use std::fmt::Write as _;

use md5::{Digest as _, Md5};

/// The id of a server by its address: 32 hexadecimal digits.
#[must_use]
pub fn of_address(addr: &str) -> String {
    let mut id = String::with_capacity(32);
    for byte in Md5::digest(addr.as_bytes()) {
        // Writing to a string does not fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_md5sum_prints_it() {
        assert_eq!(of_address("127.0.0.1:8080"), "5958c386bf5e9109ac10d2a628645aea");
        assert_eq!(of_address(""), "d41d8cd98f00b204e9800998ecf8427e");
    }
}
