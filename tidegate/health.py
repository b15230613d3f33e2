"""When to probe a starting instance, and in what words it fails (SEMANTICS 7)."""

from __future__ import annotations

import signal
from collections.abc import Sequence

_QUICKEST = 0.01
_SLOWEST = 1.0
#: The share of a start that waiting for the next probe may cost.
_SHARE = 0.05
#: A shell's exit code for a process that was ended by signal N is this + N.
_SIGNALED = 128
_KNOWN_CODES = {
    126: "the command was found, but it is not executable",
    127: "the command was not found in the image",
}


def next_delay(elapsed: float, tries: int) -> float:
    """Seconds to wait before the next probe, after `tries` of them and `elapsed` seconds since the container started.

    The first is due at once. Then the wait grows with what has passed, so that noticing success late adds at most 5 %
    to a start: 10 ms within the first 0.2 s, 1 s from 20 s on.
    """
    return 0.0 if tries == 0 else min(_SLOWEST, max(_QUICKEST, elapsed * _SHARE))


def exited(exit_code: int | None, oom_killed: bool) -> str:  # noqa: FBT001 - as the engine reports it
    """Why a container that should serve has ended."""
    return f"the container {how_ended(exit_code, oom_killed)} before it answered"


def how_ended(exit_code: int | None, oom_killed: bool) -> str:  # noqa: FBT001 - as the engine reports it
    """ "exited with code 1", "was killed by SIGKILL", "ran out of memory": a clause to follow a subject."""
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


def start_timed_out(port: int, path: str, detail: str, listening: Sequence[int], timeout: float) -> str:
    """`detail`: what the last probe saw; `listening`: TCP ports open in the container; `timeout` in seconds."""
    elsewhere = [str(each) for each in sorted(set(listening)) if each != port]
    waited = f"start timed out after {_duration(timeout)}"
    if port not in listening and elsewhere:
        return (
            f"{waited}: nothing answers on port {port}; the container listens on {', '.join(elsewhere)}: "
            f"set `port: {elsewhere[0]}` or listen on $PORT"
        )
    hint = (
        "does it listen on 0.0.0.0, not just 127.0.0.1?" if "refused" in detail else "see `healthCheckPath` and the log"
    )
    return f"{waited}: no success from GET {path} on port {port}, last {detail}; {hint}"


def _duration(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"
