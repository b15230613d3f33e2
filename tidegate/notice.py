"""An entry of the timeline in the words of each channel."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC

from tidegate.markdown import sentence
from tidegate.notification import HAPPENINGS
from tidegate.repository import TimelineEntry

#: Characters of a reason in a chat; a build's may be long.
_LONGEST = 500


@dataclass(frozen=True)
class Notice:
    """`repository` is its full name, `url` where one reads more."""

    entry: TimelineEntry
    repository: str
    url: str

    @property
    def title(self) -> str:
        """On one line."""
        where = " ".join(filter(None, (self.entry.service, self.entry.environment and f"({self.entry.environment})")))
        place = f"{self.repository} {where}".strip()
        return f"{HAPPENINGS[self.entry.kind].title}: {place}"

    def body(self) -> bytes:
        """For programs: {type, timestamp, data}, as Standard Webhooks has it. The same for every attempt."""
        entry = self.entry
        told = {
            "type": HAPPENINGS[entry.kind].type,
            "timestamp": entry.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "data": {
                "repository_id": entry.repository_id,
                "repository": self.repository,
                "service": entry.service,
                "environment": entry.environment,
                "deployment": entry.deployment_id,
                "sha": entry.sha,
                "actor": entry.actor,
                "text": entry.text,
                "url": self.url,
            },
        }
        return json.dumps(told, separators=(",", ":")).encode()

    def chat(self) -> bytes:
        """What Slack's incoming webhooks take: https://docs.slack.dev/messaging/formatting-message-text"""
        text = f"*{_plain(self.title)}*\n{_plain(sentence(_short(self.entry.text)))} <{self.url}|More>"
        return json.dumps({"text": text}).encode()

    def mail(self) -> tuple[str, str]:
        """Subject and text."""
        sha = f"\nCommit: {self.entry.sha}" if self.entry.sha else ""
        text = f"{sentence(self.entry.text)}\n\nBy: {self.entry.actor}{sha}\n{self.url}\n"
        return f"[Tidegate] {self.title}", text


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
