"""What clean-up removes and what it keeps, each with its reason: a decision on what is there and what the store says.

Only what carries our labels comes here at all, and of that only what a deployment of ours has made is ever removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tidegate.buildplan import is_built
from tidegate.deployment import FINAL, Status
from tidegate.verdict import Verdict

GIGABYTE = 10**9


@dataclass(frozen=True)
class Rules:
    """Numbers of SEMANTICS 7. Sizes are in bytes."""

    #: Images that were live last, per (service, environment): what a rollback can go to.
    images: int = 10
    #: An image that never came live is kept so long after it was built: the same source may be deployed once more.
    young: timedelta = timedelta(hours=1)
    #: The build cache's size on each host, beyond which what was used longest ago goes; None: it is never touched.
    cache: int | None = 20 * GIGABYTE
    #: What a deployment has printed is kept so long after its end.
    logs: timedelta = timedelta(days=30)
    #: A repository's local mirror that was not used for so long goes.
    mirrors: timedelta = timedelta(days=30)

    def urgent(self) -> Rules:
        """Where there is too little room for a build: caches go. What a rollback can go to stays."""
        cache = None if self.cache is None else 0
        return replace(self, young=timedelta(0), cache=cache, mirrors=timedelta(hours=1))


class Kind(StrEnum):
    IMAGE = "image"
    PULLED = "prebuilt image"
    CACHE = "build cache"
    NETWORK = "network"
    CONTAINER = "container"
    LOG = "log"
    TREE = "exported tree"
    MIRROR = "mirror"
    SCRATCH = "scratch directory"


@dataclass(frozen=True)
class Item:
    """Something that is there. `verdict.go`: it is removed. `size` in bytes, where it is known. `host`: the
    Docker host that has it; "" for what is on this machine or in the store."""

    kind: Kind
    name: str
    verdict: Verdict
    size: int | None = None
    host: str = ""


@dataclass(frozen=True)
class HeldImage:
    """An image with our labels by one of its names; `deployment` is the label's. `created_at` is its last layer's:
    what was built from the cache alone is as old as the cache."""

    name: str
    deployment: str
    created_at: datetime
    size: int


@dataclass(frozen=True)
class Use:
    """That deployments of a lane, (service id, environment), have an image. `order` is the newest one's, of those that
    were live; None: none was. `unfinished`: one of them may still come live, or runs."""

    image: str
    lane: tuple[int, str]
    service: str
    unfinished: bool
    order: int | None


def judge_images(
    held: Iterable[HeldImage], uses: Sequence[Use], statuses: Mapping[str, Status], now: datetime, rules: Rules
) -> list[Item]:
    """`uses`: of every lane that exists. `statuses`: of the deployments in the images' labels that are known."""
    known = _Known(
        {use.image: use for use in uses if use.unfinished},
        {use.image: use for use in last_live(uses, rules.images)},
        {use.image for use in uses if use.order is not None},
        statuses,
    )
    return [
        Item(Kind.IMAGE, image.name, _judge(image, known, now, rules), image.size)
        for image in held
        if is_built(image.name)
    ]


@dataclass(frozen=True)
class _Known:
    """Images by name: needed now, of the last that were live, ever live; and who they were built for."""

    needed: Mapping[str, Use]
    retained: Mapping[str, Use]
    live: Collection[str]
    builders: Mapping[str, Status]


def last_live(uses: Sequence[Use], count: int) -> list[Use]:
    """The last `count` images of each lane. Images are counted and not deployments: many restarts of one image push
    none out."""
    by_lane: dict[tuple[int, str], list[tuple[int, Use]]] = {}
    for use in uses:
        if use.order is not None:
            by_lane.setdefault(use.lane, []).append((use.order, use))
    newest_first = (sorted(each, key=lambda one: one[0], reverse=True) for each in by_lane.values())
    return [use for each in newest_first for _, use in each[:count]]


def _judge(image: HeldImage, known: _Known, now: datetime, rules: Rules) -> Verdict:
    builder = known.builders.get(image.deployment)
    if image.name in known.needed:
        return Verdict(go=False, reason=f"{place(known.needed[image.name])} needs it now")
    if image.name in known.retained:
        return Verdict(go=False, reason=f"{place(known.retained[image.name])} can be rolled back to it")
    if builder is None:
        return Verdict(go=False, reason="it was not built for any deployment that is known here")
    if builder not in FINAL:
        return Verdict(go=False, reason="it was built for a deployment that is under way")
    if image.name not in known.live and now - image.created_at < rules.young:
        return Verdict(go=False, reason="it was built a short time ago, and may be wanted again")
    return Verdict(go=True, reason=f"no deployment needs it, nor is it among the last {rules.images} that were live")


def place(use: Use) -> str:
    """As people call it."""
    return f"{use.service} ({use.lane[1]})"


def judge_networks(
    held: Iterable[tuple[str, tuple[int, str] | None]],
    repositories: Collection[int],
    places: Collection[tuple[int, str]],
) -> list[Item]:
    """`held`: names, each with its (repository id, environment) where it is named as we name ours. `places` exist, or
    something is still under way there."""
    return [Item(Kind.NETWORK, name, _judge_network(of, repositories, places)) for name, of in held]


def _judge_network(
    of: tuple[int, str] | None, repositories: Collection[int], places: Collection[tuple[int, str]]
) -> Verdict:
    if of is None or of[0] not in repositories:
        return Verdict(go=False, reason="it is of no repository that is known here")
    if of in places:
        return Verdict(go=False, reason=f"the environment {of[1]} exists")
    return Verdict(go=True, reason=f"the environment {of[1]} is gone")


def judge_cache(host: str, size: int | None, keep: int) -> Item:
    """The build cache of a host has nobody's labels; it may be made small, since nothing but time is lost with it."""
    most = f"{keep / GIGABYTE:g} GB"
    if size is None:
        verdict = Verdict(go=True, reason=f"the host doesn't tell its size; what is beyond {most} goes")
    elif size > keep:
        verdict = Verdict(go=True, reason=f"it is larger than {most}; what was used longest ago goes")
    else:
        verdict = Verdict(go=False, reason=f"it is not larger than {most}")
    return Item(Kind.CACHE, host, verdict, None if size is None else max(0, size - keep))


def judge_containers(left_over: Iterable[str]) -> list[Item]:
    """`left_over`: names of those whose deployment has ended."""
    return [Item(Kind.CONTAINER, name, Verdict(go=True, reason="its deployment has ended")) for name in left_over]


def judge_logs(expired: Iterable[str], rules: Rules) -> list[Item]:
    """`expired`: ids of the deployments that ended longer ago than logs are kept."""
    reason = f"its deployment ended more than {rules.logs.days} days ago"
    return [Item(Kind.LOG, each, Verdict(go=True, reason=reason)) for each in expired]
