//! Text that a document holds and does not show: too small, white on paper, beside the slide, formatted as hidden. It can
//! carry instructions that no reader of the document sees, and what nobody sees is not what the vendor says.

use office_oxide::DocumentFormat;
use office_oxide::core::opc::{OpcReader, PartName};
use office_oxide::ir::{Element, InlineContent, List, TextBox, TextSpan};
use office_oxide::options::ParseOptions;
use std::io::Cursor;

/// The sentence that a document gets which something was stripped from.
pub(super) const NOTICE: &str = "Hidden text was left out.";
/// Nobody reads letters of this size, in points.
pub(super) const TOO_SMALL: f32 = 2.0;

/// What elements stand on.
#[derive(Clone, Copy)]
pub(super) enum Ground {
    /// White paper: white letters do not show.
    Paper,
    /// A slide of this width and height in EMU. Its colours come from masters and pictures, so white letters may show.
    Slide(i64, i64),
    /// Something with a colour of its own.
    Coloured,
}

/// Takes out what does not show; whether there was any.
pub(super) fn strip(elements: &mut Vec<Element>, ground: Ground) -> bool {
    let before = elements.len();
    elements.retain(|element| match (element, ground) {
        (Element::TextBox(text_box), Ground::Slide(width, height)) => is_on(text_box, width, height),
        _ => true,
    });
    let mut stripped = elements.len() < before;
    for element in elements {
        stripped |= match element {
            Element::Heading(heading) => strip_inline(&mut heading.content, ground),
            Element::Paragraph(paragraph) => {
                let ground = ground_of(paragraph.background_color, ground);
                strip_inline(&mut paragraph.content, ground)
            }
            Element::List(list) => strip_list(list, ground),
            Element::Table(table) => {
                let cells = table.rows.iter_mut().flat_map(|row| &mut row.cells);
                // Rows have colours that styles give them.
                cells.fold(false, |any, cell| {
                    strip(&mut cell.content, Ground::Coloured) | any
                })
            }
            Element::TextBox(text_box) => strip(&mut text_box.content, Ground::Coloured),
            Element::Footnote(note) | Element::Endnote(note) => strip(&mut note.content, ground),
            _ => false,
        };
    }
    stripped
}

fn strip_list(list: &mut List, ground: Ground) -> bool {
    list.items.iter_mut().fold(false, |any, item| {
        let nested = item.nested.as_mut().is_some_and(|list| strip_list(list, ground));
        strip(&mut item.content, ground) | nested | any
    })
}

fn strip_inline(content: &mut Vec<InlineContent>, ground: Ground) -> bool {
    let before = content.len();
    content.retain(|part| match part {
        InlineContent::Text(span) => span.text.trim().is_empty() || shows(span, ground),
        _ => true,
    });
    content.len() < before
}

fn shows(span: &TextSpan, ground: Ground) -> bool {
    let is_tiny = span
        .font_size_half_pt
        .is_some_and(|size| (size as f32) < TOO_SMALL * 2.0);
    let is_white = span.color == Some([255, 255, 255]) && span.highlight.is_none();
    !(is_tiny || is_white && matches!(ground, Ground::Paper))
}

fn ground_of(background: Option<[u8; 3]>, ground: Ground) -> Ground {
    match background {
        None | Some([255, 255, 255]) => ground,
        Some(_) => Ground::Coloured,
    }
}

/// Whether any of the box is on the slide.
fn is_on(text_box: &TextBox, width: i64, height: i64) -> bool {
    let (Some(x), Some(y)) = (text_box.x_emu, text_box.y_emu) else {
        return true;
    };
    let extent = |emu: Option<u64>| i64::try_from(emu.unwrap_or_default()).unwrap_or(i64::MAX);
    let (right, foot) = (
        x.saturating_add(extent(text_box.width_emu)),
        y.saturating_add(extent(text_box.height_emu)),
    );
    x < width && y < height && right > 0 && foot > 0
}

/// Whether a DOCX has text formatted as hidden, which its reader leaves out without a word. It is read once more for
/// that, so only when its text or its styles name the format. `shown` is what was read of it.
pub(super) fn has_vanished(bytes: &[u8], shown: &str) -> bool {
    let names_it = |package: &mut OpcReader<Cursor<&[u8]>>, part: PartName| {
        let content = package.read_part(&part).unwrap_or_default();
        content.windows(8).any(|window| window == b"w:vanish")
    };
    let package = OpcReader::new(Cursor::new(bytes));
    let may_have = package.is_ok_and(|mut package| {
        let parts = package.part_names().into_iter();
        let mut parts = parts.filter(|part| {
            ["/document.xml", "/styles.xml"]
                .iter()
                .any(|end| part.as_str().ends_with(end))
        });
        parts.any(|part| names_it(&mut package, part))
    });
    if !may_have {
        return false;
    }
    let mut options = ParseOptions::default();
    options.include_hidden_text = true;
    let bytes = Cursor::new(bytes.to_vec());
    let whole = office_oxide::Document::from_reader_with(bytes, DocumentFormat::Docx, &options);
    whole.is_ok_and(|whole| whole.plain_text().len() > shown.len())
}
