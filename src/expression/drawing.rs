//! A line of an expression with carets under a place in it. The home of `annotate-snippets`.

use super::ast::Span;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// Longer lines are cut to what is near the place.
const WIDTH: usize = 100;

/// Draws the lines of `text` that `span` touches, with `label` beside the carets.
pub(super) fn draw(text: &str, span: Span, label: &str, coloured: bool) -> String {
    let renderer = match coloured {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    let annotation = AnnotationKind::Primary
        .span(span.start..span.end)
        .label(label);
    let snippet = Snippet::source(text).annotation(annotation);
    let renderer = renderer.term_width(WIDTH).decor_style(DecorStyle::Ascii);
    renderer.render(&[Group::with_level(Level::ERROR).element(snippet)])
}
