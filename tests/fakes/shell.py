"""Just enough of a shell and of a Dockerfile that a fake engine's containers do what the same words do in real ones."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tidegate.dockerfile import Instruction, instructions

#: A sleep of so many seconds has no end in a test.
_FOREVER = 100


@dataclass(frozen=True)
class Process:
    """What a script comes to: its lines, then its exit code, or None where it runs on, perhaps listening on a port."""

    output: tuple[str, ...]
    exit_code: int | None
    ports: tuple[int, ...] = ()
    #: It ignores SIGTERM.
    deaf: bool = False


def run(script: str, environment: Mapping[str, str]) -> Process:
    """Knows `echo WORDS`, `exit N`, `sleep N`, `exec httpd -f -p N` (which serves) and `trap '' TERM`, joined by
    `;` or newlines."""
    output: list[str] = []
    deaf = False
    for statement in script.replace("\n", ";").split(";"):
        match statement.split():
            case ["echo", *words]:
                output.append(" ".join(_expanded(word, environment) for word in words))
            case ["exit", code]:
                return Process(tuple(output), int(code))
            case ["sleep", seconds]:
                if int(seconds) >= _FOREVER:
                    return Process(tuple(output), None, deaf=deaf)
            case ["exec", "httpd", "-f", "-p", port, *_]:
                return Process(tuple(output), None, (int(_expanded(port, environment)),), deaf)
            case ["trap", "''", "TERM"]:
                deaf = True
            case []:
                continue
            case unknown:
                return Process((*output, f"sh: {unknown[0]}: not found"), 127)
    return Process(tuple(output), 0)


@dataclass(frozen=True)
class Step:
    """`number` of `of` instructions; `process` what its RUN did, None for any other."""

    number: int
    of: int
    instruction: Instruction
    process: Process | None


def steps(dockerfile: str) -> Iterator[Step]:
    told = instructions(dockerfile)
    for number, instruction in enumerate(told, 1):
        name, _, rest = instruction.text.partition(" ")
        script = " ".join(itertools.dropwhile(lambda word: word.startswith("--"), rest.split(" ")))
        yield Step(number, len(told), instruction, run(script, {}) if name == "RUN" else None)


def default_script(dockerfile: str) -> str:
    """Of the last CMD, in its JSON form."""
    commands = [told.text.partition(" ")[2] for told in instructions(dockerfile) if told.text.startswith("CMD ")]
    return script(json.loads(commands[-1])) if commands else "exit 0"


def script(command: list[str]) -> str:
    """The script in `["/bin/sh", "-c", script]`."""
    return command[2] if command[:2] in (["/bin/sh", "-c"], ["sh", "-c"]) else " ".join(command)


def _expanded(word: str, environment: Mapping[str, str]) -> str:
    word = word.strip("\"'")
    return environment.get(word[1:], "") if word.startswith("$") else word
