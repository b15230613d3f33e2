"""What never changes is asked for once, as long as there is room."""

from __future__ import annotations

import pytest

from worker.github.memory import Remembered


def test_a_value_is_found_once() -> None:
    found: list[str] = []
    remembered: Remembered[str, str] = Remembered(2)

    def find(key: str) -> str:
        found.append(key)
        return key.upper()

    def get(key: str) -> str:
        return remembered.get(key, lambda: find(key))

    assert [get("a"), get("a"), get("b"), get("a"), get("c"), get("a")] == ["A", "A", "B", "A", "C", "A"]
    assert found == ["a", "b", "c"]
    assert get("b") == "B"
    assert found == ["a", "b", "c", "b"], "the longest unused had made room"


def test_a_failure_is_not_remembered() -> None:
    remembered: Remembered[str, int] = Remembered(2)
    with pytest.raises(ZeroDivisionError):
        remembered.get("a", lambda: 1 // 0)
    assert remembered.get("a", lambda: 1) == 1
