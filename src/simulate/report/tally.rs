//! How often each of a few values came: statuses are few, so a short list beats a table.

/// Counts by value, in the order in which they came first.
#[derive(Debug, Clone)]
pub struct Tally<T>(Vec<(T, u64)>);

impl<T> Default for Tally<T> {
    fn default() -> Tally<T> {
        Tally(Vec::new())
    }
}

impl<T: Copy + Ord> Tally<T> {
    /// Counts a value.
    #[inline]
    pub fn add(&mut self, value: T) {
        self.add_many(value, 1);
    }

    /// Counts a value so many times.
    #[inline]
    pub fn add_many(&mut self, value: T, count: u64) {
        match self.0.iter_mut().find(|(known, _)| *known == value) {
            Some((_, sum)) => *sum += count,
            None => self.0.push((value, count)),
        }
    }

    /// How often a value came.
    pub fn get(&self, value: T) -> u64 {
        self.0.iter().find(|(known, _)| *known == value).map_or(0, |(_, count)| *count)
    }

    /// All of them, by value.
    pub fn sorted(&self) -> Vec<(T, u64)> {
        let mut all = self.0.clone();
        all.sort_unstable();
        all
    }
}
