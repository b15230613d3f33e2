"""What goes into an image, named: the same source is never built twice.

The key is made of git's ids, which GitHub tells without a checkout, so "is it built already?" costs one look.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

#: To be raised when the same sources would give another image than before.
SCHEME = 1

_BUILT = re.compile(r"tidegate/r\d+-[a-z0-9-]+:[0-9a-f]{32}(-[\w-]+)?")


@dataclass(frozen=True)
class Sources:
    """`context_tree`: git's id of the build context's tree, which covers each file and mode in it, `.dockerignore`, and
    submodules by their commit. `dockerfile_path`: relative to the context; or, where it lies outside of it, to the
    repository's root, and then `dockerfile_id` is git's id of the file, or of a tree that holds it. `plan`: what a plan
    detected from the tree depends on besides the tree; None where only a Dockerfile will do. `arguments`: values that
    the Dockerfile is built with.
    """

    context_tree: str
    dockerfile_path: str
    dockerfile_id: str | None = None
    plan: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)


def build_key(sources: Sources) -> str:
    """32 hexadecimal digits. What a Dockerfile pulls from elsewhere (`FROM x:latest`, packages) is not in it: "clear
    build cache & deploy" is for that."""
    parts: list[object] = [SCHEME, sources.context_tree, sources.dockerfile_path, sources.dockerfile_id]
    parts += [] if sources.plan is None else [sources.plan]
    parts += [sorted(sources.arguments.items())] if sources.arguments else []
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def image_reference(repository_id: int, service: str, key: str) -> str:
    """A local tag. The repository's number keeps two repositories' services of one name apart."""
    return f"tidegate/r{repository_id}-{service}:{key}"


def is_built(reference: str) -> bool:
    """Whether it is named as image_reference names: labels alone don't tell, since an image that somebody makes from
    one of ours has them too."""
    return _BUILT.fullmatch(reference) is not None
