"""What a failed step printed, as findings at lines of the repository's files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePath

from tidegate import diagnostics
from tidegate.deployment import Finding, Step
from worker.run import Run


def printed(run: Run, step: Step, root: Path) -> tuple[Finding, ...]:
    """From the log, whose secrets are masked: a finding is shown to whoever may read the repository. `root` is the
    exported tree."""
    return diagnostics.find(run.log.tail(step), _files(root), run.definition.context_dir())


def _files(root: Path) -> Iterator[str]:
    for directory, _, names in os.walk(root):
        below = PurePath(directory).relative_to(root)
        for name in names:
            yield (below / name).as_posix()
