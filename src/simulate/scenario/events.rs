//! What of a scenario happens at a moment and has to be acted on then.

use std::net::IpAddr;

use super::Scenario;
use super::Window;
use crate::balance::Millis;

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'s> {
    /// A name has other addresses from now on.
    Dns {
        /// The name.
        name: &'s str,
        /// Its addresses; none if it is gone.
        addresses: &'s [IpAddr],
    },
    /// The configuration is changed for another.
    Reload {
        /// The file, as written in the scenario.
        config: &'s str,
    },
    /// What health checks get may be other than before: ask [`Backends::healthy`](super::Backends::healthy) again.
    Health,
}

impl Scenario {
    /// What happens, by time; at one moment DNS before reloads before health, each in the order of the scenario.
    #[must_use]
    pub fn events(&self) -> Vec<(Millis, Event<'_>)> {
        let dns = self.dns.iter().map(|dns| (dns.at, Event::Dns { name: &dns.name, addresses: &dns.addresses }));
        let reloads = self.reloads.iter().map(|reload| (reload.at, Event::Reload { config: &reload.config }));
        let edges = self.health.iter().flat_map(|health| [health.window.from, health.window.to]);
        let mut edges: Vec<Millis> = edges.filter(|edge| *edge != Window::ALWAYS.to).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut events: Vec<_> = dns.chain(reloads).chain(edges.into_iter().map(|at| (at, Event::Health))).collect();
        events.sort_by_key(|(at, _)| *at);
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_by_time() {
        let text = r#"
            [[reload]]
            at = 5
            config = "b.conf"
            [[health]]
            peer = "*"
            from = "1s"
            to = "5s"
            [[health]]
            upstream = "u"
            from = 5
            [[dns]]
            name = "a.example"
            at = 5
            addresses = ["10.0.0.1", "::1"]
            "#;
        let scenario = Scenario::parse(text).unwrap();
        let events = scenario.events();
        let times: Vec<_> = events.iter().map(|(at, _)| at.0).collect();
        assert_eq!(times, [1000, 5000, 5000, 5000]);
        assert!(matches!(&events[1].1, Event::Dns { name: "a.example", addresses: [_, last] } if last.is_ipv6()));
        assert_eq!(events[2].1, Event::Reload { config: "b.conf" });
        assert_eq!(events[3].1, Event::Health);
    }
}
