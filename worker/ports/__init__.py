"""What the use cases need of the outside world. Each contract is judged on the fake and on the real part alike.

Errors, for every port: `Unavailable` means "try again later, nothing is known to have happened" (the caller
reschedules); `Refused` means that trying again won't help, and carries a sentence for the user. Adapters never retry by
themselves and never let a library's own exception out. Unless said otherwise calls are idempotent.
"""

from worker.ports.bell import Bell
from worker.ports.build import BuildFailed, BuildOrder
from worker.ports.caller import Caller
from worker.ports.clock import Clock
from worker.ports.engine import Container, Engine
from worker.ports.errors import Away, Refused, Unavailable, in_detail
from worker.ports.githubreads import GitHubReads, Sent
from worker.ports.githubreports import Annotation, CheckOutput, DeploymentState, GitHubReports
from worker.ports.logsink import LogSink
from worker.ports.longcall import Canceled, OnLine, Stop
from worker.ports.prober import Prober, Reading
from worker.ports.router import Router
from worker.ports.source import Source

__all__ = [
    "Annotation",
    "Away",
    "Bell",
    "BuildFailed",
    "BuildOrder",
    "Caller",
    "Canceled",
    "CheckOutput",
    "Clock",
    "Container",
    "DeploymentState",
    "Engine",
    "GitHubReads",
    "GitHubReports",
    "LogSink",
    "OnLine",
    "Prober",
    "Reading",
    "Refused",
    "Router",
    "Sent",
    "Source",
    "Stop",
    "Unavailable",
    "in_detail",
]
