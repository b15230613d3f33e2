"""A promise about speed or size, and what was measured of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Measurement:
    """`ratio` is what `limit` holds for: at most it, or `at_least` it. `unit` is what the ratio is in ("times", "MB",
    "calls"); `details` are the figures that it was made of."""

    name: str
    ratio: float
    limit: float
    unit: str
    runs: int
    compared: str
    at_least: bool = False
    details: dict[str, float] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    def as_json(self) -> dict[str, object]:
        shown = {"ratio": round(self.ratio, 3), "limit": self.limit, "unit": self.unit, "runs": self.runs}
        return {**shown, "at_least": self.at_least, "holds": self.holds, "compared": self.compared, **self.details}

    def line(self) -> str:
        wanted = "≥" if self.at_least else "≤"
        verdict = "ok  " if self.holds else "MISS"
        details = ", ".join(f"{name} {value:g}" for name, value in self.details.items())
        return (
            f"{verdict} {self.name}: {self.ratio:.2f} {self.unit} (limit {wanted} {self.limit:g}, {self.runs} runs)\n"
            f"       {self.compared}" + (f"\n       {details}" if details else "")
        )


def against(
    name: str, limit: float, ours: list[float], theirs: list[float], compared: str, **more: float
) -> Measurement:
    """The ratio of two medians, of runs in seconds that were taken in turns."""
    figures = {"ours_ms": round(median(ours) * 1000), "theirs_ms": round(median(theirs) * 1000), **more}
    return Measurement(name, median(ours) / median(theirs), limit, "times", len(ours), compared, details=figures)
