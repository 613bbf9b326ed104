"""Build the binary documents of the sample library from their text sources.

    python -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python build.py            # writes ../library/
    .venv/bin/python build.py --check    # builds twice and compares with what is committed

The output is deterministic: dates and authors are fixed, and every ZIP container is written again with its
members sorted and one timestamp, so that a rebuild changes a byte only where a source has changed.
"""

import argparse
import datetime
import io
import pathlib
import re
import sys
import zipfile

import docx
import openpyxl
import pptx
import yaml
from docx.shared import Pt
from openpyxl.styles import Font, PatternFill
from pptx.util import Inches
from pptx.util import Pt as SlidePt
from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import ListFlowable, ListItem, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from markup import blocks, front_matter

HERE = pathlib.Path(__file__).parent
LIBRARY = HERE.parent / "library"
STAMP = datetime.datetime(2025, 3, 17, 9, 0, 0)
AUTHOR = "Merrowline Channel Operations"
NAVY = "1F3A5F"
LISTS = ("bullets", "numbers")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--check", action="store_true", help="fail unless the committed files are up to date")
    check = arguments.parse_args().check
    stale = []
    for source in sorted(HERE.glob("*/*.*")):
        target, data = build(source)
        if check:
            again = build(source)[1]
            if data != again or not target.exists() or target.read_bytes() != data:
                stale.append(str(target.relative_to(LIBRARY)))
        else:
            target.write_bytes(data)
            print(f"{target.relative_to(LIBRARY)}  {len(data)} bytes")
    if stale:
        sys.exit("out of date or not deterministic: " + ", ".join(stale))


def build(source):
    """The path in the library and the bytes of one source: `a/b.pptx.md` becomes `a/b.pptx`."""
    target = LIBRARY / source.parent.name / source.stem
    writer = {".pptx": deck, ".docx": word, ".pdf": pdf, ".xlsx": workbook}[target.suffix]
    return target, writer(source.read_text(encoding="utf-8"))


# --- PPTX ---------------------------------------------------------------------------------------------------


def deck(source):
    """One slide per level-1 heading; `>` blocks are speaker notes."""
    meta, body = front_matter(source)
    show = pptx.Presentation()
    show.slide_width, show.slide_height = Inches(13.333), Inches(7.5)
    for part in re.split(r"(?m)^(?=# )", body.strip()):
        if part.strip():
            _slide(show, blocks(part), first=len(show.slides) == 0)
    _properties(show.core_properties, meta["title"])
    return _zipped(show)


def _slide(show, parts, first):
    slide = show.slides.add_slide(show.slide_layouts[0 if first else 1])
    slide.shapes.title.text = parts[0].text
    body, tables = slide.placeholders[1], 0
    lines = [(depth, text) for part in parts[1:] if part.kind in LISTS for depth, text in part.items]
    lines = [(0, part.text) for part in parts[1:] if part.kind == "para"] + lines
    width = Inches(11.3)
    slide.shapes.title.left, slide.shapes.title.top = Inches(1), Inches(2.2 if first else 0.4)
    slide.shapes.title.width, slide.shapes.title.height = width, Inches(1.2)
    body.left, body.top, body.width = Inches(1), Inches(3.6 if first else 1.7), width
    body.height = Inches(0.5 * max(len(lines), 1))
    for index, (depth, text) in enumerate(lines):
        paragraph = body.text_frame.paragraphs[0] if index == 0 else body.text_frame.add_paragraph()
        paragraph.text, paragraph.level, paragraph.font.size = text, depth, SlidePt(20 - 2 * depth)
    if not lines:
        body._element.getparent().remove(body._element)  # an empty placeholder shows "Click to add text"
    for part in parts[1:]:
        if part.kind == "table":
            top = Inches(1.8 + 0.55 * len(lines) + 2.2 * tables)
            _slide_table(slide, part.items, top, width)
            tables += 1
        if part.kind == "note":
            frame = slide.notes_slide.notes_text_frame
            frame.text = f"{frame.text}\n{part.text}".strip()


def _slide_table(slide, rows, top, width):
    shape = slide.shapes.add_table(len(rows), len(rows[0]), Inches(1), top, width, Inches(0.4 * len(rows)))
    for row_number, row in enumerate(rows):
        for column, text in enumerate(row):
            cell = shape.table.cell(row_number, column)
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = SlidePt(16)


# --- DOCX ---------------------------------------------------------------------------------------------------


def word(source):
    """Headings become heading styles, lists list styles, tables real tables with a header row."""
    meta, body = front_matter(source)
    document = docx.Document()
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading(meta["title"], level=0)
    for block in blocks(body):
        if block.kind == "heading":
            document.add_heading(block.text, level=block.level)
        elif block.kind == "table":
            _word_table(document, block.items)
        elif block.kind in LISTS:
            style = "List Bullet" if block.kind == "bullets" else "List Number"
            for _, text in block.items:
                _runs(document.add_paragraph(style=style), text)
        else:
            _runs(document.add_paragraph(), block.text)
    _properties(document.core_properties, meta["title"])
    return _zipped(document)


def _word_table(document, rows):
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Light Grid Accent 1")
    for row_number, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(row_number, column).text = text
    document.add_paragraph()


def _runs(paragraph, text):
    for index, part in enumerate(text.split("**")):
        paragraph.add_run(part).bold = index % 2 == 1 or None


# --- PDF ----------------------------------------------------------------------------------------------------


def pdf(source):
    """A titled, page-numbered A4 document; a level-1 heading with `(new page)` starts a page."""
    meta, body = front_matter(source)
    rl_config.invariant = 1  # fixed document id and dates
    styles = getSampleStyleSheet()
    text = ParagraphStyle("body", parent=styles["BodyText"], fontSize=10, leading=14, spaceAfter=6)
    story = [Paragraph(meta["title"], styles["Title"]), Paragraph(meta["subtitle"], styles["Italic"]), Spacer(1, 6 * mm)]
    for block in blocks(body):
        story += _pdf_block(block, styles, text)
    out = io.BytesIO()

    def furniture(canvas, document):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(20 * mm, 12 * mm, meta["footer"])
        canvas.drawRightString(190 * mm, 12 * mm, f"Page {document.page}")

    page = SimpleDocTemplate(
        out, pagesize=A4, title=meta["title"], author=AUTHOR, lang="en",
        leftMargin=20 * mm, rightMargin=20 * mm, topMargin=20 * mm, bottomMargin=22 * mm,
    )
    page.build(story, onFirstPage=furniture, onLaterPages=furniture)
    return out.getvalue()


def _pdf_block(block, styles, text):
    if block.kind == "heading":
        title = block.text.removesuffix(" (new page)")
        breaks = [PageBreak()] if title != block.text else []
        return breaks + [Paragraph(title, styles[f"Heading{block.level}"])]
    if block.kind == "table":
        cells = [[Paragraph(cell, text) for cell in row] for row in block.items]
        table = Table(cells, repeatRows=1, hAlign="LEFT")
        table.setStyle([
            ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
            ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#DCE6F1")),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ])
        return [table, Spacer(1, 4 * mm)]
    if block.kind in LISTS:
        kind = "bullet" if block.kind == "bullets" else "1"
        return [ListFlowable([ListItem(Paragraph(_bold(item), text)) for _, item in block.items], bulletType=kind)]
    return [Paragraph(_bold(block.text), text)]


def _bold(text):
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)


# --- XLSX ---------------------------------------------------------------------------------------------------


def workbook(source):
    """Sheets of rows. A value such as `12.5%` is written as a number with a percent format, as people do."""
    meta = yaml.safe_load(source)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet_meta in meta["sheets"]:
        sheet = book.create_sheet(sheet_meta["name"])
        for row_number, row in enumerate(sheet_meta["rows"], start=1):
            for column, value in enumerate(row, start=1):
                _cell(sheet.cell(row_number, column), value, header=row_number == sheet_meta.get("header", 1))
        for column in range(1, len(sheet_meta["rows"][0]) + 1):
            sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width = 22
        sheet.freeze_panes = f"A{sheet_meta.get('header', 1) + 1}"
    book.properties.title, book.properties.creator = meta["title"], AUTHOR
    book.properties.created = book.properties.modified = STAMP
    return _zipped(book)


def _cell(cell, value, header):
    percent = re.fullmatch(r"(\d+(?:\.\d+)?)%", value) if isinstance(value, str) else None
    if percent:
        cell.value, cell.number_format = round(float(percent[1]) / 100, 6), "0.0%" if "." in percent[1] else "0%"
    else:
        cell.value = value
    if header:
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=NAVY)


# --- containers ---------------------------------------------------------------------------------------------


def _properties(core, title):
    core.title, core.author, core.last_modified_by = title, AUTHOR, AUTHOR
    core.created = core.modified = STAMP
    core.revision, core.comments = 1, ""


def _zipped(document):
    """Save, then write the container again with sorted members and a fixed time."""
    raw, out = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        # Readers expect the content types first.
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            data = old.read(name)
            if name == "docProps/core.xml":  # openpyxl writes the time of saving
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + STAMP.isoformat().encode() + b"Z", data)
            entry = zipfile.ZipInfo(name, (2025, 3, 17, 9, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            new.writestr(entry, data, compresslevel=9)
    return out.getvalue()


if __name__ == "__main__":
    main()
