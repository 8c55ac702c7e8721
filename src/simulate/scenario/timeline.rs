//! A value that changes at some times: looked up with a cursor, as time mostly goes forward a little.

use super::Window;
use crate::balance::Millis;

/// Values from the beginning of time to its end.
#[derive(Debug, Clone)]
pub struct Timeline<T> {
    /// When each value begins; the first at 0.
    starts: Vec<Millis>,
    values: Vec<T>,
    cursor: usize,
}

impl<T: Copy + PartialEq> Timeline<T> {
    /// The values that `value` has at a moment, where they can change only at the edges of `windows`.
    pub fn new(windows: impl Iterator<Item = Window>, value: impl Fn(Millis) -> T) -> Timeline<T> {
        let mut edges: Vec<Millis> = windows.flat_map(|window| [window.from, window.to]).collect();
        edges.retain(|edge| *edge != Window::ALWAYS.to);
        edges.push(Millis(0));
        edges.sort_unstable();
        let mut line = Timeline { starts: Vec::new(), values: Vec::new(), cursor: 0 };
        for edge in edges {
            let value = value(edge);
            if line.values.last() != Some(&value) {
                line.starts.push(edge);
                line.values.push(value);
            }
        }
        line
    }

    /// The value, if it never changes.
    pub fn constant(&self) -> Option<T> {
        (self.values.len() == 1).then(|| self.values[0])
    }

    /// The value at a moment.
    pub fn at(&mut self, now: Millis) -> T {
        let ends = self.starts.get(self.cursor + 1).is_some_and(|next| *next <= now);
        if ends || now < self.starts[self.cursor] {
            // The first begins at 0, so there is always one before.
            self.cursor = self.starts.partition_point(|start| *start <= now) - 1;
        }
        self.values[self.cursor]
    }

    /// When which value begins.
    pub fn steps(&self) -> impl Iterator<Item = (Millis, T)> {
        self.starts.iter().copied().zip(self.values.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_at_edges() {
        let window = |from, to| Window { from: Millis(from), to: Millis(to) };
        let windows = [window(10, 20), window(15, 30), window(30, 40), window(50, u64::MAX)];
        let count = |now| windows.iter().filter(|window| window.holds(now)).count();
        let mut line = Timeline::new(windows.into_iter(), count);
        assert_eq!(
            line.steps().map(|(at, n)| (at.0, n)).collect::<Vec<_>>(),
            [(0, 0), (10, 1), (15, 2), (20, 1), (40, 0), (50, 1)]
        );
        for now in (0..60).chain([5, 55, 0, u64::MAX - 1, 39, 40]) {
            assert_eq!(line.at(Millis(now)), count(Millis(now)), "{now}");
        }
        assert_eq!(line.constant(), None);
        assert_eq!(Timeline::new(std::iter::empty(), |_| 7).constant(), Some(7));
    }
}
