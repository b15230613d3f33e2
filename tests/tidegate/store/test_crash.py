"""A process that is killed with -9 in the middle loses nothing, holds nothing up, and leaves nothing half done."""

from __future__ import annotations

import subprocess
import sys

from tests.tidegate.store.given import NOON, TTL, a_deployment, a_lane, a_service, after
from tidegate.deployment import Status
from tidegate.repository import PRODUCTION, Delivery
from tidegate.store import Store

#: Opens the store, does something, says so, and waits to be killed.
PROGRAM = """
import sys
from tests.tidegate.store.given import *
from tidegate.deployment import Move, Status
from tidegate.repository import Delivery
from tidegate.store import open_store
from tidegate.store.tables import leases
store = open_store(sys.argv[1], KEYS)
{doing}
print("done", flush=True)
sys.stdin.read()
"""


def killed_after(url: str, doing: str) -> None:
    """Runs `doing` in a process of its own, and kills that where it stands."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(doing=doing), url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        process.kill()
    assert process.returncode == -9


def test_a_delivery_outlives_who_put_it_and_who_held_it(store: Store, url: str) -> None:
    killed_after(url, "store.deliveries.put([Delivery('guid', 'push', b'{}', NOON)])")
    assert store.deliveries.seen("guid") == "pending"
    killed_after(url, "assert store.deliveries.claim(10, 'the one that dies', TTL, NOON)")
    assert store.deliveries.claim(10, "another", TTL, after(TTL - 1)) == []
    assert store.deliveries.claim(10, "another", TTL, after(TTL)) == [Delivery("guid", "push", b"{}", NOON)]


def test_a_transaction_that_was_cut_short_is_undone_and_holds_up_nobody(store: Store, url: str) -> None:
    half = """
transaction = store._database.write()
transaction.__enter__().execute(leases.insert().values(name="half", owner="the one that dies", until=after(TTL)))
"""
    killed_after(url, half)
    assert store.leases.take("half", "another", TTL, NOON)


def test_a_deployment_is_taken_over_from_a_killed_worker(store: Store, url: str) -> None:
    service = a_service(store)
    made = a_deployment(store, service)
    killed_after(
        url,
        f"""
lane = a_lane(store, store.deployments.get({made.id!r}), "the one that dies")
store.deployments.move(lane.deployment_id, Move(Status.BUILDING, "building"), NOON, lane)
store.phases.begin(lane, "build", NOON)
""",
    )
    assert [each.id for each in store.deployments.orphans(after(TTL))] == [made.id]
    taken = a_lane(store, made, "another", after(TTL))
    active = store.deployments.active(service.id, PRODUCTION)
    assert active is not None
    assert (active.status, taken.epoch) == (Status.BUILDING, 2)
    store.phases.begin(taken, "build", after(TTL))
    assert [(phase.step, phase.started_at) for phase in store.phases.of(made.id)] == [("build", NOON)]
