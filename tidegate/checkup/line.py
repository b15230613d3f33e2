"""One thing that was looked at: how it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """`todo` is there where it isn't ok; where it is, it is advice."""

    subject: str
    ok: bool
    said: str
    todo: str = ""

    def __str__(self) -> str:
        told = f"{'ok' if self.ok else '! '}  {self.subject}: {self.said}"
        return f"{told}\n      {self.todo}" if self.todo else told


def fine(subject: str, said: str, advice: str = "") -> Line:
    return Line(subject, ok=True, said=said, todo=advice)


def amiss(subject: str, said: str, todo: str) -> Line:
    return Line(subject, ok=False, said=said, todo=todo)


def count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
