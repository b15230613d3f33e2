"""What a look at a running instance means, and how its deployment is (SEMANTICS 7). Facts in, verdict out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tidegate import restart
from tidegate.deployment import Health, Status
from tidegate.health import how_ended, next_delay
from tidegate.instance import Instance, InstanceState
from tidegate.restart import Exit, RestartPolicy

_GOOD = InstanceState.HEALTHY
_ENDED = frozenset({InstanceState.CRASHED, InstanceState.COMPLETED})
_ASLEEP = _ENDED | {InstanceState.DOWN}
#: By scaling: says nothing about how the others are.
_PASSING = frozenset({InstanceState.JOINING, InstanceState.LEAVING, InstanceState.ENDING})
#: Seconds between two looks at one that was told to stop.
_STOPPING = 0.25
_GIGABYTE = 10**9


@dataclass(frozen=True)
class Sign:
    """What was seen of an instance. `running` None: its host could not be asked, `trouble` says why. `exists` False:
    its container was removed. `moved`: it runs at another address than it did. `ok` None: it was not probed.
    `failures`: probes in a row that failed, this one included. `interrupted`: nobody has seen it run since its host, or
    whoever watches, was away."""

    running: bool | None
    exists: bool = True
    exit_code: int | None = None
    oom_killed: bool = False
    ok: bool | None = None
    detail: str = ""
    failures: int = 0
    interrupted: bool = False
    moved: bool = False
    #: Bytes, beside its disk, when that was looked at last.
    written: int = 0
    trouble: str = ""


@dataclass(frozen=True)
class Rules:
    """Of one service. Times in seconds: between two probes; from unhealthy to its restart; for a start; from SIGTERM to
    SIGKILL; `stay`: until what runs and isn't probed is well (None: it is probed). `most_written`: bytes that an
    instance may write beside its disk (0: any number)."""

    policy: RestartPolicy = RestartPolicy.ON_FAILURE
    interval: float = 15.0
    failures: int = 3
    patience: float = 60.0
    start: float = 900.0
    grace: float = 30.0
    restarts: int = 10
    stay: float | None = None
    most_written: int = 0


class Act(StrEnum):
    START = "start"
    TERM = "SIGTERM"
    KILL = "SIGKILL"
    REMOVE = "remove"


@dataclass(frozen=True)
class Verdict:
    """What the instance is now, why in the timeline's words (no entry where `kind` is empty), and what to do to it."""

    now: Instance
    kind: str = ""
    text: str = ""
    act: Act | None = None


def judge(instance: Instance, sign: Sign, rules: Rules, now: datetime) -> Verdict | None:
    """None: all stays as it is."""
    if instance.state in {InstanceState.LEAVING, InstanceState.ENDING}:
        return _leaving(instance, sign, rules, now)
    if sign.running is None:
        return _probed(instance, sign, rules, now)
    if instance.state is InstanceState.JOINING and instance.started_at is None:
        return _join(instance, now)
    if not sign.running:
        return _not_running(instance, sign, rules, now)
    if instance.state in _ASLEEP:
        return _restarted(instance, "was started again", now)
    if instance.state is InstanceState.STOPPING:
        return Verdict(instance, act=Act.KILL) if _due(instance, now) else None
    if sign.moved:
        return _restarted(instance, "was restarted by somebody else", now)
    if outgrown(sign.written, rules):
        return _outgrown(instance, sign, rules, now)
    return _probed(instance, sign, rules, now) or _overdue(instance, rules, now)


def refused(instance: Instance, why: str, rules: Rules, now: datetime) -> Verdict:
    """The engine won't start it: as good as a crash."""
    ending = restart.after(Exit(None, oom_killed=False, restarts=instance.restarts), rules.policy, rules.restarts)
    due = None if ending.delay is None else now + timedelta(seconds=max(1.0, ending.delay))
    text = f"could not be started: {why}" + ("; it is left alone now" if due is None else "")
    counted = replace(instance, restarts=instance.restarts + 1)
    return _verdict(counted, InstanceState.CRASHED, "instance-crashed", text, due=due)


def next_look(instance: Instance, rules: Rules, now: datetime, tries: int) -> datetime:
    """`tries`: looks since it was started."""
    match instance.state:
        case InstanceState.STARTING | InstanceState.JOINING:
            since = (now - (instance.started_at or now)).total_seconds()
            wait = next_delay(since, tries)
        case InstanceState.STOPPING | InstanceState.ENDING:
            wait = _STOPPING
        case _:
            wait = rules.interval
    usual = now + timedelta(seconds=wait)
    if instance.due_at is None:
        return usual
    if instance.due_at > now:
        return min(usual, instance.due_at)
    return now if instance.state in _ASLEEP else usual


def outgrown(written: int, rules: Rules) -> bool:
    """Whether its container must go, with what it has written."""
    return 0 < rules.most_written < written


def condition(instances: Sequence[Instance]) -> tuple[Health, str]:
    """Of a deployment with these instances, those that are retired left out: how it is, and what is wrong."""
    instances = [each for each in instances if each.state not in _PASSING] or instances
    bad = [each for each in instances if each.state is not _GOOD]
    if not bad:
        return Health.HEALTHY, ""
    reason = f"{called(bad[0])} {bad[0].reason or 'does not answer yet'}"
    if len(bad) == len(instances):
        return Health.UNHEALTHY, reason
    return Health.DEGRADED, f"{reason} ({len(instances) - len(bad)} of {len(instances)} are well)"


def status(current: Status, instances: Sequence[Instance]) -> Status:
    """LIVE while any instance is well; CRASHED once none is and the process of one has ended, until one is well."""
    if any(each.state is _GOOD for each in instances):
        return Status.LIVE
    return Status.CRASHED if any(each.state in _ENDED for each in instances) else current


def called(instance: Instance) -> str:
    return f"instance {instance.index + 1}"


def _probed(instance: Instance, sign: Sign, rules: Rules, now: datetime) -> Verdict | None:
    if rules.stay is not None:
        return _stayed(instance, rules.stay, now) if sign.running else None
    if sign.ok and instance.state is InstanceState.JOINING:
        return _verdict(instance, InstanceState.HEALTHY, "instance-joined", f"answers ({sign.detail}) and has traffic")
    if sign.ok and instance.state in {InstanceState.STARTING, InstanceState.UNHEALTHY}:
        return _verdict(instance, InstanceState.HEALTHY, "instance-recovered", f"answers again ({sign.detail})")
    if sign.ok is not False:
        return None
    due = now + timedelta(seconds=rules.patience)
    seen = f"{sign.detail}; {sign.trouble}" if sign.trouble else sign.detail
    if instance.state is InstanceState.HEALTHY and sign.failures >= rules.failures:
        text = f"has failed {sign.failures} probes in a row: {seen}"
        return _verdict(instance, InstanceState.UNHEALTHY, "instance-unhealthy", text, due=due)
    late = timedelta(seconds=rules.start) <= now - (instance.started_at or now)
    if instance.state in {InstanceState.STARTING, InstanceState.JOINING} and late:
        text = f"has not answered since it was started: {seen}"
        return _verdict(instance, InstanceState.UNHEALTHY, "instance-unhealthy", text, due=due)
    return None


def _outgrown(instance: Instance, sign: Sign, rules: Rules, now: datetime) -> Verdict:
    there, most = sign.written / _GIGABYTE, rules.most_written / _GIGABYTE
    text = f"has written {there:.1f} GB, and may write {most:g} GB beside a disk; it is stopped and made anew"
    stopping = _verdict(
        instance, InstanceState.STOPPING, "instance-outgrown", text, due=now + timedelta(seconds=rules.grace)
    )
    return replace(stopping, act=Act.TERM)


def _overdue(instance: Instance, rules: Rules, now: datetime) -> Verdict | None:
    """One that has been unhealthy for too long."""
    if instance.state is not InstanceState.UNHEALTHY or not _due(instance, now):
        return None
    if rules.policy is RestartPolicy.NEVER:
        return None
    due = now + timedelta(seconds=rules.grace)
    return Verdict(replace(instance, state=InstanceState.STOPPING, due_at=due), act=Act.TERM)


def _stayed(instance: Instance, stay: float, now: datetime) -> Verdict | None:
    if instance.started_at is not None and now - instance.started_at < timedelta(seconds=stay):
        return None
    if instance.state is InstanceState.JOINING:
        return _verdict(instance, InstanceState.HEALTHY, "instance-joined", f"has stayed up for {stay:g} s")
    if instance.state is InstanceState.STARTING:
        return _verdict(instance, InstanceState.HEALTHY, "instance-recovered", f"has stayed up for {stay:g} s")
    return None


def _join(instance: Instance, now: datetime) -> Verdict:
    """The timeline has told that it is added."""
    return Verdict(replace(instance, started_at=now), act=Act.START)


def _leaving(instance: Instance, sign: Sign, rules: Rules, now: datetime) -> Verdict | None:
    if sign.running is None:
        return None
    if not sign.running:
        return Verdict(replace(instance, state=InstanceState.REMOVED, due_at=None), act=Act.REMOVE)
    if not _due(instance, now):
        return None
    if instance.state is InstanceState.ENDING:
        return Verdict(instance, act=Act.KILL)
    due = now + timedelta(seconds=rules.grace)
    return Verdict(replace(instance, state=InstanceState.ENDING, due_at=due), act=Act.TERM)


def _not_running(instance: Instance, sign: Sign, rules: Rules, now: datetime) -> Verdict | None:
    if instance.state in _ASLEEP:
        if not _due(instance, now):
            return None
        count = instance.restarts + (instance.state is InstanceState.CRASHED)
        return _start(replace(instance, restarts=count), now)
    if instance.state is InstanceState.STOPPING:
        return _start(instance, now)
    if not sign.exists or sign.interrupted:
        how = how_ended(sign.exit_code, oom_killed=sign.oom_killed)
        text = f"was found stopped after an interruption (it {how})" if sign.exists else "was removed by somebody else"
        return _verdict(
            instance, InstanceState.DOWN, "instance-stopped", f"{text}; it is started again at once", due=now
        )
    return _crashed(instance, sign, rules, now)


def _crashed(instance: Instance, sign: Sign, rules: Rules, now: datetime) -> Verdict:
    ran = (now - instance.started_at).total_seconds() if instance.started_at else restart.STEADY
    before = 0 if ran >= restart.STEADY else instance.restarts
    ending = restart.after(Exit(sign.exit_code, sign.oom_killed, before), rules.policy, rules.restarts)
    due = None if ending.delay is None else now + timedelta(seconds=ending.delay)
    completed = sign.exit_code == 0 and not sign.oom_killed
    # Only what is started again is CRASHED with a time, so that COMPLETED is final until somebody acts.
    state = InstanceState.COMPLETED if completed and due is None else InstanceState.CRASHED
    kind = "instance-completed" if completed else "instance-crashed"
    return _verdict(replace(instance, restarts=before), state, kind, ending.reason, due=due)


def _start(instance: Instance, now: datetime) -> Verdict:
    return replace(_restarted(instance, "was started again", now), act=Act.START)


def _restarted(instance: Instance, text: str, now: datetime) -> Verdict:
    return _verdict(instance, InstanceState.STARTING, "instance-restarted", text, at=now)


def _verdict(
    instance: Instance,
    state: InstanceState,
    kind: str,
    text: str,
    *,
    due: datetime | None = None,
    at: datetime | None = None,
) -> Verdict:
    """A new state; `at` where it is a new process. What a starting instance had before is still why it isn't well."""
    reason = {InstanceState.HEALTHY: "", InstanceState.STARTING: instance.reason}.get(state, text)
    now = replace(instance, state=state, reason=reason, due_at=due, started_at=at or instance.started_at)
    return Verdict(now, kind, f"{called(instance)} {text}")


def _due(instance: Instance, now: datetime) -> bool:
    return instance.due_at is not None and instance.due_at <= now
