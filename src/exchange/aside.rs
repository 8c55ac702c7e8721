//! What a location does besides answering, by subrequests: `mirror` sends copies somewhere, `add_before_body` and
//! `add_after_body` put other answers around its own, `auth_request` asks. And how a subrequest begins
//! (`ngx_http_subrequest`). `post_action` is the request itself, which goes elsewhere after its answer.

use super::guard::Guard;
use super::life::Action;
use super::request::Slice;
use super::route::Phase;
use super::site::{Builder, LocationId, Site};
use super::state::Exchange;
use super::world::{Memory, World};
use crate::balance::{Random, Watch};
use crate::config::ScopeId;

/// What only a live proxy does in a location.
#[derive(Debug, Default)]
pub struct Live {
    /// Who may come in.
    pub(super) guard: Option<Guard>,
    /// Where the request goes after its answer.
    post_action: Option<Slice>,
    /// Where copies go.
    pub(super) mirror: Option<Mirror>,
}

/// `mirror`
#[derive(Debug)]
pub struct Mirror {
    /// The paths.
    pub uris: Vec<Slice>,
    /// The client's body goes with it, and so is read first.
    pub body: bool,
}

/// A subrequest that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Sub<'s> {
    /// Its path.
    pub uri: &'s [u8],
    /// Its arguments, unless it has those of its parent.
    pub args: &'s [u8],
    /// It has the arguments of its parent.
    pub keeps_args: bool,
    /// It has the method of its parent; else it is a `GET`.
    pub keeps_method: bool,
}

impl Live {
    pub(super) fn compile(scope: ScopeId, builder: &mut Builder) -> Live {
        let post_action = builder.config.effective(scope, "post_action").map(|set| set.arg(1));
        Live {
            guard: Guard::compile(scope, builder),
            post_action: post_action.filter(|uri| !uri.is_empty()).map(|uri| builder.text(uri)),
            mirror: Mirror::compile(scope, builder),
        }
    }
}

impl Mirror {
    fn compile(scope: ScopeId, builder: &mut Builder) -> Option<Mirror> {
        let config = builder.config;
        let settings = config.effective_all(scope, "mirror");
        let uris: Vec<&str> = settings.iter().map(|set| set.arg(1)).filter(|uri| *uri != "off").collect();
        let uris: Vec<Slice> = uris.into_iter().map(|uri| builder.text(uri)).collect();
        let body = config.flag(scope, "mirror_request_body", true);
        (!uris.is_empty()).then_some(Mirror { uris, body })
    }
}

impl Site {
    /// What only a live proxy does in a location; nothing in a simulation.
    #[inline]
    pub(super) fn live(&self, location: LocationId) -> Option<&Live> {
        self.live.get(location.0 as usize)
    }

    /// Where copies of a request go that is in this location.
    #[must_use]
    pub fn mirror(&self, location: LocationId) -> Option<&Mirror> {
        self.live(location)?.mirror.as_ref()
    }
}

impl Exchange {
    /// Goes where `post_action` says, if it does; the answer that comes of it goes nowhere.
    pub fn post_action<M: Memory, R: Random, W: Watch>(&mut self, world: &mut World<M, R, W>) -> Option<Action> {
        let to = world.site.live(self.route.location)?.post_action?;
        if self.is_sub || (self.is_after && !self.route.may_turn()) {
            return None;
        }
        self.is_after = true;
        self.now = world.now;
        self.reply = None;
        let found = self.turn_to(world.site, to);
        Some(self.go_on(found, world))
    }

    /// Begins as a subrequest of `parent`.
    pub fn begin_within<M: Memory, R: Random, W: Watch>(
        &mut self,
        parent: &Exchange,
        sub: &Sub,
        world: &mut World<M, R, W>,
    ) -> Action {
        self.start_within(parent, world.now);
        let site = world.site;
        self.request.begin_within(&parent.request, sub);
        self.route.begin_within(&parent.route, site);
        let found = self.enter_phases(site, Phase::Server);
        self.go_on(found, world)
    }
}
