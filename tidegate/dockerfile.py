"""From what a builder says to the Dockerfile's line that it is about: builders name steps, GitHub annotates lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_DIRECTIVE = re.compile(r"#\s*([A-Za-z]+)\s*=\s*(\S+)\s*")
_HEREDOC = re.compile(r"<<(-?)([\"']?)([A-Za-z_][A-Za-z0-9_.]*)\2")
_WITH_HEREDOC = {"RUN", "COPY", "ADD"}

#: `Dockerfile:4`, alone on its line, as BuildKit ends its account; `Dockerfile:4-6` for one of several lines.
_LOCATION = re.compile(r"\S*[Dd]ockerfile\S*:(\d+)(?:-\d+)?")
#: `dockerfile parse error line 3: …` (classic), `… on line 3: …` (BuildKit).
_PARSE_ERROR = re.compile(r"[Dd]ockerfile parse error (?:on )?line (\d+):")
#: ` > [2/3] RUN make:` and ` > [build 2/3] RUN make:`, the step that failed, in the summary of older BuildKits.
_FAILED_STEP = re.compile(r"\s*> \[(?:.*?(\S+) )?(\d+)/\d+\] (.*?):?\s*")
_FROM = re.compile(r"FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE)
_ARG = re.compile(r"ARG\s+(.*)", re.IGNORECASE | re.DOTALL)
_ARG_NAME = re.compile(r"(?:^|\s)([A-Za-z_][A-Za-z0-9_]*)(?==|\s|$)")
_MOUNT = re.compile(r"--mount=(\S+)")
#: Those that BuildKit numbers.
_LAYERS = {"RUN", "COPY", "ADD", "WORKDIR"}
#: `Step 3/7 : RUN make`, from the classic builder; the last one is the one that failed.
_CLASSIC_STEP = re.compile(r"Step (\d+)/\d+ : .*")


@dataclass(frozen=True)
class Instruction:
    """`line` is its first, from 1; `text` has continuation lines joined, comments and the body of heredocs left out."""

    line: int
    text: str


def instructions(dockerfile: str) -> list[Instruction]:
    """As the classic builder counts them: an ARG before FROM counts, each FROM does, comments and directives don't."""
    lines = dockerfile.splitlines()
    return list(_instructions(lines, _escape(lines)))


def step_line(dockerfile: str, step: int) -> int | None:
    """Line of the classic builder's `Step <step>/N` (both from 1); None where there is no such instruction."""
    found = instructions(dockerfile)
    return found[step - 1].line if 0 < step <= len(found) else None


def declared_arguments(dockerfile: str) -> frozenset[str]:
    """Names that an ARG declares, in any stage or before the first."""
    found = (_ARG.match(each.text) for each in instructions(dockerfile))
    return frozenset(name for each in found if each for name in _ARG_NAME.findall(each[1]))


def mounted_secrets(dockerfile: str) -> frozenset[str]:
    """Ids of the secrets that a RUN mounts; without an `id` it is the last part of `target`:
    https://docs.docker.com/reference/dockerfile/#run---mounttypesecret"""
    mounts = (mount for each in instructions(dockerfile) for mount in _MOUNT.findall(each.text))
    told = (dict(part.partition("=")[::2] for part in mount.split(",")) for mount in mounts)
    secrets = (each for each in told if each.get("type") == "secret")
    targets = ("target", "dst", "destination")
    named = (each.get("id") or next((each[t].rsplit("/", 1)[-1] for t in targets if t in each), "") for each in secrets)
    return frozenset(filter(None, named))


def error_location(lines: Sequence[str], dockerfile: str) -> int | None:
    """The Dockerfile's line that a failed build's output is about, from either builder; None where it can't be told.

    The last sign counts, and one that names a line more than one that names a step.
    """
    for line in reversed(lines):
        found = _LOCATION.fullmatch(line.strip()) or _PARSE_ERROR.search(line)
        if found and int(found[1]) <= len(dockerfile.splitlines()):
            return int(found[1])
    for line in reversed(lines):
        if step := _FAILED_STEP.fullmatch(line):
            return _layer_line(dockerfile, step[1] or "", int(step[2]), step[3])
        if classic := _CLASSIC_STEP.fullmatch(line.strip()):
            return step_line(dockerfile, int(classic[1]))
    return None


def _layer_line(dockerfile: str, stage: str, number: int, text: str) -> int | None:
    """Of a step as BuildKit shows it: `stage` "" where there is only one, white space collapsed, variables perhaps put
    in. So the number decides where the text is nowhere to be found."""
    layers = [layer for layer in _layers(dockerfile) if stage in {"", layer[0]}]
    wanted = " ".join(text.split())
    same = [line for _, _, line, shown in layers if " ".join(shown.split()) == wanted]
    return next(iter(same or [line for _, index, line, _ in layers if index == number]), None)


def _layers(dockerfile: str) -> Iterator[tuple[str, int, int, str]]:
    """(stage, number within it, line, text). A base that is pulled is number 1; `scratch` and stages have none."""
    names = {"scratch"}
    stage, number, stages = "", 0, 0
    for instruction in instructions(dockerfile):
        if found := _FROM.match(instruction.text):
            base, name = found[1].lower(), (found[2] or f"stage-{stages}").lower()
            stage, number, stages = name, int(base not in names), stages + 1
            names.add(name)
        elif instruction.text.split(None, 1)[0].upper() in _LAYERS:
            number += 1
            yield stage, number, instruction.line, instruction.text


def _escape(lines: Sequence[str]) -> str:
    """The continuation character: a backslash, unless a directive at the very top says otherwise."""
    for line in lines:
        directive = _DIRECTIVE.fullmatch(line.strip())
        if directive is None:
            break
        if directive[1].lower() == "escape" and directive[2] in {"\\", "`"}:
            return directive[2]
    return "\\"


def _instructions(lines: Sequence[str], escape: str) -> Iterator[Instruction]:
    number = 0
    while number < len(lines):
        first, parts, going = number, list[str](), True
        while going and number < len(lines):
            stripped = lines[number].strip()
            number += 1
            if stripped.startswith("#") or (not stripped and parts):
                # Comments and empty lines end no continuation.
                going = bool(parts)
                continue
            going = stripped.endswith(escape)
            parts.append(stripped.removesuffix(escape).strip() if going else stripped)
        text = " ".join(part for part in parts if part)
        if not text:
            continue
        yield Instruction(first + 1, text)
        number = _after_heredocs(lines, number, text)


def _after_heredocs(lines: Sequence[str], number: int, text: str) -> int:
    """The index after the bodies of the heredocs that an instruction opens."""
    if text.split(None, 1)[0].upper() not in _WITH_HEREDOC:
        return number
    for dash, _, name in _HEREDOC.findall(text):
        body = number
        while body < len(lines) and (lines[body].lstrip("\t") if dash else lines[body]) != name:
            body += 1
        if body == len(lines):
            return number  # never closed: not a heredoc, or a mistake that the builder tells
        number = body + 1
    return number
