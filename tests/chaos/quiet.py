"""When nothing is on its way any more: neither a webhook, nor a deploy, nor a report, nor what a sweep would find."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from tests.e2e.waiting import wait_for
from tests.e2e.world import World
from tidegate.store import Store, open_store
from worker.clock import SystemClock

#: Seconds, for all that was begun to end.
_PATIENCE = 300.0
#: Whatever is put off is due by then.
_LATER = timedelta(days=1)
_ALL = 100_000


def settled(world: World, repositories: Collection[int]) -> None:
    """Returns once everything is quiet, and one whole look at GitHub after that has found nothing. Forgets the recorded
    calls, since the looks are counted by them."""
    world.github.reset_calls()
    with _store(world) as store:
        before: object = None
        while (now := _history(store, repositories)) != before:
            before = now
            # One may be under way by now. The next one counts, and has ended when the one after it begins.
            _looked(world, _looks(world) + 3)
            told = partial(_told, world, store)
            wait_for(lambda: not _coming(world, store), "quiet", _PATIENCE, told)


def _looked(world: World, times: int) -> None:
    wait_for(lambda: _looks(world) >= times, "GitHub to be looked at", _PATIENCE, world.log)


def _told(world: World, store: Store) -> str:
    return "\n".join([*_coming(world, store), world.log()])


def _looks(world: World) -> int:
    """How many have begun."""
    return len(world.github.calls(app="tidegate", path="/app/installations$"))


def _history(store: Store, repositories: Collection[int]) -> object:
    """All that was decided, and how it stands."""
    rows = store.deployments.page(None, _ALL, repositories=repositories)
    return [(row.id, row.status, row.version) for row in rows]


def _coming(world: World, store: Store) -> list[str]:
    """What is still on its way, by what it is; of all repositories, since nobody else's are there."""
    later = SystemClock().now() + _LATER
    found: dict[str, object] = {
        "webhooks": not world.github.wait_idle(1),
        "deliveries": store.deliveries.pending(later),
        "deployments": [
            row for each in store.repositories.all() for row in store.deployments.pending_or_active(each.id, None)
        ],
        "retirements": store.retirements.all(),
        "previews to remove": store.previews.unclean(),
        "reports": store.deployments.unreported(1, later),
        "comments": store.previews.comments_due(),
    }
    return [f"{what}: {which}" for what, which in found.items() if which]


@contextmanager
def _store(world: World) -> Iterator[Store]:
    store = open_store(world.settings.database_url, world.settings.secret_keys)
    try:
        yield store
    finally:
        store.close()
