//! The report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere.
//!
//! Light or dark as the reader's system is. The plots are pictures with a name; all their numbers stand in the tables too.

mod palette;
mod plots;

use std::fmt::Write as _;

use super::numbers::{count, duration, percent, ratio};
use super::summary::{Summary, UpstreamSummary};
use super::table;

const STYLE: &str = include_str!("html/style.css");

/// What a page holds.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// A run.
    Run(&'a Summary),
    /// What the next run is called, where there are several.
    Heading(&'a str),
    /// Lines and tables as the terminal shows them.
    Text(&'a str),
}

/// A report as a page; `title` says of what: the configuration and the trace.
#[must_use]
pub fn render(parts: &[Part<'_>], title: &str) -> String {
    let title = escaped(title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} - nginxlb simulate</title>\n<style>\n{STYLE}{}</style>\n</head>\n<body>\n<main>\n\
         <h1>nginxlb simulate</h1>\n<p>{title}</p>\n",
        palette::dark()
    );
    for part in parts {
        match part {
            Part::Run(summary) => {
                page.push_str(&tiles(&whole(summary)));
                summary.upstreams.iter().for_each(|upstream| section(&mut page, summary, upstream));
            }
            Part::Heading(text) => page.extend(["<h2>", &escaped(text), "</h2>\n"]),
            Part::Text(text) => page.extend(["<pre>", &escaped(text), "</pre>\n"]),
        }
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// A text as it may stand in HTML, also within quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A number with its name, and whether it is bad news.
struct Tile(&'static str, String, bool);

fn tiles(all: &[Tile]) -> String {
    let tile = |Tile(name, value, bad): &Tile| {
        let class = if *bad { " class=\"bad\"" } else { "" };
        format!("<div><dt>{}</dt><dd{class}>{}</dd></div>\n", escaped(name), escaped(value))
    };
    format!("<dl>\n{}</dl>\n", all.iter().map(tile).collect::<String>())
}

fn whole(summary: &Summary) -> Vec<Tile> {
    let of = |class: u16| summary.statuses.iter().filter(|c| c.status / 100 == class).map(|c| c.count).sum::<u64>();
    let direct = summary.direct.iter().map(|c| c.count).sum();
    let part = |class| percent(ratio(of(class), summary.requests));
    vec![
        Tile("requests", count(summary.requests), false),
        Tile("over", duration(((summary.end - summary.start) * 1000.0).round() as u64), false),
        Tile("2xx", part(2), false),
        Tile("4xx", part(4), false),
        Tile("5xx", part(5), of(5) > 0),
        Tile("without a group", count(direct), false),
    ]
}

fn facts(upstream: &UpstreamSummary) -> Vec<Tile> {
    let mut tiles = vec![
        Tile("requests", count(upstream.requests), false),
        Tile("tries for each", format!("{:.3}", upstream.amplification), upstream.tries > upstream.requests),
        Tile("502", count(upstream.bad_gateway), upstream.bad_gateway > 0),
        Tile("504", count(upstream.gateway_timeout), upstream.gateway_timeout > 0),
        Tile("no live peer", count(upstream.no_live), upstream.no_live > 0),
        Tile("sessions moved", count(upstream.sessions_moved), upstream.sessions_moved > 0),
    ];
    if let Some(latency) = upstream.latency {
        tiles.push(Tile("median", duration(latency.p50), false));
        tiles.push(Tile("99 % within", duration(latency.p99), false));
    }
    if let Some(imbalance) = upstream.imbalance {
        tiles.push(Tile("worst share", format!("× {:.2}", imbalance.worst), false));
        tiles.push(Tile("variation", percent(imbalance.variation), false));
    }
    tiles
}

fn section(page: &mut String, summary: &Summary, upstream: &UpstreamSummary) {
    let name = escaped(&upstream.name);
    let _ = writeln!(page, "<section>\n<h2>upstream <code>{name}</code></h2>");
    if upstream.requests + upstream.tries == 0 {
        page.push_str("<p>No request was sent to it.</p>\n</section>\n");
        return;
    }
    page.push_str(&tiles(&facts(upstream)));
    let over_time = plots::over_time(summary, upstream);
    figure(page, "Requests per second", "by peer, one upon the other", &legend(upstream), &over_time);
    figure(page, "Share of the requests", "bar: share; mark: share by weight", "", &plots::shares(upstream));
    let percentiles = "to the median full, to 95 % and to 99 % paler";
    figure(page, "Response time", percentiles, "", &plots::latencies(upstream));
    let outages = plots::outages(summary, upstream);
    figure(page, "Out of service", "red: not eligible; dots: failed tries", "", &outages);
    if outages.is_empty() {
        page.push_str("<p>Every peer was in service all the time, and no try failed.</p>\n");
    }
    if upstream.peers.len() > plots::ROWS {
        let _ = writeln!(page, "<p>The plots show the first {} of {} peers.</p>", plots::ROWS, upstream.peers.len());
    }
    peers(page, upstream);
    hot(page, upstream);
    page.push_str("</section>\n");
}

fn figure(page: &mut String, title: &str, how: &str, legend: &str, plot: &str) {
    if !plot.is_empty() {
        let caption = format!("<figcaption>{title} <span>({how})</span></figcaption>");
        let _ = writeln!(page, "<figure>\n{caption}\n{legend}<div class=\"plot\">\n{plot}</div>\n</figure>");
    }
}

/// Which colour is which peer.
fn legend(upstream: &UpstreamSummary) -> String {
    let entry = |colour, name: &str| {
        let square = format!(
            "<svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect width=\"1\" height=\"1\" fill=\"{}\"/></svg>",
            palette::hex(colour)
        );
        format!("<li><span style=\"display:inline-block\">{square}</span>{}</li>\n", escaped(name))
    };
    let own = upstream.peers.iter().take(palette::OWN).enumerate();
    let mut entries: String = own.map(|(place, peer)| entry(palette::peer(place), &peer.address)).collect();
    if upstream.peers.len() > palette::OWN {
        entries.push_str(&entry(palette::OTHERS.0, &format!("{} others", upstream.peers.len() - palette::OWN)));
    }
    format!("<ul class=\"legend\">\n{entries}</ul>\n")
}

/// The table that the terminal shows, with all peers.
fn peers(page: &mut String, upstream: &UpstreamSummary) {
    let columns = table::columns(&upstream.peers);
    page.push_str("<h3>Peers</h3>\n<div class=\"wide\">\n<table>\n<thead><tr>");
    for column in &columns {
        page.extend(["<th scope=\"col\">", &escaped(column.head), "</th>"]);
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for peer in &upstream.peers {
        page.push_str("<tr>");
        for (at, column) in columns.iter().enumerate() {
            let (open, close) = if at == 0 { ("<th scope=\"row\">", "</th>") } else { ("<td>", "</td>") };
            page.extend([open, &escaped(&(column.cell)(peer)), close]);
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}

fn hot(page: &mut String, upstream: &UpstreamSummary) {
    let hot = table::hottest(upstream);
    if hot.is_empty() {
        return;
    }
    page.push_str("<h3>Hot clients</h3>\n<ul>\n");
    for hot in hot {
        let _ = writeln!(page, "<li>{}</li>", escaped(&table::told(upstream, hot)));
    }
    page.push_str("</ul>\n");
}
