"""Credentials for private image registries: set on the server under a name, which is all that a deploy file has."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tidegate import imagename

#: What Docker calls its own registry where it keeps credentials:
#: https://docs.docker.com/reference/cli/docker/login/#configure-the-credential-store
_HUB_ADDRESS = "https://index.docker.io/v1/"


@dataclass(frozen=True)
class Credential:
    """`registry` is a host name, with its port if it has one. It is for that registry alone: a deploy file can name any
    image, and must not have the password sent to a registry of its author's."""

    name: str
    registry: str
    username: str
    set_at: datetime


@dataclass(frozen=True)
class Login:
    """A credential with its password. `name` is for what people read."""

    name: str
    registry: str
    username: str
    password: str = field(repr=False)

    @property
    def address(self) -> str:
        """The registry, as Docker's clients and engines file its credentials."""
        return _HUB_ADDRESS if self.registry == imagename.HUB else self.registry
