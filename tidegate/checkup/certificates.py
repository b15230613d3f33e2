"""What the authority gave for each name, or why it didn't."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tidegate.certificate import AUTHORITY, Failure, Known
from tidegate.checkup.line import Line, amiss, fine

_SUBJECT = "certificate"
#: Of its life, until what keeps it from being renewed is amiss: the authority's may be good for few days only.
_SOON = 1 / 6
_DAY = timedelta(days=1)


def authority_lines(directory: str, wanted: Sequence[str], known: Known | None, now: datetime) -> Iterator[Line]:
    """`known` None: nobody has looked yet."""
    noted = known or Known()
    away = noted.failures.get(AUTHORITY)
    if away is not None:
        todo = f"see to what it says (TIDEGATE_ACME, TIDEGATE_ACME_CA, TIDEGATE_ACME_EAB); {_again(away)}"
        yield amiss(_SUBJECT, f"{directory} can't be asked for any: {away.why}", todo)
    for name in wanted:
        yield _line(name, noted, now)


def _line(name: str, known: Known, now: datetime) -> Line:
    held, failure = known.held.get(name), known.failures.get(name)
    if known.covered(name):
        return fine(_SUBJECT, f"{name} has one from a file")
    if held is None or now >= held.ends:
        said = f"{name} has none" if held is None else f"that of {name} has ended"
        if failure is None:
            return amiss(_SUBJECT, said, "the watch asks for it within a minute, and for a few at once")
        todo = (
            f"lead {name} to this server, whose port 80 must be the router's (TIDEGATE_ROUTER_BIND); {_again(failure)}"
        )
        return amiss(_SUBJECT, f"{said}: {failure.why}", todo)
    said = f"{name} has one for {(held.ends - now) / _DAY:.0f} days"
    if failure is None:
        return fine(_SUBJECT, said)
    trouble = f"it can't be renewed: {failure.why}; {_again(failure)}"
    soon = held.ends - now < (held.ends - held.begins) * _SOON
    return amiss(_SUBJECT, said, trouble) if soon else fine(_SUBJECT, said, trouble)


def _again(failure: Failure) -> str:
    times = "once" if failure.count == 1 else f"{failure.count} times"
    return f"it was tried {times}, and is again at {failure.until:%Y-%m-%d %H:%M} UTC"
