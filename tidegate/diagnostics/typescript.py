"""tsc's two ways: `a.ts(3,5): error TS2322: …`, as MSBuild has it, and to a terminal `a.ts:3:5 - error TS2322: …`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.diagnostics.mistake import NUMBER, Mistake, Place

#: A path may have parentheses of its own: `app/(shop)/page.tsx(3,5)`.
_ERROR = re.compile(
    rf"(?P<path>\S.*?)(?:\((?P<plain>{NUMBER}),{NUMBER}\):|:(?P<pretty>{NUMBER}):{NUMBER} -)"
    r" error (?P<code>[A-Z]+\d{1,7}): (?P<message>.+)"
)


class TypeScript:
    def read(self, line: str) -> Iterator[Mistake]:
        if error := _ERROR.fullmatch(line):
            place = Place(error["path"], int(error["plain"] or error["pretty"]))
            yield Mistake((place,), error["code"], error["message"])
