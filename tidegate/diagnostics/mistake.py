"""A mistake as a tool printed it, before anybody knows which file of the repository it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

#: In a pattern: a line's number, as long as GitHub and every column of ours can hold it.
NUMBER = r"\d{1,7}"


class Place(NamedTuple):
    """A path as printed, and a line (from 1) in it."""

    path: str
    line: int


@dataclass(frozen=True)
class Mistake:
    """`places` are where it may be, the best first: those outside of the repository are nobody's to correct."""

    places: tuple[Place, ...]
    title: str
    message: str


class Reader(Protocol):
    """Knows one tool's format. Takes lines in their order (see `lines.cleaned`), and keeps what it needs of them."""

    def read(self, line: str) -> Iterable[Mistake]:
        """The mistakes that are complete with this line."""
        ...
