"""Names of container images: what a service with `runtime: image` runs, and how far a deploy hook may change it."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Where Docker looks for a name without a registry, and for one without a namespace there.
HUB = "docker.io"
_LIBRARY = "library"
#: Docker's limit for registry and repository together.
_LONGEST = 255
#: With the longest tag and digest.
_LONGEST_TEXT = _LONGEST + 1 + 128 + 1 + 135
#: Namespace of the images that we build (buildplan.image_reference).
OURS = "tidegate"

# The grammar: https://github.com/distribution/reference/blob/main/reference.go
_REGISTRY = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::[0-9]+)?"
)
_PART = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_IMAGE_ID = re.compile(r"[0-9a-f]{64}")


class BadImageName(ValueError):
    """The message says what is wrong, `hint` what to write instead; both are clauses."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class ImageName:
    """`registry` and `repository` as Docker understands them: `nginx` is `docker.io` and `library/nginx`."""

    registry: str
    repository: str
    tag: str | None
    digest: str | None


def parse(text: str) -> ImageName:
    """`[registry/]repository[:tag][@digest]`; raises BadImageName.

    Names that this server gives are refused: what it built for one repository is not to be had by another that knows
    its name. A bare image id is refused for the same reason.
    """
    if len(text) > _LONGEST_TEXT:
        raise BadImageName("the image's name is too long", f"use at most {_LONGEST} characters before its tag")
    if "://" in text:
        raise BadImageName(f"`{text}` begins with a scheme", f"write `{text.partition('://')[2]}`")
    name, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        raise BadImageName(f"`{digest}` is no digest", "it is `sha256:` and 64 hexadecimal digits")
    name, tag = _tagged(name)
    if tag is not None and not _TAG.fullmatch(tag):
        raise BadImageName(f"`{tag}` is no tag", "use at most 128 letters, digits, underscores, full stops and hyphens")
    registry, repository = _placed(name)
    if not _REGISTRY.fullmatch(registry) or not _is_repository(repository) or len(name) > _LONGEST:
        raise BadImageName(f"`{text}` is not the name of an image", "write it as `registry.example.com/team/app:1.2`")
    if registry == HUB and repository.split("/")[0] == OURS:
        raise BadImageName(f"`{text}` is ours: this server gives such names to what it builds", "name another image")
    return ImageName(registry, repository, tag, digest or None)


def registry_name(text: str) -> str:
    """A registry alone, as `ImageName.registry` calls it; raises BadImageName."""
    lower = text.lower()
    if lower == HUB or lower.endswith(f".{HUB}"):
        return HUB
    if not _REGISTRY.fullmatch(lower):
        raise BadImageName(f"`{text}` is not a registry's name", "write its host name alone: `registry.example.com`")
    return lower


def same_image_but_tag(configured: str, asked: str) -> bool:
    """Whether only the tag or the digest of `asked` differs from what the service is configured with.

    Render's deploy hooks have the same rule: https://render.com/docs/deploy-hooks
    """
    try:
        one, other = parse(configured), parse(asked)
    except BadImageName:
        return False
    return (one.registry, one.repository) == (other.registry, other.repository)


def _tagged(name: str) -> tuple[str, str | None]:
    """A colon before the last slash belongs to the registry's port."""
    head, colon, tag = name.rpartition(":")
    return (head, tag) if colon and "/" not in tag else (name, None)


def _placed(name: str) -> tuple[str, str]:
    """(registry, repository): the first part is a registry where it could not be a namespace."""
    first, slash, rest = name.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        first, rest = HUB, name
    # Host names have no case.
    first = first.lower()
    if first != HUB and not first.endswith(f".{HUB}"):  # Docker takes the hub's other names for the same
        return first, rest
    return HUB, rest if "/" in rest else f"{_LIBRARY}/{rest}"


def _is_repository(path: str) -> bool:
    bare = path.removeprefix(f"{_LIBRARY}/")
    return not _IMAGE_ID.fullmatch(bare) and all(_PART.fullmatch(part) for part in path.split("/"))
