"""The steps of a deploy, and how one is brought to stand at each: for as long as a kill needs to strike it there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.gates import Gates
from tests.e2e.apps import Files, pre_deploy, web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for
from tidegate.deployment import Deployment, Step
from tidegate.store import Store, open_store
from worker.router.files import RouterFiles

#: In the order in which a deploy comes by them; verify is what start is called once a port answers, though not well.
STEPS = ("fetch", "build", "pre-deploy", "start", "verify", "switch", "retire")
#: Seconds for a deploy to come to its step.
_PATIENCE = 90.0
#: Long enough that nobody is killed for standing at a gate.
_DELAY = "    maxShutdownDelaySeconds: 120\n"


@dataclass
class Held:
    """A project whose deploys stand at `step` until they are let go. `versions` are its commits, oldest first."""

    step: str
    project: Project
    gates: Gates
    versions: list[str] = field(default_factory=list)

    @property
    def newest(self) -> str:
        return self.versions[-1]

    def begin(self) -> None:
        """With a first version, which nothing holds."""
        self._push(held=False)

    def push(self) -> None:
        if self.step == "fetch":
            path = f"^/{self.project.full_name}(.git)?/git-upload-pack$"
            self.project.world.github.fault("stall", path=path, seconds=600)
        self._push(held=True)

    def await_standing(self) -> None:
        self._wait(self._standing)

    def _push(self, *, held: bool) -> None:
        number = len(self.versions)
        files = _files(self.step, number, self.gates.wait(self._gate(number)), held=held)
        self.versions.append(self.project.push(files, f"Version {number}"))

    def _gate(self, number: int) -> str:
        return f"{self.project.service}/{number}"

    def _standing(self) -> bool:
        if self.step == "fetch":
            faults = self.project.world.github.faults()
            return all(each["times"] == 0 for each in faults if self.project.full_name in each["path"])
        if self.step == "switch":
            return self._asked_store(_switching)
        if self.step == "retire":
            return self._asked_store(_termed)
        return self._gate(len(self.versions) - 1) in self.gates.asked

    def _asked_store(self, question: Callable[[Store, list[Deployment]], bool]) -> bool:
        settings = self.project.world.settings
        with closing(open_store(settings.database_url, settings.secret_keys)) as store:
            return question(store, [row for row in store.deployments.page(None, 100) if row.sha in self.versions])

    def _wait(self, condition: Callable[[], bool]) -> None:
        wait_for(condition, f"a deploy to stand at “{self.step}”", _PATIENCE, self.project.log)


def _switching(store: Store, rows: list[Deployment]) -> bool:
    phases = [phase for row in rows for phase in store.phases.of(row.id)]
    return any(phase.step == Step.SWITCH and phase.ended_at is None for phase in phases)


def _termed(store: Store, rows: list[Deployment]) -> bool:
    retirements = [store.retirements.get(row.id) for row in rows]
    return any(each is not None and each.termed_at is not None for each in retirements)


def _files(step: str, number: int, wait: str, *, held: bool) -> Files:
    extra = pre_deploy(f"trap 'exit 1' TERM; {wait}") if step == "pre-deploy" and held else ""
    if step == "verify":
        extra = "    healthCheckPath: /well\n"
    files = web(f"version {number}", extra=extra + _DELAY)
    start = files["start.sh"] or ""
    if step == "build" and held:
        files["Dockerfile"] = f"{files['Dockerfile']}RUN {wait}\n"
    elif step == "start" and held:
        start = f"trap 'exit 0' TERM\n{wait}\n{start}"
    elif step == "verify":
        start = f"({wait if held else 'true'}; echo well >/www/well) &\n{start}"
    elif step == "retire":
        start = start.replace("trap 'kill $!; exit 0' TERM", f"trap '{wait}; exit 0' TERM")
    return {**files, "start.sh": start}


@contextmanager
def all_standing(held: list[Held]) -> Iterator[ExitStack]:
    """A new version of each is pushed and stands at its step. The router takes no change, so that a switch stands,
    until the given stack is closed or the block ends; what retires got there before."""
    router = held[0].project.world.settings.router
    _stand([each for each in held if each.step == "retire"])
    _stand([each for each in held if each.step not in {"retire", "switch"}])
    with ExitStack() as stack:
        stack.enter_context(RouterFiles(Path(router.directory), router.bind).lock())
        _stand([each for each in held if each.step == "switch"])
        yield stack


def _stand(held: list[Held]) -> None:
    for each in held:
        each.push()
    for each in held:
        each.await_standing()
