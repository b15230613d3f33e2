"""Whether there is room for a build: what a full disk breaks, the build is the least of."""

from __future__ import annotations

from collections.abc import Mapping

from tidegate.verdict import Verdict

_GIGABYTE = 10**9


def judge_room(free: Mapping[str, int | None], least: int) -> Verdict:
    """`free`: bytes by the disk's name as people know it; None where it can't be seen, which stops nothing."""
    short = {disk: left for disk, left in free.items() if left is not None and left < least}
    if not short:
        return Verdict(go=True, reason="there is room")
    told = " and ".join(f"{disk} has {left / _GIGABYTE:.1f} GB left" for disk, left in short.items())
    return Verdict(
        go=False,
        reason=f"{told}, and a build needs {least / _GIGABYTE:g} GB (`TIDEGATE_MIN_FREE_GB`)",
    )
