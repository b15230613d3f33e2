"""Build filters: does this push concern this service at all? (SEMANTICS 2.5, after Render's monorepo support)

A list of changes that can't be trusted deploys: fail open.
"""

from __future__ import annotations

from functools import lru_cache

from tidegate.blueprint import Service
from tidegate.facts import Changes
from tidegate.globs import Glob
from tidegate.repository import DEPLOY_FILE
from tidegate.verdict import Verdict


def narrows(service: Service) -> bool:
    """Whether the changed files matter at all; if not, nobody needs to ask GitHub for them."""
    return bool(service.build_filter.paths or service.build_filter.ignored_paths or service.root_dir)


def affected(service: Service, changes: Changes) -> Verdict:
    """Whether a change of these files deploys `service`; the reason names a file, or what was looked for.

    A file counts if no ignored path matches it, and an included one does; without included paths everything counts, or
    with a root directory everything below it. Paths start at the repository's root. The deploy file always counts.

    A submodule is one path, and stands for all that is below it: one that moved counts for a root directory and for
    included paths in it. Only its own path can be ignored, since what changed below it isn't known.
    """
    if not narrows(service):
        return Verdict(True, "every change concerns it: it has no root directory and no build filter")
    included, ignored, root = service.build_filter.paths, service.build_filter.ignored_paths, service.root_dir
    if changes.unknown:
        return Verdict(True, f"the changed files are not known for sure ({changes.unknown}), so it deploys")
    if DEPLOY_FILE in changes.paths:
        return Verdict(True, f"`{DEPLOY_FILE}` changed")
    candidates = sorted(path for path in changes.paths if _included(path, included, root))
    counted = [path for path in candidates if not _matches(path, ignored)]
    if counted:
        return Verdict(True, f"`{counted[0]}` changed" + (f", and {len(counted) - 1} more" if counted[1:] else ""))
    if not changes.paths:
        return Verdict(False, "no file changed since the last deploy")
    if candidates:
        return Verdict(False, "all changed files that concern it are ignored by `buildFilter.ignoredPaths`")
    where = "matches `buildFilter.paths`" if included else f"is below the root directory `{root}`"
    return Verdict(False, f"no changed file {where}")


def _included(path: str, patterns: tuple[str, ...], root: str) -> bool:
    if patterns:
        return _matches(path, patterns) or _matches(f"{path}/", patterns)
    return not root or f"{path}/".startswith(f"{root}/")


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(_glob(pattern).matches(path) for pattern in patterns)


_glob = lru_cache(maxsize=1024)(Glob)
