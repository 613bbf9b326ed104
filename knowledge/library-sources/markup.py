"""The small Markdown dialect the sources are written in: headings, paragraphs, lists, pipe tables, notes.

Owns parsing only; `build.py` decides what a block becomes in each format.
"""

import re
from dataclasses import dataclass, field

import yaml


@dataclass
class Block:
    """One block of text. `kind` is heading, para, bullets, numbers, table or note."""

    kind: str
    text: str = ""
    level: int = 0
    items: list = field(default_factory=list)  # (depth, text) of a list, rows of a table


def front_matter(source):
    """Split `---` YAML front matter from the body."""
    _, head, body = source.split("---\n", 2)
    return yaml.safe_load(head), body


def blocks(body):
    """The blocks of a body, in order. Blocks are separated by blank lines."""
    found = []
    for chunk in re.split(r"\n\s*\n", body.strip()):
        lines = chunk.split("\n")
        # A heading may be followed by its text without a blank line between.
        while lines and (match := re.match(r"(#+) (.*)", lines[0])):
            found.append(Block("heading", match[2].strip(), level=len(match[1])))
            lines = lines[1:]
        if lines:
            found.append(_block(lines))
    return found


def _block(lines):
    first = lines[0]
    if first.startswith("|"):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
        return Block("table", items=[rows[0]] + rows[2:])  # the second line is the rule under the header
    if first.startswith("> "):
        return Block("note", " ".join(line.removeprefix(">").strip() for line in lines))
    if re.match(r"\s*- ", first):
        return Block("bullets", items=_items(lines, r"(\s*)- (.*)"))
    if re.match(r"\d+\. ", first):
        return Block("numbers", items=_items(lines, r"(\s*)\d+\. (.*)"))
    return Block("para", " ".join(line.strip() for line in lines))


def _items(lines, pattern):
    items = []
    for line in lines:
        if match := re.match(pattern, line):
            items.append((len(match[1]) // 2, match[2].strip()))
        else:  # a wrapped line belongs to the item above it
            depth, text = items[-1]
            items[-1] = (depth, f"{text} {line.strip()}")
    return items
