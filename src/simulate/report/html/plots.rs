//! The plots of a group, as SVG elements to stand in a page.
//!
//! No font is needed: texts are SVG's own, and plotters only estimates their width. An empty string is a plot that
//! there is nothing to draw for.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::palette;
use crate::simulate::report::numbers::{duration, percent};
use crate::simulate::report::summary::{PeerSummary, Summary, UpstreamSummary};

/// Width of all plots; the page scales them.
const WIDTH: u32 = 920;
/// Height of a plot over time.
const HEIGHT: u32 = 260;
/// Height of a peer's row.
const ROW: i32 = 26;
/// Letters of a name that are shown, the room for each, and the room behind them.
const NAME: usize = 28;
const LETTER: i32 = 8;
const GAP: i32 = 12;
/// Room behind the bars for values.
const RIGHT: i32 = 100;
/// Room for the axis below.
const BELOW: i32 = 26;

/// Buckets below which each is worth to be drawn.
const FEW: usize = 8;

/// Peers with a row of their own: a page must stay readable.
pub const ROWS: usize = 48;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Draws into a new SVG element that a screen reader calls `label`.
fn svg(label: &str, height: u32, draw: impl FnOnce(&Area<'_>) -> Drawn) -> String {
    let mut text = String::new();
    let drawn = {
        let area = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
        draw(&area).and_then(|()| area.present())
    };
    // Writing into a text does not fail; if it did, a report without this plot would still be one.
    let whole = if drawn.is_ok() { text } else { String::new() };
    whole.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{}\" ", super::escaped(label)), 1)
}

/// How the seconds of a trace are written on an axis.
fn scale(seconds: f64) -> (f64, &'static str) {
    match seconds {
        _ if seconds > 3.0 * 3600.0 => (3600.0, "h"),
        _ if seconds > 180.0 => (60.0, "min"),
        _ => (1.0, "s"),
    }
}

/// Requests of each peer over time, one upon the other; the first [`palette::OWN`] in colours, the rest together.
pub fn over_time(summary: &Summary, upstream: &UpstreamSummary) -> String {
    let length = upstream.peers.iter().map(|peer| peer.series.requests.len()).max().unwrap_or(0);
    if length == 0 {
        return String::new();
    }
    // The last bucket is seldom full; drawn, it would look as if the traffic broke down.
    let length = if length > FEW { length - 1 } else { length };
    let rate = |peer: &PeerSummary, at: usize| {
        peer.series.requests.get(at).map_or(0.0, |count| *count as f64 / summary.bucket)
    };
    let mut layers: Vec<Vec<f64>> = Vec::new();
    let mut sums = vec![0.0; length];
    for (place, peer) in upstream.peers.iter().enumerate() {
        (0..length).for_each(|at| sums[at] += rate(peer, at));
        layers.truncate(palette::OWN.min(place));
        layers.push(sums.clone());
    }
    let most = sums.iter().copied().fold(0.0, f64::max).max(1e-9);
    let (unit, name) = scale(length as f64 * summary.bucket);
    let time = |at: usize| (at as f64 + 0.5) * summary.bucket / unit;
    svg(&format!("requests per second over time, by peer of {}", upstream.name), HEIGHT, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_right(16)
            .x_label_area_size(34)
            .y_label_area_size(56)
            .build_cartesian_2d(time(0)..time(length.max(2) - 1), 0.0..most * 1.08)?;
        let text = ("monospace", 15).into_font().color(&palette::INK.0);
        let mesh = chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(palette::GRID.0)
            .axis_style(palette::GRID.0)
            .label_style(text)
            .x_labels(10)
            .y_labels(5)
            .x_label_formatter(&|at| format!("{} {name}", short(*at)))
            .y_label_formatter(&|rate| short(*rate))
            .draw();
        mesh?;
        for (place, layer) in layers.iter().enumerate().rev() {
            let points = layer.iter().enumerate().map(|(at, rate)| (time(at), *rate));
            chart.draw_series(AreaSeries::new(points, 0.0, palette::peer(place).filled()))?;
        }
        Ok(())
    })
}

/// A number with no more decimals than it needs.
fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Rows of bars with the peers' names before them.
struct Rows<'r, 'a> {
    area: &'r Area<'a>,
    /// Room for the names.
    left: i32,
    /// The value at the right end.
    most: f64,
}

impl<'r, 'a> Rows<'r, 'a> {
    fn new(area: &'r Area<'a>, peers: &[PeerSummary], most: f64) -> Rows<'r, 'a> {
        let longest = peers.iter().map(|peer| peer.address.chars().count().min(NAME)).max().unwrap_or(0);
        Rows { area, left: longest as i32 * LETTER + GAP, most }
    }

    fn x(&self, value: f64) -> i32 {
        let room = f64::from(WIDTH as i32 - self.left - RIGHT);
        self.left + (value / self.most * room).round() as i32
    }

    /// From one value to another in a row, so many pixels from its top and bottom.
    fn bar(&self, row: usize, from: f64, to: f64, inset: i32, style: impl Into<ShapeStyle>) -> Drawn {
        let top = row as i32 * ROW;
        let corners = [(self.x(from), top + inset), (self.x(to), top + ROW - inset)];
        self.area.draw(&Rectangle::new(corners, style.into()))
    }

    fn write(&self, text: &str, at: (i32, i32), h: HPos) -> Drawn {
        let style = ("monospace", 15).into_font().color(&palette::INK.0).pos(Pos::new(h, VPos::Center));
        self.area.draw(&Text::new(text.to_owned(), at, style))
    }

    fn name(&self, row: usize, name: &str) -> Drawn {
        self.write(&fitted(name), (self.left - GAP, row as i32 * ROW + ROW / 2), HPos::Right)
    }

    fn value(&self, row: usize, value: f64, text: &str) -> Drawn {
        self.write(text, (self.x(value) + 8, row as i32 * ROW + ROW / 2), HPos::Left)
    }

    /// Marks below, at round values.
    fn axis(&self, rows: usize, unit: f64, label: impl Fn(f64) -> String) -> Drawn {
        let bottom = rows as i32 * ROW + 2;
        let step = round_step(self.most / unit) * unit;
        for mark in 0..=(self.most / step + 1e-9) as u32 {
            let value = f64::from(mark) * step;
            let x = self.x(value);
            self.area.draw(&PathElement::new([(x, bottom), (x, bottom + 5)], palette::INK.0))?;
            self.write(&label(value), (x, bottom + 15), HPos::Center)?;
        }
        Ok(())
    }
}

/// 1, 2 or 5 times a power of ten, so that four to ten of them make up `most`.
fn round_step(most: f64) -> f64 {
    let power = 10_f64.powf((most / 4.0).log10().floor());
    [5.0, 2.0].map(|times| times * power).into_iter().find(|step| *step <= most / 4.0).unwrap_or(power)
}

/// A name cut in its middle: both ends tell peers apart.
fn fitted(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let Some(over) = letters.len().checked_sub(NAME).filter(|over| *over > 0) else { return name.to_owned() };
    let (before, behind) = letters.split_at(NAME / 3);
    before.iter().chain(&['…']).chain(&behind[over + 1..]).collect()
}

fn height(rows: usize) -> u32 {
    (rows as i32 * ROW + BELOW) as u32
}

fn rows(upstream: &UpstreamSummary) -> &[PeerSummary] {
    &upstream.peers[..upstream.peers.len().min(ROWS)]
}

/// The share of each peer as a bar, with a mark at its share by weight.
pub fn shares(upstream: &UpstreamSummary) -> String {
    let peers = rows(upstream);
    let most = peers.iter().map(|peer| peer.share.max(peer.expected)).fold(0.0, f64::max);
    if most <= 0.0 {
        return String::new();
    }
    svg(
        &format!("share of the requests against the share by weight, by peer of {}", upstream.name),
        height(peers.len()),
        |area| {
            let rows = Rows::new(area, peers, most);
            for (row, peer) in peers.iter().enumerate() {
                rows.name(row, &peer.address)?;
                rows.bar(row, 0.0, most, 5, palette::GRID.0.filled())?;
                rows.bar(row, 0.0, peer.share, 5, palette::peer(row).filled())?;
                let mark = rows.x(peer.expected);
                let (top, bottom) = (row as i32 * ROW + 2, (row as i32 + 1) * ROW - 2);
                area.draw(&PathElement::new([(mark, top), (mark, bottom)], palette::INK.0.stroke_width(3)))?;
                rows.value(row, most, &percent(peer.share))?;
            }
            rows.axis(peers.len(), 0.01, |share| format!("{} %", short(share * 100.0)))
        },
    )
}

/// Percentiles of each peer's times: to the median full, to the 95th and 99th paler.
pub fn latencies(upstream: &UpstreamSummary) -> String {
    let peers = rows(upstream);
    let most = peers.iter().filter_map(|peer| peer.latency).map(|latency| latency.p99).max().unwrap_or(0);
    if most == 0 {
        return String::new();
    }
    svg(&format!("response times, by peer of {}", upstream.name), height(peers.len()), |area| {
        let rows = Rows::new(area, peers, most as f64);
        for (row, peer) in peers.iter().enumerate() {
            rows.name(row, &peer.address)?;
            let Some(latency) = peer.latency else { continue };
            let [p50, p95, p99] = [latency.p50, latency.p95, latency.p99].map(|time| time as f64);
            for (from, to, part) in [(0.0, p50, 1.0), (p50, p95, 0.6), (p95, p99, 0.3)] {
                rows.bar(row, from, to, 5, palette::peer(row).mix(part).filled())?;
            }
            rows.value(row, p99, &duration(latency.p99))?;
        }
        rows.axis(peers.len(), 1.0, |time| duration(time.round() as u64))
    })
}

/// When each peer was out of service, as red bars, and when tries at it failed, as marks in the middle.
pub fn outages(summary: &Summary, upstream: &UpstreamSummary) -> String {
    let peers = rows(upstream);
    let series = || peers.iter().map(|peer| &peer.series);
    if series().all(|series| series.unavailable.is_empty() && series.failures.is_empty()) {
        return String::new();
    }
    let (unit, name) = scale(summary.end);
    let longest = series().map(|series| series.unavailable.len().max(series.failures.len())).max().unwrap_or(0);
    let most = summary.end.max(longest as f64 * summary.bucket);
    svg(&format!("time out of service, by peer of {}", upstream.name), height(peers.len()), |area| {
        let rows = Rows::new(area, peers, most);
        for (row, peer) in peers.iter().enumerate() {
            rows.name(row, &peer.address)?;
            rows.bar(row, 0.0, most, 5, palette::GRID.0.filled())?;
            for (from, to, part) in runs(&peer.series.unavailable) {
                let [from, to] = [from, to].map(|at| at as f64 * summary.bucket);
                rows.bar(row, from, to, 5, palette::BAD.0.mix(0.25 + 0.75 * part).filled())?;
            }
            let failed = peer.series.failures.iter().enumerate().filter(|(_, count)| **count > 0);
            for (at, _) in failed {
                let at = (rows.x((at as f64 + 0.5) * summary.bucket), row as i32 * ROW + ROW / 2);
                area.draw(&Circle::new(at, 2, palette::INK.0.filled()))?;
            }
            if peer.unavailable > 0.0 {
                rows.value(row, most, &duration((peer.unavailable * 1000.0).round() as u64))?;
            }
        }
        rows.axis(peers.len(), unit, |at| format!("{} {name}", short(at / unit)))
    })
}

/// Neighbours of the same value, joined: first, behind the last, value. Zeros are left out.
fn runs(values: &[f64]) -> Vec<(usize, usize, f64)> {
    let mut runs: Vec<(usize, usize, f64)> = Vec::new();
    for (at, value) in values.iter().copied().enumerate().filter(|(_, value)| *value > 0.0) {
        match runs.last_mut() {
            Some(last) if last.1 == at && last.2.to_bits() == value.to_bits() => last.1 = at + 1,
            _ => runs.push((at, at + 1, value)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round() {
        let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-9;
        for (most, step) in
            [(81.0, 20.0), (100.0, 20.0), (21.0, 5.0), (40.01, 10.0), (1.0, 0.2), (0.7, 0.1), (4000.0, 1000.0)]
        {
            assert!(near(round_step(most), step), "{most}: {}", round_step(most));
        }
    }

    #[test]
    fn long_names_keep_their_ends() {
        assert_eq!(fitted("10.0.0.1:80"), "10.0.0.1:80");
        let long = "[2001:db8:aaaa:bbbb::1234]:8080";
        assert_eq!((long.len(), fitted(long).chars().count()), (31, NAME));
        assert_eq!(fitted(long), "[2001:db8…a:bbbb::1234]:8080");
    }

    #[test]
    fn neighbours_are_joined() {
        assert_eq!(runs(&[0.0, 0.5, 1.0, 1.0, 0.0, 1.0]), [(1, 2, 0.5), (2, 4, 1.0), (5, 6, 1.0)]);
        assert_eq!(runs(&[]), []);
    }
}
