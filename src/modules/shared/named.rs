//! Values of one kind that several directives of one scope may set: `proxy_bind` and `fastcgi_bind` in one `server`.

use crate::config::{Config, Cx, ScopeId};

/// The values of one kind in one scope, by the directive that sets them.
#[derive(Debug)]
pub struct Named<T>(Vec<(&'static str, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Named(Vec::new())
    }
}

impl<T> Named<T> {
    /// The value that this directive sets here.
    #[must_use]
    pub fn get(&self, directive: &str) -> Option<&T> {
        self.0.iter().find(|(name, _)| *name == directive).map(|(_, value)| value)
    }

    /// The value that this directive sets here, made at first use.
    pub fn entry(&mut self, directive: &'static str) -> &mut T
    where
        T: Default,
    {
        let at = self.0.iter().position(|(name, _)| *name == directive).unwrap_or_else(|| {
            self.0.push((directive, T::default()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

/// Keeps a value in the current scope under a directive's name; the last one stays.
pub fn put<T: Send + Sync + 'static>(cx: &mut Cx, directive: &'static str, value: T) {
    let values = &mut cx.slot::<Named<T>>().0;
    values.retain(|(name, _)| *name != directive);
    values.push((directive, value));
}

/// The value that a directive sets in this very scope.
#[must_use]
pub fn own<'c, T: 'static>(config: &'c Config, scope: ScopeId, directive: &str) -> Option<&'c T> {
    config.scope(scope).slot::<Named<T>>()?.get(directive)
}

/// The value that holds in a scope: its own, or that of the nearest block around it.
#[must_use]
pub fn effective<'c, T: 'static>(config: &'c Config, scope: ScopeId, directive: &str) -> Option<&'c T> {
    config.ancestors(scope).find_map(|id| own(config, id, directive))
}
