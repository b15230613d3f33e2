"""`tidegate propose`: a deploy file for a tree that has none, to be read, changed and committed."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from cli.command import Shown
from cli.trouble import Exit, Usage
from tidegate import proposal
from tidegate.repository import DEPLOY_FILE
from worker import planning

_REMOTE = re.compile(r"(?:\w+://(?:[^@/]+@)?|[^@/]+@)([^:/]+)(?::\d+)?[:/](.+?)(?:\.git)?/?")


def propose(directory: Path, environment: Mapping[str, str], *, url: bool) -> Shown:
    """Fails where nothing in the tree tells how it is built, which stderr explains. Raises Usage where there can't be
    one."""
    if not directory.is_dir():
        raise Usage(f"there is no directory {directory}")
    root = directory.resolve()
    if (root / DEPLOY_FILE).exists():
        raise Usage(f"{directory / DEPLOY_FILE} is there already; `tidegate validate` reads it")
    made = proposal.propose(planning.read(root, proposal.is_read), root.name)
    page = _page(root, environment.get("GITHUB_WEB_URL"), made) if url else None
    if url and page is None:
        raise Usage("the page is told by a clone's remote `origin` and its branch, which there are not")
    if made.missing:
        print(made.missing, file=sys.stderr)
    document = {"text": made.text, "missing": made.missing, "url": page}
    return Shown(document, [page or made.text.removesuffix("\n")], Exit.FAILED if made.missing else Exit.DONE)


def _page(root: Path, web_url: str | None, made: proposal.Proposal) -> str | None:
    """Where the clone comes from says which repository's."""
    remote = _REMOTE.fullmatch(_git(root, "remote", "get-url", "origin"))
    branch = _git(root, "symbolic-ref", "--short", "HEAD")
    if remote is None or not branch:
        return None
    return proposal.new_file_url(web_url or f"https://{remote[1]}", remote[2], branch, made)


def _git(root: Path, *words: str) -> str:
    """What it prints; "" where it fails."""
    try:
        return subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
