//! Caddy: all cases under the real one.

use crate::cases;
use crate::judge::{Target, require};

const CADDY: Target = Target { to: "caddy", program: "caddy" };

#[test]
fn caddy_does_what_its_report_says() {
    let mut all = cases::chosen(std::env::var_os("NGINXLB_FULL").is_some());
    all.extend(cases::more());
    require(CADDY, &all);
}
