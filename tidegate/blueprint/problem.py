"""A mistake in the deploy file, as its author is told of it: where, what, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic_core import PydanticCustomError


@dataclass(frozen=True, order=True)
class Problem:
    """`line` and `column` count from 1. `path` is like `services[0].envVars[1].key`, "" for the file as a whole.
    `message` and `hint` are sentences; `hint` may be empty."""

    line: int
    column: int
    path: str
    message: str
    hint: str = ""

    @property
    def told(self) -> str:
        """What is wrong, and what to do: the same words wherever it is told."""
        return f"{self.message} {self.hint}".strip()

    def __str__(self) -> str:
        return f"line {self.line}: {self.told}"


class BlueprintError(Exception):
    """Every mistake of a deploy file, in the order of its lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def mistake(message: str, hint: str = "") -> PydanticCustomError:
    """To be raised by a rule of the model; the reader adds where it is."""
    return PydanticCustomError("mistake", "{message} {hint}", {"message": message, "hint": hint})
