"""What is asked of GitHub as the App: by a proof that we are it, or by a token for one of its installations, as narrow
as it goes. Web and workers keep the tokens in the same place, so that one that either was given serves both.

Source: docs.github.com, "Generating an installation access token for a GitHub App".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

#: A token that ends sooner than this is replaced first, so that no call begins with one that ends on its way.
MARGIN = timedelta(minutes=5)
#: GitHub takes at most ten minutes, and its clock may be behind ours.
PROOF, _BACKDATED = timedelta(minutes=9), timedelta(seconds=60)


@dataclass(frozen=True)
class Scope:
    """What a token may do. `repository` is GitHub's id; None is every repository of the installation."""

    installation: int
    repository: int | None
    permissions: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, installation: int, repository: int | None, permissions: Mapping[str, str]) -> Self:
        return cls(installation, repository, tuple(sorted(permissions.items())))

    @property
    def key(self) -> str:
        """Under which what GitHub gives is kept."""
        allowed = ",".join(f"{name}:{level}" for name, level in self.permissions)
        return f"github/{self.installation}/{self.repository or '*'}/{allowed}"

    @property
    def body(self) -> dict[str, Any]:
        """As GitHub is asked for it."""
        where = {} if self.repository is None else {"repository_ids": [self.repository]}
        return {**where, "permissions": dict(self.permissions)}


def claims(app_id: int, now: datetime) -> dict[str, object]:
    """Of the proof, to be signed by the App's key."""
    return {"iss": str(app_id), "iat": now - _BACKDATED, "exp": now + PROOF}
