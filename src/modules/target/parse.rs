//! A target by name: `nginx@1.22`, `plus@r37`.

use super::{Target, TargetError, plus};
use crate::modules::module::{Module, Presence};
use crate::modules::{modules, version::Version};

/// The last release of each branch of nginx, so that `nginx@1.22` is one that exists.
const LAST_OF_BRANCH: &[Version] = &[
    Version::read("1.0.15"),
    Version::read("1.1.19"),
    Version::read("1.2.9"),
    Version::read("1.3.16"),
    Version::read("1.4.7"),
    Version::read("1.5.13"),
    Version::read("1.6.3"),
    Version::read("1.7.12"),
    Version::read("1.8.1"),
    Version::read("1.9.15"),
    Version::read("1.10.3"),
    Version::read("1.11.13"),
    Version::read("1.12.2"),
    Version::read("1.13.12"),
    Version::read("1.14.2"),
    Version::read("1.15.12"),
    Version::read("1.16.1"),
    Version::read("1.17.10"),
    Version::read("1.18.0"),
    Version::read("1.19.10"),
    Version::read("1.20.2"),
    Version::read("1.21.6"),
    Version::read("1.22.1"),
    Version::read("1.23.4"),
    Version::read("1.24.0"),
    Version::read("1.25.5"),
    Version::read("1.26.3"),
    Version::read("1.27.5"),
    Version::read("1.28.3"),
    Version::read("1.29.8"),
    Version::read("1.30.4"),
    Version::NEWEST,
];

impl Target {
    /// Reads `nginx`, `nginx@1.22`, `nginx@1.31.3`, `plus`, `plus@r37`.
    ///
    /// # Errors
    /// When it is none of these.
    pub fn parse(name: &str) -> Result<Target, TargetError> {
        let (edition, version) = name.split_once('@').unwrap_or((name, ""));
        match edition {
            "nginx" if version.is_empty() => Ok(Target::default()),
            "nginx" => parse_version(version).map(Target::mainline).ok_or_else(|| {
                TargetError(format!("\"{version}\" is no version of nginx; write nginx@1.31.3 or nginx@1.22"))
            }),
            "plus" => {
                let release = if version.is_empty() { Some(plus::newest()) } else { parse_release(version) };
                let known = release.and_then(|release| Some((release, plus::base_of(release)?)));
                known.map(|(release, base)| Target::of_plus(release, base)).ok_or_else(|| {
                    let newest = plus::newest();
                    TargetError(format!(
                        "\"{version}\" is no known release of NGINX Plus; the newest is plus@r{newest}"
                    ))
                })
            }
            _ => Err(TargetError(format!(
                "\"{name}\" is no target; write nginx@VERSION, plus@rRELEASE, or the name of a file with the output of nginx -V"
            ))),
        }
    }

    /// Adds the modules of others that go by this name.
    ///
    /// # Errors
    /// When no table knows the name.
    pub fn add_third_party(&mut self, name: &str) -> Result<(), TargetError> {
        let found: Vec<_> = modules().filter(|module| is_called(module, name)).collect();
        if found.is_empty() {
            let mut known: Vec<_> = modules().filter_map(third_party_name).collect();
            known.dedup();
            return Err(TargetError(format!("no module \"{name}\" is known; there are {}", known.join(", "))));
        }
        for module in found {
            self.add(module);
        }
        Ok(())
    }
}

fn is_called(module: &Module, name: &str) -> bool {
    match module.presence {
        Presence::ThirdParty(names) => super::third_party::is_spelling_of(name, names),
        _ => false,
    }
}

fn third_party_name(module: &Module) -> Option<&'static str> {
    match module.presence {
        Presence::ThirdParty(names) => names.first().copied(),
        _ => None,
    }
}

/// A whole version, or a branch as its last release.
fn parse_version(text: &str) -> Option<Version> {
    let version = Version::parse(text)?;
    if text.split('.').count() == 3 {
        return Some(version);
    }
    let branch = version.number() / 1000;
    LAST_OF_BRANCH.iter().copied().find(|last| last.number() / 1000 == branch)
}

fn parse_release(text: &str) -> Option<u32> {
    text.trim_start_matches(['r', 'R']).parse().ok()
}
