"""A deploy file for a repository that has none, proposed from its tree on GitHub: the page for it is one click away."""

from __future__ import annotations

import structlog

from tidegate import plans, proposal
from tidegate.plans import Tree
from worker.look import Look
from worker.ports import Refused, Unavailable

#: Files of a repository that are read, a request each: the upper ones first, and lock files last.
_MOST_READ = 12
_LOCKS = (".lock", "-lock.yaml", ".lockb")

log = structlog.get_logger(__name__)


def proposed_for(look: Look) -> dict[str, object]:
    """{proposal: its text, url: GitHub's page for a new file, filled in}; {} where the tree doesn't tell one, or can't
    be asked for now: the next push tries again."""
    try:
        made = proposal.propose(_tree(look), look.repository.name)
    except (Unavailable, Refused) as trouble:
        log.info("no deploy file is proposed", repository=look.repository.full_name, trouble=str(trouble))
        return {}
    if made.missing:
        return {}
    web = look.parts.settings.github.web_url
    url = proposal.new_file_url(web, look.repository.full_name, look.branch, made)
    return {"proposal": made.text, "url": url}


def _tree(look: Look) -> Tree:
    """Raises Unavailable and Refused."""
    github = look.parts.github
    there = github.paths(look.repository, look.sha)
    paths = frozenset(path for path in there if path.count("/") < plans.DEEPEST and path.isprintable())
    told = sorted(filter(proposal.is_read, paths), key=lambda path: (path.endswith(_LOCKS), path.count("/"), path))
    texts = {path: _text(look, path) for path in told[:_MOST_READ]}
    return Tree(paths, {path: text for path, text in texts.items() if text is not None})


def _text(look: Look, path: str) -> str | None:
    """None where it isn't handed out, being too large. Raises Unavailable."""
    try:
        return look.parts.github.file(look.repository, look.sha, path)
    except Refused:
        return None
