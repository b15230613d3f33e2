"""What a commit's deploy file says, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from tidegate import blueprint
from tidegate.blueprint import Blueprint, BlueprintError, Problem
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Finding


@dataclass(frozen=True)
class DeployFile:
    """`blueprint` None and no findings: there is no deploy file. With findings it is there and broken."""

    blueprint: Blueprint | None
    findings: tuple[Finding, ...] = ()

    def service(self, name: str) -> Definition | None:
        services = self.blueprint.services if self.blueprint else ()
        return next((service for service in services if service.name == name), None)


def read(text: str | None) -> DeployFile:
    """Reads the file's text (None: no such file)."""
    if text is None:
        return DeployFile(None)
    try:
        return DeployFile(blueprint.parse(text))
    except BlueprintError as error:
        return DeployFile(None, tuple(map(_finding, error.problems)))


def _finding(problem: Problem) -> Finding:
    return Finding(blueprint.FILE_NAME, problem.line, problem.path or blueprint.FILE_NAME, problem.told)
