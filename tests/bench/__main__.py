"""What was promised about speed and size, each measured beside what it is compared with."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable

from tests.bench.again import config_deploy, restart, rollback
from tests.bench.answers import answer_while_deciding
from tests.bench.calls import api_calls, gate_calls
from tests.bench.decisions import decision_calls, decision_time
from tests.bench.deploys import green_to_live, push_to_live, revert
from tests.bench.endings import cancel, crash_back, crash_unrouted
from tests.bench.footprint import memory
from tests.bench.lists import lists
from tests.bench.measurement import Measurement
from tests.bench.receiving import receiving

ALL: dict[str, Callable[[], Measurement]] = {
    "push_to_live": push_to_live,
    "green_to_live": green_to_live,
    "revert": revert,
    "restart": restart,
    "rollback": rollback,
    "config_deploy": config_deploy,
    "cancel": cancel,
    "crash_unrouted": crash_unrouted,
    "crash_back": crash_back,
    "receiver": receiving,
    "memory": memory,
    "api_calls": api_calls,
    "gate_calls": gate_calls,
    "decision_time": decision_time,
    "decision_calls": decision_calls,
    "answer_while_deciding": answer_while_deciding,
    "lists": lists,
}


def main() -> int:
    """1 where a limit is missed."""
    parser = argparse.ArgumentParser("script/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[[], *ALL], help=f"of {', '.join(ALL)}")
    parser.add_argument("--json", action="store_true", help="one object: name → ratio, limit, unit, runs, compared")
    told = parser.parse_args()
    seen: dict[str, Measurement] = {}
    for name in told.names or ALL:
        with contextlib.redirect_stdout(sys.stderr):  # what the processes say
            seen[name] = ALL[name]()
        if not told.json:
            print(seen[name].line(), flush=True)
    if told.json:
        print(json.dumps({name: measured.as_json() for name, measured in seen.items()}, indent=2))
    return 0 if all(measured.holds for measured in seen.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
