"""A bell whose rings are kept, so that a test decides when they are answered, or loses them."""

from __future__ import annotations

from collections.abc import Callable

Ring = tuple[str, *tuple[object, ...]]


class FakeBell:
    """Rings of the same kind and arguments that are not answered yet are one."""

    def __init__(self) -> None:
        self.rings: list[Ring] = []

    def drain(self) -> None:
        self._ring("drain")

    def consider(self, repository_id: int, sha: str) -> None:
        self._ring("consider", repository_id, sha)

    def deploy(self, deployment_id: str) -> None:
        self._ring("deploy", deployment_id)

    def build_ahead(self, deployment_id: str) -> None:
        self._ring("build_ahead", deployment_id)

    def report(self) -> None:
        self._ring("report")

    def send(self) -> None:
        self._ring("send")

    def catch_up(self) -> None:
        self._ring("catch_up")

    def poll(self) -> None:
        self._ring("poll")

    def clean(self) -> None:
        self._ring("clean")

    def heard(self, job: str) -> None:
        """A real bell forgets the ring here; this one did when it handed it over."""

    def lose_all(self) -> None:
        self.rings.clear()

    def answer(self, jobs: dict[str, Callable[..., object]], limit: int = 500) -> None:
        """Runs the rung jobs in order, with what they ring for in turn, until it is quiet."""
        for _ in range(limit):
            if not self.rings:
                return
            name, *arguments = self.rings.pop(0)
            jobs[name](*arguments)
        raise AssertionError(f"the bell never falls silent: {self.rings[:5]}")

    def _ring(self, *ring: object) -> None:
        name, *rest = ring
        entry: Ring = (str(name), *rest)
        if entry not in self.rings:
            self.rings.append(entry)
