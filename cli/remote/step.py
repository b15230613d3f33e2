"""A step of a deploy, in a line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tidegate.markdown import clip, duration

if TYPE_CHECKING:
    from cli.remote.api import Answer

_SENTENCE = 500


def told(step: Answer) -> str:
    """As it is now."""
    if step["ended_at"] is None:
        return f"{step['step']}: goes on"
    took = datetime.fromisoformat(step["ended_at"]) - datetime.fromisoformat(step["started_at"])
    detail = f", {clip(step['detail'], _SENTENCE)}" if step["detail"] else ""
    return f"{step['step']}: {step['outcome']} ({duration(took)}){detail}"
