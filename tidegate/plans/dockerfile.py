"""A plan as the Dockerfile that it amounts to: what is built, what the user sees, and may keep as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from tidegate.plans.plan import Plan

WORKDIR = "/app"
_HEAD = "Made for this tree. Save it as `Dockerfile` to change more of it than its commands."
#: A shell command that a line of a Dockerfile holds as it is: begins with no flag and no JSON, and ends where it ends.
_ONE_LINE = re.compile(r"[\w./$(\"'][^\r\n]*[^\\\s]|\w")
_HEREDOC = "<<"
#: What only a shell can do with a command: then it must stay, and can't be replaced by what it starts.
_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"")
_SHELL_SYNTAX = re.compile(r"[;&|<>`()\n]|^\s*(?:\w+=|exec\s|cd\s|\.\s|source\s|if\s|for\s|while\s|\{)")


def dockerfile(plan: Plan) -> str:
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    for told in (_HEAD, f"{plan.language} {plan.version.number}: {plan.version.reason}", *plan.because):
        yield f"# {_comment(told)}"
    yield f"FROM {plan.base}" + (" AS build" if plan.final else "")
    yield f"WORKDIR {WORKDIR}"
    yield from _variables(plan.variables)
    yield from map(_run, plan.tools)
    if plan.early:
        yield f"COPY {' '.join(plan.early)} ./"
        yield from map(_run, plan.install)
        yield "COPY . ."
    else:
        yield "COPY . ."
        yield from map(_run, plan.install)
    yield from map(_run, plan.build)
    if plan.final:
        yield ""
        yield f"FROM {plan.final.base}"
        yield f"WORKDIR {WORKDIR}"
        if plan.final.with_tree:
            yield "COPY . ."
        yield from (f"COPY --from=build {source} {target}" for source, target in plan.final.copies)
    yield from _variables(plan.running)
    yield "CMD " + json.dumps(["/bin/sh", "-c", _started(plan.start)])


def _variables(variables: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f'ENV {name}="{value}"' for name, value in variables)


def _run(command: str) -> str:
    """In the form that people write, where the command fits into it."""
    plain = command.isprintable() and _ONE_LINE.fullmatch(command) and _HEREDOC not in command
    return f"RUN {command}" if plain else "RUN " + json.dumps(["/bin/sh", "-e", "-c", command])


def _started(command: str) -> str:
    """`exec` lets signals reach the service itself, not a shell before it."""
    command = command.strip()
    return command if _SHELL_SYNTAX.search(_QUOTED.sub("", command)) else f"exec {command}"


def _comment(text: str) -> str:
    """On one line, whatever files have said."""
    return "".join(each if each.isprintable() else " " for each in text)[:300]
