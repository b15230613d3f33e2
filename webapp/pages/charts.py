"""Small line charts, drawn by the server: pure, so that a table of cases can judge them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tidegate.gauge import KEPT_SECONDS, Reading

#: The drawing's units; the page stretches it.
WIDTH, HEIGHT = 100.0, 34.0
#: Of the height, so that the highest point's line isn't cut in half.
_TOP = 2.0
_MEGABYTE, _GIGABYTE = 10**6, 10**9


@dataclass(frozen=True)
class Chart:
    """`points` as SVG's polyline has them; `words`: the last value."""

    points: str
    words: str

    @property
    def area(self) -> str:
        """A polygon's points, between the line and the ground: no wider than what was read."""
        first, last = self.points.split()[0], self.points.split()[-1]
        return f"{_below(first)} {self.points} {_below(last)}"


def cpu(readings: Sequence[Reading], now: datetime) -> Chart | None:
    """To the scale of one CPU, or of the most that was used."""
    values = [each.cpus for each in readings]
    return _chart(readings, values, 1.0, now, f"{values[-1]:.0%}" if values else "")


def memory(readings: Sequence[Reading], limit: int | None, now: datetime) -> Chart | None:
    """To the scale of its `limit` in bytes, where it has one; else of the most that was used."""
    values = [float(each.memory) for each in readings]
    words = size(values[-1]) + (f" of {size(limit)}" if limit else "") if values else ""
    return _chart(readings, values, float(limit or 0), now, words)


def _below(point: str) -> str:
    return f"{point.partition(',')[0]},{HEIGHT:g}"


def size(count: float) -> str:
    """Bytes in the unit that a reader cares for."""
    return f"{count / _GIGABYTE:.1f} GB" if count >= _GIGABYTE else f"{count / _MEGABYTE:.0f} MB"


def _chart(
    readings: Sequence[Reading], values: Sequence[float], least: float, now: datetime, words: str
) -> Chart | None:
    """None where one can't see a line in it. The right edge is now, the left one an hour ago."""
    if len(readings) < 2:
        return None
    highest = max(least, *values) or 1.0
    begin = now - timedelta(seconds=KEPT_SECONDS)

    def point(at: datetime, value: float) -> str:
        x = min(max((at - begin).total_seconds() / KEPT_SECONDS, 0.0), 1.0) * WIDTH
        return f"{x:.1f},{HEIGHT - value / highest * (HEIGHT - _TOP):.1f}"

    return Chart(" ".join(point(each.at, value) for each, value in zip(readings, values, strict=True)), words)
