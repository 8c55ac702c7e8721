//! What becomes of a directive in another format: the classes of the loss report, and the capabilities that an emitter
//! declares. A capability is data: the report, `--allow-loss`, and the tables of the documentation are all made from it.

/// How much of a directive is left, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// It is written down and does the same.
    Exact,
    /// The target does it by itself: there is nothing to write.
    Automatic,
    /// It is left out, and no client and no backend can tell.
    DroppedHarmless,
    /// It is written down and does nearly the same.
    Approximate,
    /// It is left out, and that shows.
    DroppedBehaviour,
    /// It protects something and would be lost: there is no output unless the loss is allowed.
    Refused,
}

impl Class {
    /// All of them, from best to worst.
    pub const ALL: [Class; 6] = [
        Class::Exact,
        Class::Automatic,
        Class::DroppedHarmless,
        Class::Approximate,
        Class::DroppedBehaviour,
        Class::Refused,
    ];

    /// As the report names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Class::Exact => "exact",
            Class::Automatic => "automatic",
            Class::DroppedHarmless => "dropped-harmless",
            Class::Approximate => "approximate",
            Class::DroppedBehaviour => "dropped-behaviour",
            Class::Refused => "refused",
        }
    }

    /// The exit code of a translation whose worst entry is of this class.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Class::Exact | Class::Automatic | Class::DroppedHarmless => 0,
            Class::Approximate => 1,
            Class::DroppedBehaviour => 2,
            Class::Refused => 3,
        }
    }
}

/// Where a difference can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shows {
    /// The status that the client gets.
    Status,
    /// Headers that the client gets.
    Headers,
    /// The body that the client gets.
    Body,
    /// The request line that a backend gets.
    Uri,
    /// Headers that a backend gets.
    UpstreamHeaders,
    /// Which backend is chosen.
    Peer,
    /// When something happens: timeouts, retries, how long a backend is out.
    Timing,
    /// Connections: how many, how long, how secured.
    Connections,
    /// Logs.
    Logs,
}

impl Shows {
    /// All of them.
    pub const ALL: [Shows; 9] = [
        Shows::Status,
        Shows::Headers,
        Shows::Body,
        Shows::Uri,
        Shows::UpstreamHeaders,
        Shows::Peer,
        Shows::Timing,
        Shows::Connections,
        Shows::Logs,
    ];

    /// As the report names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Shows::Status => "status",
            Shows::Headers => "headers",
            Shows::Body => "body",
            Shows::Uri => "uri",
            Shows::UpstreamHeaders => "upstream-headers",
            Shows::Peer => "peer",
            Shows::Timing => "timing",
            Shows::Connections => "connections",
            Shows::Logs => "logs",
        }
    }
}

/// One thing that an emitter does, or does not do, with one feature of nginx.
#[derive(Debug, PartialEq, Eq)]
pub struct Capability {
    /// The feature, a name of [`FEATURES`](super::features::FEATURES).
    pub feature: &'static str,
    /// What it is called in the report and by `--allow-loss`, behind the target's name; unique within the target.
    pub code: &'static str,
    /// What is left of it.
    pub class: Class,
    /// How it is written, or the difference, in one sentence without a full stop.
    pub says: &'static str,
    /// Where the difference can be seen; empty if there is none.
    pub shows: &'static [Shows],
    /// What can be done about it; empty if nothing needs to.
    pub fix: &'static str,
}

/// Shorthands for tables of capabilities.
impl Capability {
    /// Written down, and the same.
    #[must_use]
    pub const fn exact(feature: &'static str, code: &'static str, says: &'static str) -> Capability {
        Capability { feature, code, class: Class::Exact, says, shows: &[], fix: "" }
    }

    /// Done by the target itself.
    #[must_use]
    pub const fn automatic(feature: &'static str, code: &'static str, says: &'static str) -> Capability {
        Capability { class: Class::Automatic, ..Capability::exact(feature, code, says) }
    }

    /// Left out, and nobody can tell.
    #[must_use]
    pub const fn harmless(feature: &'static str, code: &'static str, says: &'static str) -> Capability {
        Capability { class: Class::DroppedHarmless, ..Capability::exact(feature, code, says) }
    }

    /// Written down, and nearly the same.
    #[must_use]
    pub const fn approximate(
        feature: &'static str,
        code: &'static str,
        says: &'static str,
        shows: &'static [Shows],
        fix: &'static str,
    ) -> Capability {
        Capability { feature, code, class: Class::Approximate, says, shows, fix }
    }

    /// Left out, and that shows.
    #[must_use]
    pub const fn dropped(
        feature: &'static str,
        code: &'static str,
        says: &'static str,
        shows: &'static [Shows],
        fix: &'static str,
    ) -> Capability {
        Capability { feature, code, class: Class::DroppedBehaviour, says, shows, fix }
    }

    /// What protects something and cannot be kept.
    #[must_use]
    pub const fn refused(
        feature: &'static str,
        code: &'static str,
        says: &'static str,
        shows: &'static [Shows],
        fix: &'static str,
    ) -> Capability {
        Capability { feature, code, class: Class::Refused, says, shows, fix }
    }
}
