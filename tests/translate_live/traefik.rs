//! Traefik: all cases under the real one.

use crate::cases;
use crate::judge::{Target, require};

const TRAEFIK: Target = Target { to: "traefik", program: "traefik" };

#[test]
fn traefik_does_what_its_report_says() {
    let mut all = cases::chosen(std::env::var_os("NGINXLB_FULL").is_some());
    all.extend(cases::more());
    require(TRAEFIK, &all);
}
