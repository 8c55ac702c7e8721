//! Shared memory zones: declared with a size by one directive, used by name by others.

use super::fault::Fault;
use crate::syntax::Span;

/// All zones of a configuration, in the order in which nginx hears of them.
#[derive(Debug, Default)]
pub struct Zones(Vec<Zone>);

/// One zone.
#[derive(Debug, Clone)]
pub struct Zone {
    /// Its name.
    pub name: String,
    /// Bytes; 0 until a directive declares it.
    pub size: u64,
    /// The module it belongs to; nginx compares these by address.
    pub tag: &'static str,
    /// Where it was first named.
    pub span: Span,
    /// nginx allows a declaration without a size to stay so (`noreuse` state zones of `zone name;`).
    pub bound: bool,
}

impl Zones {
    /// `ngx_shared_memory_add`: names a zone, with its size or 0 for "declared elsewhere".
    ///
    /// # Errors
    /// nginx's messages when the name belongs to another module or has another size.
    pub fn add(&mut self, name: &str, size: u64, tag: &'static str, span: Span) -> Result<usize, Fault> {
        let Some(at) = self.0.iter().position(|zone| zone.name == name) else {
            self.0.push(Zone { name: name.to_owned(), size, tag, span, bound: false });
            return Ok(self.0.len() - 1);
        };
        let zone = &mut self.0[at];
        if zone.tag != tag {
            return Err(Fault::emerg(format!(
                "the shared memory zone \"{name}\" is already declared for a different use"
            ))
            .at(span)
            .related(zone.span, "declared here"));
        }
        if zone.size == 0 {
            zone.size = size;
        }
        if size != 0 && size != zone.size {
            return Err(Fault::emerg(format!(
                "the size {size} of shared memory zone \"{name}\" conflicts with already declared size {}",
                zone.size
            ))
            .at(span)
            .related(zone.span, "declared here"));
        }
        Ok(at)
    }

    /// The zones, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Zone> {
        self.0.iter()
    }

    /// A zone by the number that [`Zones::add`] gave.
    #[must_use]
    pub fn get(&self, at: usize) -> &Zone {
        &self.0[at]
    }

    /// A zone by the number that [`Zones::add`] gave, to write.
    pub fn get_mut(&mut self, at: usize) -> &mut Zone {
        &mut self.0[at]
    }

    /// A zone by name and owner.
    #[must_use]
    pub fn find(&self, name: &str, tag: &str) -> Option<usize> {
        self.0.iter().position(|zone| zone.name == name && zone.tag == tag)
    }
}
