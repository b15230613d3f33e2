"""The little Markdown that check runs and comments are written in, to safe HTML.

Headings, fences, lists, tables, quotes, paragraphs; code, bold, emphasis, links; `<details>`. All else is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from markupsafe import Markup, escape

INLINE = [
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![\w*])[*_]([^*_\s][^*_]*)[*_](?![\w*])"), r"<em>\1</em>"),
    (re.compile(r"\[([^\]]+)\]\((https?://[^)\s\0]+|/[^)\s\0]*|#[^)\s\0]*)\)"), r'<a href="\2">\1</a>'),
    (re.compile(r'(?<![">=])(https?://[^\s<)\0]+)'), r'<a href="\1">\1</a>'),
]
CODE = re.compile(r"`([^`]+)`")
# Stands for a code span while what is around it is marked up: by a character that no text holds.
HELD = re.compile(r"\0(\d+)\0")
ALLOWED = re.compile(r"&lt;(/?(?:details|summary|br|sub|sup|b|i|strong|em|code|pre)(?: open)?/?)&gt;")
BLOCK = re.compile(r"(#{1,6}) |[-*] |\d+\. |\||>|```|<(/?details|summary)")


def rendered(text: str | None) -> Markup:
    """Safe HTML; nothing for None."""
    lines = (text or "").replace("\r\n", "\n").split("\n")
    return Markup("\n".join(_blocks(lines)))  # noqa: S704  # every line was escaped on its way


def _blocks(lines: list[str]) -> Iterator[str]:
    index = 0
    while index < len(lines):
        line = lines[index].strip()
        end = index + 1
        if line.startswith("```"):
            end = _until(lines, index + 1, lambda each: each.strip().startswith("```"))
            yield f"<pre>{escape(chr(10).join(lines[index + 1 : end]))}</pre>"
            end += 1
        elif line.startswith("|"):
            end = _until(lines, index, lambda each: not each.strip().startswith("|"))
            yield _table(lines[index:end])
        elif heading := re.match(r"(#{1,6}) (.*)", line):
            level = min(len(heading[1]) + 2, 6)
            yield f"<h{level}>{_inline(heading[2])}</h{level}>"
        elif re.match(r"[-*] |\d+\. ", line):
            end = _until(lines, index, lambda each: not re.match(r"\s*([-*]|\d+\.) ", each))
            kind = "ol" if line[0].isdigit() else "ul"
            items = "".join(
                f"<li>{_inline(re.sub(r'^([-*]|[0-9]+[.]) ', '', each.strip()))}</li>" for each in lines[index:end]
            )
            yield f"<{kind}>{items}</{kind}>"
        elif line.startswith(">"):
            end = _until(lines, index, lambda each: not each.strip().startswith(">"))
            quoted = [_inline(each.strip()[1:].strip()) for each in lines[index:end]]
            yield f"<blockquote>{'<br>'.join(quoted)}</blockquote>"
        elif re.match(r"</?(details|summary)", line):
            yield _inline(line)
        elif line:
            end = _until(lines, index + 1, lambda each: not each.strip() or BLOCK.match(each.strip()) is not None)
            yield f"<p>{'<br>'.join(_inline(each.strip()) for each in lines[index:end])}</p>"
        index = end


def _until(lines: list[str], start: int, stop: Callable[[str], bool]) -> int:
    """The index of the first line from `start` on that `stop` says ends the block."""
    return next((index for index in range(start, len(lines)) if stop(lines[index])), len(lines))


def _table(lines: list[str]) -> str:
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in lines]
    body = [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    ruled = len(body) < len(rows)
    shown = []
    for number, row in enumerate(body):
        kind = "th" if ruled and number == 0 else "td"
        shown.append("<tr>" + "".join(f"<{kind}>{_inline(cell)}</{kind}>" for cell in row) + "</tr>")
    return f"<table>{''.join(shown)}</table>"


def _inline(text: str) -> str:
    """Code spans are kept as they are, also within bold text or a link; the rest is escaped and marked up."""
    held: list[str] = []

    def hold(code: re.Match[str]) -> str:
        held.append(f"<code>{escape(code[1])}</code>")
        return f"\0{len(held) - 1}\0"

    return HELD.sub(lambda place: held[int(place[1])], _marked(CODE.sub(hold, text.replace("\0", ""))))


def _marked(text: str) -> str:
    shown = ALLOWED.sub(r"<\1>", str(escape(text)))
    for pattern, replacement in INLINE:
        shown = pattern.sub(replacement, shown)
    return shown
