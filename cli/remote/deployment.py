"""A deployment as the API tells it, and as people are told of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from cli.remote.services import SHORT, told_instance
from cli.remote.step import told as told_step
from tidegate.markdown import clip

if TYPE_CHECKING:
    from cli.remote.api import Answer

_SENTENCE = 200


def path(deployment: str) -> str:
    return f"/api/v1/deployments/{quote(deployment, safe='')}"


def named(one: Answer) -> list[str]:
    return [one["id"], one["service"], one["environment"], one["sha"][:SHORT], one["status"]]


def whole(one: Answer) -> Iterator[str]:
    yield "  ".join(named(one))
    yield f"  {clip(one['message'], _SENTENCE)} ({clip(one['author'], _SENTENCE)})"
    yield f"  {one['trigger']} by {clip(one['actor'], _SENTENCE)}: {clip(one['reason'], _SENTENCE)}"
    for each in one["steps"]:
        yield f"  {told_step(each)}"
    for each in one["instances"]:
        yield f"  {told_instance(each)}"
