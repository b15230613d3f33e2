"""A line of output as the tool meant it: builders put a prefix before it, and tools paint it."""

from __future__ import annotations

import re

from tidegate.markdown import plain

#: Characters looked at; what makes a line longer is a message's end.
LONGEST_LINE = 1000
#: BuildKit's `#12 0.345 ` (its summary has the seconds alone), and a step's `[build 3/4] `.
_PREFIX = re.compile(r"(?:#\d{1,9} )?(?:\d{1,9}\.\d{1,9} )?(?:\[(?:[^\]/]{1,100} )?\d{1,9}/\d{1,9}\] )?")


def cleaned(line: str) -> str:
    """Without colours, a builder's prefix and trailing space; of a line that was drawn over, what stands there last."""
    text = plain(line[: 4 * LONGEST_LINE].rstrip().rpartition("\r")[2])
    start = _PREFIX.match(text)
    return text[start.end() if start else 0 :][:LONGEST_LINE].rstrip()
