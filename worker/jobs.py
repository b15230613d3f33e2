"""What RQ runs. Each job looks in the store for its work, so a job that comes twice, late or never does no harm."""

from __future__ import annotations

from contextlib import suppress

from tidegate.logline import bound
from worker import build_ahead as ahead
from worker import clean as cleaning
from worker import consider as gate
from worker import drain as inbox
from worker import messenger, reporter, rollout
from worker import poll as polling
from worker import sweep as sweeping
from worker.ports import Refused, Unavailable
from worker.usage import tell_of_full_disks
from worker.wiring import parts


def drain() -> None:
    parts().bell.heard("drain")
    with bound(job="drain"):
        inbox.drain(parts())


def consider(repository_id: int, sha: str) -> None:
    with (
        bound(job="consider", sha=sha),
        suppress(Unavailable, Refused),
    ):  # it is still due, and the next tick rings again
        gate.consider(parts(), repository_id, sha)


def deploy(deployment_id: str) -> None:
    with bound(job="deploy", deployment_id=deployment_id):
        rollout.deploy(parts(), deployment_id)


def build_ahead(deployment_id: str) -> None:
    with bound(job="build_ahead", deployment_id=deployment_id):
        ahead.build_ahead(parts(), deployment_id)


def report() -> None:
    parts().bell.heard("report")
    with bound(job="report"):
        reporter.report(parts())


def send() -> None:
    parts().bell.heard("send")
    with bound(job="send"):
        messenger.send(parts())


def catch_up() -> None:
    parts().bell.heard("catch_up")
    with bound(job="catch_up"):
        sweeping.catch_up(parts())


def poll() -> None:
    parts().bell.heard("poll")
    with bound(job="poll"):
        polling.poll(parts())


def clean() -> None:
    parts().bell.heard("clean")
    with bound(job="clean"):
        cleaning.clean(parts(), parts().settings.retention)
        with suppress(Unavailable):  # the next clean-up looks again
            tell_of_full_disks(parts())
