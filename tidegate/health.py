"""When to probe a starting instance, and what a look at it means (SEMANTICS 7)."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass

_QUICKEST = 0.01
_SLOWEST = 1.0
#: Seconds that a start may take before it is told what it waits for, and at least between two that are told.
_QUIET, _SELDOM = 5.0, 30.0
#: Seconds between two looks at a container that is to stay up: a crash must not wait for the end of its time.
_GLANCE = 0.2
#: The share of a start that waiting for the next probe may cost.
_SHARE = 0.05
#: A shell's exit code for a process that was ended by signal N is this + N.
_SIGNALED = 128
_KNOWN_CODES = {
    126: "the command was found, but it is not executable",
    127: "the command was not found in the image",
}


@dataclass(frozen=True)
class Look:
    """A look at a starting container: what the engine says (`running`, `exit_code`, `oom_killed`), and one probe (`ok`,
    `detail`), number `tries` from 0, `elapsed` seconds after the start."""

    running: bool
    exit_code: int | None
    oom_killed: bool
    ok: bool
    detail: str
    elapsed: float
    tries: int


@dataclass(frozen=True)
class Healthy:
    """The instance answers: traffic may come."""


@dataclass(frozen=True)
class Starting:
    """Probe again in `delay` seconds."""

    delay: float


@dataclass(frozen=True)
class StartFailed:
    reason: str


@dataclass(frozen=True)
class Told:
    """What was told of a start that takes long: the probe's `detail`, `at` so many seconds after the start."""

    detail: str
    at: float


def worth_telling(detail: str, elapsed: float, last: Told | None) -> bool:
    """Whether to tell how a probe failed, `elapsed` seconds after the start; `last` is what was told before. A start
    that is merely slow is not told of each time, nor is the same told twice."""
    if last is None:
        return elapsed >= _QUIET
    return detail != last.detail and elapsed - last.at >= _SELDOM


def judge_start(
    look: Look, *, port: int, timeout: float, listening: Sequence[int] = ()
) -> Healthy | Starting | StartFailed:
    """`timeout` in seconds. `listening`: TCP ports seen open in the container, for a hint where `port` isn't one."""
    if not look.running:
        return StartFailed(f"the container {how_ended(look.exit_code, oom_killed=look.oom_killed)} before it answered")
    if look.ok:
        return Healthy()
    if look.elapsed >= timeout:
        return StartFailed(_never_answered(look.detail, port, timeout, listening))
    return Starting(next_delay(look.elapsed, look.tries + 1))


def judge_stay(look: Look, *, grace: float) -> Healthy | Starting | StartFailed:
    """Of what has no port to be probed at: it is well once it has stayed up for `grace` seconds."""
    if not look.running:
        how = how_ended(look.exit_code, oom_killed=look.oom_killed)
        return StartFailed(f"the container {how} before it had stayed up for {grace:g} s")
    left = grace - look.elapsed
    return Healthy() if left <= 0 else Starting(min(left, _GLANCE))


def next_delay(elapsed: float, tries: int) -> float:
    """Seconds to wait before the next probe, after `tries` of them and `elapsed` seconds since the container started.

    The first is due at once. Then the wait grows with what has passed, so that noticing success late adds at most 5 %
    to a start: 10 ms within the first 0.2 s, 1 s from 20 s on.
    """
    return 0.0 if tries == 0 else min(_SLOWEST, max(_QUICKEST, elapsed * _SHARE))


def how_ended(exit_code: int | None, *, oom_killed: bool) -> str:
    """A clause to follow the container or the command, such as "exited with code 1"."""
    if oom_killed:
        return "ran out of memory and was killed (set a higher `memory`)"
    if exit_code is None:
        return "ended without an exit code"
    if exit_code in _KNOWN_CODES:
        return f"exited with code {exit_code} ({_KNOWN_CODES[exit_code]})"
    try:
        return f"was killed by {signal.Signals(exit_code - _SIGNALED).name} (exit code {exit_code})"
    except ValueError:
        return f"exited with code {exit_code}"


def _never_answered(detail: str, port: int, timeout: float, listening: Sequence[int]) -> str:
    waited = f"start timed out after {f'{timeout / 60:g} min' if timeout >= 60 else f'{timeout:g} s'}"
    others = sorted(set(listening))
    if others and port not in others:
        seen = " and ".join(str(other) for other in others)
        return (
            f"{waited}: nothing answers on port {port}; the container listens on {seen}: "
            f"set `port: {others[0]}` in the deploy file, or listen on $PORT"
        )
    hint = "listen on 0.0.0.0, not on 127.0.0.1" if "refused" in detail else "see `healthCheckPath` and the log"
    return f"{waited}: no success on port {port}, last: {detail}; {hint}"
