//! A laid out document as a file. With `face.rs` the only one that names the crate which writes it.
//!
//! The file is tagged (PDF/UA-1): whoever listens to it hears headings, paragraphs and the cells of a table as such. The
//! same document is the same bytes.

use super::layout::{Layout, Line, MARGIN, MEASURE, PAGE, Page, Part, Role};
use jiff::{Timestamp, tz::TimeZone};
use krilla::{
    Document, SerializeSettings,
    color::{luma, rgb},
    configure::{Accessibility, ConfigurationBuilder},
    destination::XyzDestination,
    error::KrillaError,
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag, TagGroup,
        TagKind, TagTree,
    },
};
use std::num::{NonZeroU16, NonZeroU32};

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// A font in the binary is none.
    #[error("an embedded font cannot be read")]
    Typeface,
    /// A size or a setting of ours that the format does not have.
    #[error("the settings of a document contradict each other")]
    Settings,
    /// What was drawn is no valid file.
    #[error("a document cannot be written: {0}")]
    Written(#[source] KrillaError),
}

/// How thick a rule is, in points.
const HAIRLINE: f32 = 0.5;

/// What a file says about itself.
pub(super) struct About {
    pub(super) title: String,
    /// Who makes the statement; empty where nobody is named.
    pub(super) author: String,
    /// When what it says was so.
    pub(super) as_of: Timestamp,
}

/// The bytes of the file.
pub(super) fn written(layout: &Layout, about: About) -> Result<Vec<u8>, PdfError> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    let mut document = Document::new_with(SerializeSettings {
        configuration: configuration.finish().map_err(|_| PdfError::Settings)?,
        ..SerializeSettings::default()
    });
    let mut said = vec![Vec::new(); layout.parts.len()];
    for page in &layout.pages {
        draw(&mut document, layout, page, &mut said)?;
    }
    document.set_tag_tree(tree(&layout.parts, said));
    let mut outline = Outline::new();
    let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    outline.push_child(OutlineNode::new(about.title.clone(), top));
    document.set_outline(outline);
    document.set_metadata(metadata(about));
    document.finish().map_err(PdfError::Written)
}

fn metadata(about: About) -> Metadata {
    let at = about.as_of.to_zoned(TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    let date = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let metadata = Metadata::new()
        .title(about.title)
        .language("en".to_owned())
        .creator("Liaison".to_owned())
        .creation_date(date);
    match about.author.is_empty() {
        true => metadata,
        false => metadata.authors(vec![about.author]),
    }
}

fn draw(
    document: &mut Document,
    layout: &Layout,
    page: &Page,
    said: &mut [Vec<Identifier>],
) -> Result<(), PdfError> {
    let settings = PageSettings::from_wh(PAGE[0], PAGE[1]).ok_or(PdfError::Settings)?;
    let mut sheet = document.start_page_with(settings);
    let mut surface = sheet.surface();
    for y in &page.rules {
        rule(&mut surface, *y);
    }
    for line in &page.lines {
        let tag = match line.part {
            Some(_) => ContentTag::Span(SpanTag::empty()),
            None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
        };
        let id = surface.start_tagged(tag);
        text(&mut surface, layout, line);
        surface.end_tagged();
        if let Some(said) = line.part.and_then(|part| said.get_mut(part)) {
            said.push(id);
        }
    }
    surface.finish();
    sheet.finish();
    Ok(())
}

fn text(surface: &mut Surface<'_>, layout: &Layout, line: &Line) {
    let face = layout.faces.of(line.style.weight);
    // Still dark enough to read on white.
    let lightness = if line.style.is_grey { 90 } else { 20 };
    surface.set_fill(Some(Fill {
        paint: rgb::Color::new(lightness, lightness, lightness).into(),
        ..Fill::default()
    }));
    let start = Point::from_xy(line.x, line.y);
    let glyphs = face.glyphs(&line.text);
    surface.draw_glyphs(start, &glyphs, face.font(), &line.text, line.style.size, false);
}

fn rule(surface: &mut Surface<'_>, y: f32) {
    let mut path = PathBuilder::new();
    if let Some(line) = Rect::from_xywh(MARGIN, y, MEASURE, HAIRLINE) {
        path.push_rect(line);
    }
    if let Some(path) = path.finish() {
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        surface.set_fill(Some(Fill {
            paint: luma::Color::new(190).into(),
            ..Fill::default()
        }));
        surface.draw_path(&path);
        surface.end_tagged();
    }
}

/// The parts of a document one in the other, with what was drawn of each.
fn tree(parts: &[Part], said: Vec<Vec<Identifier>>) -> TagTree {
    // What is in each part, and in the document itself, back to front.
    let mut inner: Vec<Vec<Node>> = vec![Vec::new(); parts.len()];
    let mut outermost = Vec::new();
    // A part comes after the one that it is in: from the last to the first, each is whole when it is its turn.
    for (at, (part, ids)) in parts.iter().zip(said).enumerate().rev() {
        let within = inner.get_mut(at).map(std::mem::take).unwrap_or_default();
        let children = ids.into_iter().map(Node::from).chain(within.into_iter().rev());
        let group = Node::from(TagGroup::with_children(tag(part), children.collect()));
        match part.within.and_then(|outer| inner.get_mut(outer)) {
            Some(outer) => outer.push(group),
            None => outermost.push(group),
        }
    }
    let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
    outermost.into_iter().rev().for_each(|node| tree.push(node));
    tree
}

fn tag(part: &Part) -> TagKind {
    match part.role {
        Role::Heading(level) => Tag::Hn(
            NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN),
            part.title.clone(),
        )
        .into(),
        Role::Paragraph => Tag::P.into(),
        Role::Table => Tag::Table.into(),
        Role::TableHead => Tag::THead.into(),
        Role::TableBody => Tag::TBody.into(),
        Role::Row => Tag::TR.into(),
        Role::HeadCell => Tag::TH(TableHeaderScope::Column).into(),
        Role::Cell => Tag::TD.into(),
        Role::Across(span) => Tag::TD.with_col_span(NonZeroU32::new(span)).into(),
    }
}
