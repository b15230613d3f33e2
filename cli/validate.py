"""`tidegate validate`: what is wrong with a deploy file, told before it is pushed, or in a workflow."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from cli.command import Shown
from cli.trouble import Exit, Usage
from tidegate import wording
from tidegate.blueprint import FILE_NAME, BlueprintError, Problem, parse


@dataclass(frozen=True)
class _Judged:
    file: Path
    services: tuple[str, ...]
    problems: tuple[Problem, ...]


def validate(files: Sequence[Path], environment: Mapping[str, str]) -> Shown:
    """Fails where there are mistakes, which in a GitHub workflow become annotations. Raises Usage where one can't be
    read."""
    judged: list[_Judged] = []
    for file in files or [Path()]:
        path = file / FILE_NAME if file.is_dir() else file
        try:
            judged.append(_judge(path, path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            raise Usage(f"{path}: {getattr(error, 'strerror', None) or 'it is not text in UTF-8'}") from error
    for each in judged:
        if each.problems:
            print(wording.broken_deploy_file(len(each.problems), str(each.file)), file=sys.stderr)
    lines = [line for each in judged for line in _lines(each)]
    if environment.get("GITHUB_ACTIONS") == "true":
        lines += _annotations(judged, environment.get("GITHUB_WORKSPACE"))
    amiss = any(each.problems for each in judged)
    return Shown({"files": [_as_json(each) for each in judged]}, lines, Exit.FAILED if amiss else Exit.DONE)


def _judge(path: Path, text: str) -> _Judged:
    try:
        return _Judged(path, tuple(service.name for service in parse(text).services), ())
    except BlueprintError as error:
        return _Judged(path, (), error.problems)


def _lines(judged: _Judged) -> Iterator[str]:
    if not judged.problems:
        yield f"{judged.file}: fine ({', '.join(judged.services)})"
    for problem in judged.problems:
        yield f"{judged.file}:{problem.line}:{problem.column}: {problem.told}"


def _as_json(judged: _Judged) -> dict[str, object]:
    problems = [asdict(each) for each in judged.problems]
    return {"file": str(judged.file), "valid": not problems, "services": judged.services, "problems": problems}


def _annotations(judged: Sequence[_Judged], workspace: str | None) -> Iterator[str]:
    """By workflow commands, which name files as seen from the repository's root (docs.github.com, "Workflow commands
    for GitHub Actions")."""
    for each in judged:
        file = each.file.resolve()
        root = Path(workspace or ".").resolve()
        name = file.relative_to(root) if file.is_relative_to(root) else each.file
        for problem in each.problems:
            fields = {
                "file": str(name),
                "line": str(problem.line),
                "col": str(problem.column),
                "title": problem.path or FILE_NAME,
            }
            told = ",".join(f"{field}={_escaped(value, ':,')}" for field, value in fields.items())
            yield f"::error {told}::{_escaped(problem.told)}"


def _escaped(text: str, besides: str = "") -> str:
    """As the runner takes it apart again."""
    for each in f"%\r\n{besides}":
        text = text.replace(each, f"%{ord(each):02X}")
    return text
