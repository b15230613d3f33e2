"""From a tree to the text of a deploy file, with the reason for each service in a comment."""

from __future__ import annotations

from dataclasses import dataclass

from tidegate import plans
from tidegate.blueprint.nodes import Data
from tidegate.blueprint.writer import write
from tidegate.plans import Tree
from tidegate.proposal import compose, directories
from tidegate.proposal.found import Found, named, valid_name

#: Directories below which files are read: those of packages.
_DEEPEST = 2
#: Services of one proposal. A tree with more has its own idea of what they are.
_MOST = 20
_DOCUMENTED = "Every field: docs/deploy-file.md, or `tidegate schema --markdown`."


@dataclass(frozen=True)
class Proposal:
    """`text` of a deploy file that the reader takes. `missing`: why nothing in the tree can be built as it is, and what
    to add; None where it can. `bare` is the text without its comments."""

    text: str
    bare: str
    services: tuple[str, ...]
    missing: str | None


def is_read(path: str) -> bool:
    """Whether a proposal wants a file's content, as seen from the repository's root."""
    parts = path.split("/")
    name = parts[-1]
    if path in compose.FILES or (name == "Dockerfile" and len(parts) <= _DEEPEST + 1):
        return True
    return any(plans.is_read("/".join(parts[depth:])) for depth in range(min(len(parts), _DEEPEST + 1)))


def propose(tree: Tree, name: str) -> Proposal:
    """`name` is the repository's: that of a service where there is one only."""
    found, notes = compose.services(tree)
    found = found or directories.whole(tree, name)
    if not found:
        found, notes = directories.below(tree)
    missing = None if found else directories.why_none(tree)
    services = named(found[:_MOST] or [Found(valid_name(name), {"type": "web"}, ())])
    told = [tuple(f"Found: {each}." for each in service.because) for service in services]
    head = [_DOCUMENTED, *(f"{note}." for note in notes)]
    head += [f"Not found: {missing}."] if missing else []
    data: dict[str, Data] = {"services": [service.whole for service in services]}
    return Proposal(write(data, head, told), write(data), tuple(each.name for each in services), missing)
