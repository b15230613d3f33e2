"""Who is told of what happens, outside of GitHub: which entries of the timeline are told of, under which name, and to
whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit


class Channel(StrEnum):
    """WEBHOOK: JSON that is signed, for programs. SLACK: what Slack and its likes take. EMAIL: for people."""

    WEBHOOK = "webhook"
    SLACK = "slack"
    EMAIL = "email"


class Wants(StrEnum):
    ALL = "all"
    FAILURES = "failures"
    NONE = "none"


@dataclass(frozen=True)
class Secrets:
    """What a webhook is signed with: a new secret, and for a while the one before it too."""

    current: str = field(repr=False)
    previous: str | None = field(default=None, repr=False)
    previous_until: datetime | None = None

    def valid(self, at: datetime) -> tuple[str, ...]:
        """The newest first."""
        if self.previous and self.previous_until and at < self.previous_until:
            return self.current, self.previous
        return (self.current,)


@dataclass(frozen=True)
class Endpoint:
    """An address that a repository's news are sent to. `wants` counts for services that say nothing themselves."""

    id: str
    repository_id: int
    channel: Channel
    #: A URL, whose path may be a secret, or an e-mail address.
    address: str = field(repr=False)
    wants: Wants
    created_by: str
    created_at: datetime
    secrets: Secrets | None = field(default=None, repr=False)
    #: Since when nothing has reached it, and until when nothing is tried.
    failing_since: datetime | None = None
    rests_until: datetime | None = None
    #: Why nothing is sent to it any more.
    disabled: str | None = None

    @property
    def shown(self) -> str:
        """Its address without what may be secret."""
        if self.channel is Channel.EMAIL:
            return self.address
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}/…"


@dataclass(frozen=True)
class Happening:
    """How a kind of entry is told. `type` is for programs, `title` for people."""

    type: str
    title: str
    failure: bool = False


#: By the kind of the timeline's entry; what isn't here passes by itself, or is for those who look.
HAPPENINGS = {
    "initializing": Happening("deploy.started", "Deploy started"),
    "live": Happening("deploy.live", "Live"),
    "failed": Happening("deploy.failed", "Deploy failed", failure=True),
    "canceled": Happening("deploy.canceled", "Deploy canceled"),
    "superseded": Happening("deploy.superseded", "Deploy superseded"),
    "skipped": Happening("deploy.skipped", "Deploy skipped"),
    "crashed": Happening("deploy.crashed", "Crashed", failure=True),
    "completed": Happening("deploy.completed", "Completed"),
    "auto-deploy-on": Happening("auto_deploy.on", "Auto-deploy on"),
    "auto-deploy-off": Happening("auto_deploy.off", "Auto-deploy off"),
    "healthy": Happening("service.healthy", "Healthy again"),
    "degraded": Happening("service.degraded", "Degraded", failure=True),
    "unhealthy": Happening("service.unhealthy", "Unhealthy", failure=True),
    "scaled": Happening("service.scaled", "Scaled"),
    "service-removed": Happening("service.removed", "Service removed"),
    "instance-crashed": Happening("instance.crashed", "Instance crashed", failure=True),
    "instance-restarted": Happening("instance.restarted", "Instance restarted"),
    "instance-unhealthy": Happening("instance.unhealthy", "Instance unhealthy", failure=True),
    "instance-recovered": Happening("instance.recovered", "Instance recovered"),
    "instance-outgrown": Happening("instance.outgrown", "Instance outgrown", failure=True),
    "run-failed": Happening("run.failed", "Run failed", failure=True),
    "run-canceled": Happening("run.canceled", "Run canceled"),
    "preview-created": Happening("preview.created", "Preview created"),
    "preview-removed": Happening("preview.removed", "Preview removed"),
    "host-unreachable": Happening("host.unreachable", "Host unreachable", failure=True),
    "host-back": Happening("host.back", "Host back"),
    "disk-over-size": Happening("disk.over_size", "Disk over its size", failure=True),
    "purge-failed": Happening("purge.failed", "Purge failed", failure=True),
    "config-changed": Happening("config.changed", "Configuration changed"),
    "freeze-on": Happening("freeze.on", "Freeze on"),
    "freeze-off": Happening("freeze.off", "Freeze off"),
    "repository-gone": Happening("repository.gone", "Repository gone", failure=True),
    "repository-back": Happening("repository.back", "Repository back"),
    "notifications-off": Happening("notifications.off", "Notifications off", failure=True),
    "notification-test": Happening("notification.test", "Test"),
}
#: On the timeline: an address was given up; and what is sent to one alone, because somebody wants to see it.
OFF, TEST = "notifications-off", "notification-test"
#: Somebody changed who is told; told to nobody, but for whoever looks.
CHANGED = "notifications-changed"
#: A webhook is signed with its old secret, too, for so long after it got a new one.
BOTH_SECRETS = timedelta(days=1)


def wanted(kind: str, default: Wants, choice: Wants | None) -> bool:
    """Whether an entry of this kind is told to who wants `default`, where its service says `choice`."""
    happening = HAPPENINGS.get(kind)
    if happening is None or kind == TEST:
        return False
    wants = choice or default
    return wants is Wants.ALL or (wants is Wants.FAILURES and happening.failure)
