"""People's addresses, on paper: what came there is kept, and what they answer is a test's choice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.retry import Answer


@dataclass(frozen=True)
class Posted:
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Mailed:
    message_id: str
    address: str
    subject: str
    text: str


class FakeCourier:
    """Each address takes what comes, unless `answers` says else."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.mailed: list[Mailed] = []
        self.answers: defaultdict[str, Answer] = defaultdict(lambda: Answer(ok=True, detail="200 OK"))

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.posted.append(Posted(url, headers, body))
        return self.answers[url]

    def mail(self, message_id: str, address: str, subject: str, text: str) -> Answer:
        self.mailed.append(Mailed(message_id, address, subject, text))
        return self.answers[address]
