"""Addresses that are told something: what they were told is kept, and what they answer is a test's choice."""

from __future__ import annotations

from collections.abc import Mapping

from worker.ports import Reading


class FakeCaller:
    def __init__(self) -> None:
        self.told: list[tuple[str, Mapping[str, str]]] = []
        self.answer = Reading(ok=True, detail="200 OK")

    def post(self, url: str, body: Mapping[str, str], timeout: float) -> Reading:
        self.told.append((url, body))
        return self.answer
