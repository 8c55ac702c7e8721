//! For people: the guilty text drawn in its file, with the other places that matter, the includes and the way out.

use std::fmt;

use miette::{
    Diagnostic as Drawn, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    Severity, SourceCode, SourceSpan, SpanContents,
};

use super::{Diagnostic, Level, position};
use crate::syntax::{LineIndex, Place, SourceFile, Sources, Span};

/// How to draw.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// With colours.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// What is said besides the finding itself.
#[derive(Debug, Clone, Copy)]
pub struct Aside<'a> {
    /// The file that was asked about, for findings that name no place.
    pub subject: &'a str,
    /// What `explain` knows more of.
    pub topic: Option<&'a str>,
    /// Other findings with the same words, which are not drawn again.
    pub again: &'a [&'a Diagnostic],
}

/// Draws a finding.
#[must_use]
pub fn draw(finding: &Diagnostic, sources: &Sources, aside: Aside, style: Style) -> String {
    let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut handler =
        GraphicalReportHandler::new_themed(theme).with_links(false).with_context_lines(1).with_width(style.width);
    let footer = footer(finding, sources, aside);
    if !footer.is_empty() {
        handler = handler.with_footer(footer);
    }
    let report = Report::of(finding, sources);
    let mut out = String::new();
    // Writing into a string cannot fail; reading a span that is not in its file leaves the picture out.
    let _ = handler.render_report(&mut out, &report);
    out
}

/// How many of the places with the same finding are named.
const NAMED: usize = 3;

fn footer(finding: &Diagnostic, sources: &Sources, aside: Aside) -> String {
    let mut lines = Vec::new();
    if finding.start().is_none() {
        lines.push(format!("in {}", aside.subject));
    }
    for site in finding.chain.iter().rev() {
        lines.push(format!("included from {}", at(site.first(), sources)));
    }
    let here = finding.start().map(|place| place.file);
    let named = aside.again.iter().take(NAMED).filter_map(|other| other.start());
    let mut named: Vec<String> = named
        .map(
            |place| if here == Some(place.file) { format!("line {}", sources.line(place)) } else { at(place, sources) },
        )
        .collect();
    if aside.again.len() > NAMED {
        named.push(format!("{} more places", aside.again.len() - NAMED));
    }
    if !named.is_empty() {
        lines.push(format!("the same at {}", named.join(", ")));
    }
    if let Some(topic) = aside.topic {
        lines.push(format!("more: nginxlb explain {topic}"));
    }
    lines.join("\n")
}

fn at(place: Place, sources: &Sources) -> String {
    let position = position::of(place, sources);
    format!("{}:{}:{}", sources.path(place.file), position.line, position.column)
}

/// What miette draws.
#[derive(Debug)]
struct Report<'a> {
    message: &'a str,
    code: Option<&'a str>,
    help: Option<&'a str>,
    severity: Severity,
    file: Option<File<'a>>,
    labels: Vec<LabeledSpan>,
    elsewhere: Vec<Report<'a>>,
}

impl<'a> Report<'a> {
    fn of(finding: &'a Diagnostic, sources: &'a Sources) -> Report<'a> {
        let span =
            finding.span.or_else(|| finding.place.map(|at| Span { file: at.file, start: at.offset, end: at.offset }));
        let mut labels: Vec<_> =
            span.iter().map(|span| LabeledSpan::new_primary_with_span(None, source_span(*span))).collect();
        let mut elsewhere = Vec::new();
        for (place, words) in &finding.related {
            if Some(place.file) == span.map(|span| span.file) {
                labels.push(LabeledSpan::new_with_span(Some(words.clone()), source_span(*place)));
            } else {
                elsewhere.push(Report::elsewhere(*place, words, sources));
            }
        }
        Report {
            message: &finding.message,
            code: Some(finding.code),
            help: finding.help.as_deref(),
            severity: severity(finding.level),
            file: span.map(|span| File(sources.file(span.file))),
            labels,
            elsewhere,
        }
    }

    fn elsewhere(span: Span, words: &'a str, sources: &'a Sources) -> Report<'a> {
        Report {
            message: words,
            code: None,
            help: None,
            severity: Severity::Advice,
            file: Some(File(sources.file(span.file))),
            labels: vec![LabeledSpan::new_primary_with_span(None, source_span(span))],
            elsewhere: Vec::new(),
        }
    }
}

fn source_span(span: Span) -> SourceSpan {
    (span.start as usize, span.range().len()).into()
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Emerg | Level::Alert | Level::Crit | Level::Error => Severity::Error,
        Level::Warn => Severity::Warning,
        Level::Notice => Severity::Advice,
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for Report<'_> {}

impl Drawn for Report<'_> {
    fn code<'s>(&'s self) -> Option<Box<dyn fmt::Display + 's>> {
        self.code.map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'s>(&'s self) -> Option<Box<dyn fmt::Display + 's>> {
        self.help.map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.file.as_ref().map(|file| file as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }

    fn related<'s>(&'s self) -> Option<Box<dyn Iterator<Item = &'s dyn Drawn> + 's>> {
        let all = || self.elsewhere.iter().map(|report| report as &dyn Drawn);
        (!self.elsewhere.is_empty()).then(|| Box::new(all()) as Box<dyn Iterator<Item = &'s dyn Drawn>>)
    }
}

/// A file as miette reads it. Its lines are known, so that finding one does not mean counting them all again.
struct File<'a>(&'a SourceFile);

impl fmt::Debug for File<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.path)
    }
}

impl SourceCode for File<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let SourceFile { path, text, lines, .. } = self.0;
        let end_offset = span.offset() + span.len();
        if end_offset > text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let start = lines_before(lines, span.offset(), before);
        let mut end = end_offset;
        for _ in 0..=after {
            end = memchr::memchr(b'\n', text.as_bytes().get(end..).unwrap_or_default())
                .map_or(text.len(), |feed| end + feed + 1);
        }
        let data = text.as_bytes().get(start..end).unwrap_or_default();
        let first = lines.line(start as u32) - 1;
        let count = lines.line(end as u32) - first;
        let line_start = lines.line_start(start as u32) as usize;
        let column = text.get(line_start..start).map_or(0, |before| before.chars().count());
        let contents =
            MietteSpanContents::new_named(path.clone(), data, (start, end - start).into(), first, column, count);
        Ok(Box::new(contents))
    }
}

/// Where the text begins that shows so many lines before an offset. Without any miette wants the offset itself, to
/// learn its column.
fn lines_before(lines: &LineIndex, offset: usize, count: usize) -> usize {
    if count == 0 {
        return offset;
    }
    let start = lines.line_start(offset as u32);
    (0..count).fold(start, |start, _| lines.line_start(start.saturating_sub(1))) as usize
}
