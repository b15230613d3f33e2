"""The registry by which images get from the host that built them to others, where one is set."""

from __future__ import annotations

from dataclasses import dataclass

from tidegate import imagename
from tidegate.environment import Environment

URL, CREDENTIAL = "REGISTRY_URL", "REGISTRY_CREDENTIAL"
_FORM = "write its host name, with a path if our images shall have one: `registry.example.com/deploys`"
#: Stands for any tag.
_TAG = "0"


@dataclass(frozen=True)
class Carrier:
    """`registry` is a host name with its port, `path` what our names begin with there ("" for none). `credential`: the
    name of the one that it is asked with; None: it wants none."""

    registry: str
    path: str
    credential: str | None = None

    def name_for(self, image: str, content: str) -> str:
        """What `image` (buildplan.image_reference) with that content id is called there: never moved to another."""
        repository, _, _ = image.rpartition(":")
        return f"{self._prefix}{repository}:{content.rpartition(':')[2]}"

    def has(self, image: str) -> bool:
        """Whether this, as a deploy file writes it, is the name of one of ours there. They are for their own
        repositories alone, as our names on a host are."""
        named = imagename.parse(image)
        return f"{named.registry}/{named.repository}/".startswith(f"{self._prefix}{imagename.OURS}/")

    @property
    def _prefix(self) -> str:
        return f"{self.registry}/{self.path}/" if self.path else f"{self.registry}/"


def carrier(reader: Environment) -> Carrier | None:
    """None where no registry is set; what is wrong is told to the reader."""
    value, credential = reader.optional(URL), reader.optional(CREDENTIAL)
    if value is None:
        if credential is not None:
            reader.problem(CREDENTIAL, "is set without a registry", f"set {URL}, too")
        return None
    registry, _, path = value.removeprefix("https://").rstrip("/").partition("/")
    found = Carrier(registry.lower(), path, credential)
    try:
        named = imagename.parse(found.name_for(f"images:{_TAG}", _TAG))
    except imagename.BadImageName:
        named = None
    if named is None or named.registry != found.registry:
        reader.problem(URL, "is not the name of an image registry", _FORM)
        return None
    return found
