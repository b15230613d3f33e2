"""Prebuilt images that we fetched, and which of them go: they carry no labels of ours, so the store says which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tidegate.retention import Item, Kind, Rules, Use, last_live, place
from tidegate.verdict import Verdict

#: What was fetched this lately may not have been noted as needed yet; it stays however short the room is.
JUST_NOW = timedelta(minutes=10)


@dataclass(frozen=True)
class DigestImage:
    """An image that an engine has by digest; `name` is `registry/repository@digest` in full, `size` in bytes.
    `tagged`: somebody has it by a tag, too, which we never give."""

    name: str
    size: int
    tagged: bool


def judge_pulled(
    there: Iterable[DigestImage], ours: Mapping[str, datetime], uses: Sequence[Use], now: datetime, rules: Rules
) -> list[Item]:
    """`ours`: when we fetched those that were not there before. Others don't come up at all."""
    needed = {use.image: use for use in uses if use.unfinished}
    retained = {use.image: use for use in last_live(uses, rules.images)}

    def judge(image: DigestImage) -> Verdict:
        if image.name in needed:
            return Verdict(go=False, reason=f"{place(needed[image.name])} needs it now")
        if image.name in retained:
            return Verdict(go=False, reason=f"{place(retained[image.name])} can be rolled back to it")
        if image.tagged:
            return Verdict(go=False, reason="somebody has given it a tag, so it is theirs, too")
        if now - ours[image.name] < max(rules.young, JUST_NOW):
            return Verdict(go=False, reason="it was fetched a short time ago, and may be wanted again")
        return Verdict(
            go=True, reason=f"no deployment needs it, nor is it among the last {rules.images} that were live"
        )

    return [Item(Kind.PULLED, each.name, judge(each), each.size) for each in there if each.name in ours]
