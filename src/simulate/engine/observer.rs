//! Watching one request's decisions: what `simulate --why` shows. Who does not watch pays nothing.

use crate::balance::{Group, Millis, Unwatched, Watch};
use crate::exchange::{Action, Event, Exchange};
use crate::simulate::outcome::Label;

use super::Setup;

/// Something that happened to the request that is being worked on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moment {
    /// What the driver told the exchange.
    Told(Event),
    /// What the exchange asked for.
    Asked(Action),
}

/// Who watches.
pub trait Observer: Watch {
    /// Whether it wants to see what happens; a driver may do what takes no time in one go for who does not.
    fn watches(&self) -> bool {
        true
    }
    /// From here on it is this request that things happen to.
    fn turn_to(&mut self, request: Label<'_>, now: Millis);
    /// Something happened to it; `group` is the state of the group that it is sent to.
    fn happened(&mut self, moment: Moment, exchange: &Exchange, setup: &Setup, group: Option<&Group>);
}

impl Observer for Unwatched {
    #[inline]
    fn watches(&self) -> bool {
        false
    }
    #[inline]
    fn turn_to(&mut self, _request: Label<'_>, _now: Millis) {}
    #[inline]
    fn happened(&mut self, _moment: Moment, _exchange: &Exchange, _setup: &Setup, _group: Option<&Group>) {}
}
