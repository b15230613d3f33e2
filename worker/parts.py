"""Everything a use case works with, handed to it as one value; wiring.py makes it of real parts, the tests of fakes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from tidegate.settings import Settings
from tidegate.store import Store
from worker.courier import Courier
from worker.fleet import Fleet
from worker.gauges import Gauges
from worker.ports import Bell, Caller, Clock, GitHubReads, GitHubReports, LogSink, Prober, Router, Source


@dataclass(frozen=True)
class Parts:
    """`owner` names this process among all workers. `hosts` are the Docker hosts that services run on.
    `open_log` takes a deployment id and the secrets to mask."""

    owner: str
    settings: Settings
    store: Store
    clock: Clock
    bell: Bell
    github: GitHubReads
    reports: GitHubReports
    source: Source
    hosts: Fleet
    prober: Prober
    caller: Caller
    courier: Courier
    router: Router
    gauges: Gauges
    open_log: Callable[[str, Collection[str]], LogSink]
