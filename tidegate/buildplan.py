"""What goes into an image, named: the same source is never built twice.

The key is made of git's ids, which GitHub tells without a checkout, so "is it built already?" costs one look.
"""

from __future__ import annotations

import hashlib
import json

#: To be raised when the same sources would give another image than before.
SCHEME = 1


def build_key(*, context_tree: str, dockerfile: str, dockerfile_tree: str | None = None) -> str:
    """32 hexadecimal digits.

    `context_tree`: git's id of the build context's tree, which covers each file and mode in it, `.dockerignore`, and
    submodules by their commit. `dockerfile`: its path from the repository's root. `dockerfile_tree`: where that lies
    outside of the context, git's id of it, or of a tree that holds it.

    What a Dockerfile pulls from elsewhere (`FROM x:latest`, packages) is not in the key: "clear build cache & deploy"
    is for that.
    """
    parts = {"scheme": SCHEME, "context": context_tree, "dockerfile": dockerfile, "outside": dockerfile_tree}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def image_reference(repository_id: int, service: str, key: str) -> str:
    """A local tag. The repository's number keeps two repositories' services of one name apart."""
    return f"tidegate/r{repository_id}-{service}:{key}"
