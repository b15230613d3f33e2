"""Fifty services in one repository: a push costs GitHub one compare, and its checks one reading a look."""

from __future__ import annotations

from tests.worker.house import DOCKERFILE, House
from tidegate.deployment import Status

COUNT = 50


def test_a_push_that_concerns_one_is_decided_on_one_compare_and_told_of_that_one(house: House) -> None:
    services = "".join(
        f"  - name: s{n}\n    type: web\n    rootDir: s{n}\n    autoDeployTrigger: checksPass\n" for n in range(COUNT)
    )
    files = {"tidegate.yml": f"services:\n{services}", **{f"s{n}/Dockerfile": DOCKERFILE for n in range(COUNT)}}
    repository = house.repository()
    first = house.push(repository, files)
    house.conclude(repository, first)
    house.watch(10, every=5)
    assert {house.status(repository, first, f"s{n}") for n in range(COUNT)} == {Status.LIVE}
    assert house.github.calls["checks"] <= 3

    for turn in range(2):
        house.github.calls.clear()
        sha = house.push(repository, {"s7/page": f"{turn}"})
        assert house.github.calls["changes"] == 1, "those that it doesn't concern share a base, however often"
        house.conclude(repository, sha)
        house.watch(10, every=5)
        assert house.github.calls["checks"] <= 3
        assert house.serving("s7") == sha
        skipped = {house.status(repository, sha, f"s{n}") for n in range(COUNT) if n != 7}
        assert skipped == {Status.SKIPPED}
        told = [run.output.name for run in house.github.check_runs.values() if run.output.sha == sha]
        assert told == ["tidegate / s7"], "GitHub takes 500 writes an hour"
