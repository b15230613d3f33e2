"""The Dockerfile that a plan amounts to: written beside the tree, so that nothing in it changes, and told."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from tidegate import plans, wording
from tidegate.plans import NoPlan, Tree, Wishes
from worker.ports import OnLine, Refused

#: No plan looks into them, and they hold the most files.
_PASSED_BY = {"node_modules", ".git"}
#: Names of files beyond which a tree says nothing more about building it.
_MOST_FILES = 50_000


def wanted(wishes: Wishes, dockerfile: Path, path: str) -> bool:
    """Whether a plan is needed: the deploy file names the language, or leaves it open and no Dockerfile is there.
    Refused where it can't be told which is meant; `path` is what the user calls the Dockerfile."""
    if wishes.runtime is not None:
        return True
    if not dockerfile.is_file():
        return True
    if wishes.build or wishes.start:
        raise Refused(wording.commands_beside_dockerfile(path))
    return False


def write(context: Path, wishes: Wishes, into: Path, on_line: OnLine) -> Path:
    """`into`, which then holds the Dockerfile for the tree at `context`. Refused, with what to add, where no plan
    fits."""
    try:
        plan = plans.plan(read(context), wishes)
    except NoPlan as none:
        raise Refused(none.reason) from none
    text = plans.dockerfile(plan)
    into.write_text(text)
    on_line(wording.planned(plan.language))
    for line in text.splitlines():
        on_line(line)
    return into


def read(root: Path, wanted: Callable[[str], bool] = plans.is_read) -> Tree:
    """The tree as plans see it, with the contents of those files that are `wanted`. Links are not followed: they may
    lead out of the repository, to files of ours."""
    paths: set[str] = set()
    texts: dict[str, str] = {}
    for path, file in _files(root):
        paths.add(path)
        if wanted(path):
            text = _content(file)
            if text is not None:
                texts[path] = text
        if len(paths) >= _MOST_FILES:
            break
    return Tree(frozenset(paths), texts)


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    """The upper levels first, so that a huge tree is cut where it says the least."""
    level = [root]
    for _ in range(plans.DEEPEST):
        below: list[Path] = []
        for directory in level:
            for entry in sorted(os.scandir(directory), key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    below += [] if entry.name in _PASSED_BY else [Path(entry.path)]
                elif (path := Path(entry.path).relative_to(root).as_posix()).isprintable():
                    yield path, Path(entry.path)
        level = below


def _content(file: Path) -> str | None:
    """None where it is a link or something else than a file."""
    if not stat.S_ISREG(file.lstat().st_mode):
        return None
    with file.open(encoding="utf-8", errors="replace", newline="") as opened:
        return opened.read(plans.LONGEST_TEXT)
