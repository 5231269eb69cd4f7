//! The parts of sources that a diagnostic shows.
//!
//! The renderer gets the lines from one label to the next, never a whole file, and labels that lie far
//! apart in parts of their own: it takes its time over each line, shown or not.

use annotate_snippets::{Annotation, AnnotationKind, Snippet};

use super::lines::Texts;
use crate::{audit::Report, finding::Label};

/// Labels with so many lines between them are shown apart.
const FAR: usize = 200;

/// A label, and whether it is the first one or leads to it.
type Marked<'a> = (AnnotationKind, &'a Label);

/// The part with the primary label, then the others in the order of their files and lines.
pub(super) fn of<'a>(
    report: &'a Report,
    texts: &Texts<'a>,
    primary: &'a Label,
    labels: &'a [Label],
) -> Vec<Snippet<'a, Annotation<'a>>> {
    let context = labels.iter().map(|label| (AnnotationKind::Context, label));
    let mut all: Vec<Marked<'a>> = vec![(AnnotationKind::Primary, primary)];
    all.extend(context);
    all.sort_by_key(|(_, label)| (label.place.file, label.place.span.start));
    let mut parts: Vec<&[Marked<'a>]> = all
        .chunk_by(|(_, one), (_, next)| are_near(texts, one, next))
        .collect();
    let is_primary = |(kind, _): &Marked<'_>| *kind == AnnotationKind::Primary;
    parts.sort_by_key(|part| {
        let of_primary_file = part[0].1.place.file == primary.place.file;
        (!part.iter().any(is_primary), !of_primary_file)
    });
    let shown = parts
        .into_iter()
        .filter_map(|part| snippet(report, texts, part));
    shown.collect()
}

fn are_near(texts: &Texts<'_>, one: &Label, next: &Label) -> bool {
    let lines = texts.get(one.place.file).map(|(_, lines)| lines);
    one.place.file == next.place.file
        && lines.is_some_and(|lines| {
            let between = lines.line(one.place.span.end)..lines.line(next.place.span.start);
            between.len() <= FAR
        })
}

/// The lines from the first label to the last one.
fn snippet<'a>(
    report: &'a Report,
    texts: &Texts<'a>,
    part: &[Marked<'a>],
) -> Option<Snippet<'a, Annotation<'a>>> {
    let spans = || part.iter().map(|(_, label)| &label.place.span);
    let (first, last) = (
        spans().map(|span| span.start).min()?,
        spans().map(|span| span.end).max()?,
    );
    let file = part[0].1.place.file;
    let (text, lines) = texts.get(file)?;
    let first = lines.line(first);
    let shown = lines.bytes(first, lines.line(last));
    let annotations = part.iter().map(|(kind, label)| {
        let span = &label.place.span;
        let end = span.end.min(shown.end).max(span.start);
        kind.span(span.start - shown.start..end - shown.start)
            .label(&*label.text)
    });
    let annotations: Vec<_> = annotations.collect();
    let path = report.files[file].path.display().to_string();
    Some(
        Snippet::source(&text[shown])
            .line_start(first + 1)
            .path(path)
            .annotations(annotations),
    )
}
