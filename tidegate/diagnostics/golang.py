"""Go's compiler and vet (`./main.go:10:2: undefined: x`), and what a failed test logged (`    main_test.go:12: …`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tidegate.diagnostics.mistake import NUMBER, Mistake, Place

#: With a column: without one it is how programs log. `error: ` in it is a C compiler's, which cgo passes on.
_BUILD = re.compile(
    rf"(?:vet: )?(?P<path>[^\s:][^:]*\.go):(?P<line>{NUMBER}):{NUMBER}: "
    r"(?!(?:fatal )?error: |warning: |note: )(?P<said>.+)"
)
_LOGGED = re.compile(rf"\s+(?P<path>[^\s:/]+\.go):(?P<line>{NUMBER}): (?P<said>.+)")
_BEGUN = re.compile(r"=== (?:RUN|CONT|NAME)\s+(?P<name>\S+)")
_ENDED = re.compile(r"\s*--- (?P<how>FAIL|PASS|SKIP): (?P<name>\S+).*")
_PACKAGE_ENDED = re.compile(r"(?:FAIL|PASS|ok)(?:\s.*)?")


class Go:
    """A test logs after its `--- FAIL` or, with -v, before it: what it logged is kept until its end is known."""

    def __init__(self) -> None:
        self._test: str | None = None
        self._failed = False
        self._logged: dict[str, list[Mistake]] = {}

    def read(self, line: str) -> Iterator[Mistake]:
        if ended := _ENDED.fullmatch(line):
            kept = self._logged.pop(ended["name"], [])
            self._test, self._failed = ended["name"], ended["how"] == "FAIL"
            yield from kept if self._failed else ()
        elif begun := _BEGUN.fullmatch(line):
            self._test, self._failed = begun["name"], False
        elif _PACKAGE_ENDED.fullmatch(line):
            self._test = None
            self._logged.clear()
        elif self._test is not None and (logged := _LOGGED.fullmatch(line)):
            place = Place(logged["path"], int(logged["line"]))
            mistake = Mistake((place,), f"{self._test} failed", logged["said"])
            if self._failed:
                yield mistake
            else:
                self._logged.setdefault(self._test, []).append(mistake)
        elif build := _BUILD.fullmatch(line):
            yield Mistake((Place(build["path"], int(build["line"])),), "Error", build["said"])
