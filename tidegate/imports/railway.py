"""Railway's config as code, `railway.json` or `railway.toml`: how one service is built and run.

Source of the fields: Railway's config-as-code reference.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tidegate.blueprint.nodes import Data, Document, Path, read
from tidegate.blueprint.problem import BlueprintError
from tidegate.buildtool import BuildTool
from tidegate.imports.imported import Draft, Imported, NotRead

_SERVICE: Path = ("services", 0)
_SECTION = re.compile(r"\s*\[\s*([\w.\"'-]+)\s*\]")
_KEY = re.compile(r"\s*([\w\"'-]+)\s*=")

#: Section and field → ours, where the meaning is the same.
_SAME = {
    ("build", "dockerfilePath"): "dockerfilePath",
    ("deploy", "healthcheckPath"): "healthCheckPath",
    ("deploy", "drainingSeconds"): "maxShutdownDelaySeconds",
}
_PLANNED = "How it is built is detected from the tree; `tidegate plan` shows it."
#: What has no counterpart: what to do instead.
_INSTEAD = {
    "nixpacksConfigPath": _PLANNED,
    "nixpacksPlan": _PLANNED,
    "nixpacksVersion": _PLANNED,
    "railpackVersion": _PLANNED,
    "healthcheckTimeout": "The server's `TIDEGATE_START_TIMEOUT` says how long an instance may take to start.",
    "overlapSeconds": "The server's `TIDEGATE_OVERLAP_SECONDS` says how long the old version runs beside the new one.",
    "restartPolicyMaxRetries": "The server's `TIDEGATE_RESTART_LIMIT` counts.",
    "sleepApplication": "What is deployed runs all the time.",
    "region": "Regions are those of your Docker hosts: `regions: […]`.",
}
#: Railway's own machinery, which says nothing about the service.
_INTERNAL = frozenset({"$schema", "buildEnvironment", "runtime", "useLegacyStacker"})


def convert(file: str, text: str, name: str) -> Imported:
    """`name` of the service, which the file doesn't have. Raises NotRead."""
    read_it = _toml if file.endswith(".toml") else _json
    data, lines = read_it(text)
    conversion = _Conversion(data, lines, Draft(Document({"services": [{"name": name}]})))
    conversion.all()
    return conversion.draft.finished(file)


@dataclass
class _Conversion:
    """`lines` of the fields of `data`, by their path."""

    data: dict[str, Any]
    lines: dict[Path, int]
    draft: Draft

    def all(self) -> None:
        build, deploy = self._section("build"), self._section("deploy")
        for name in self.data.keys() - {"build", "deploy"} - _INTERNAL:
            instead = "Write what it changes by hand." if name == "environments" else ""
            self._note((name,), f"`{name}` is left out.", instead)
        for (section, name), ours in _SAME.items():
            self._take((section, name), ours)
        special: dict[Path, Callable[[Any], None]] = {
            ("build", "builder"): self._builder,
            ("build", "watchPatterns"): self._watched,
            ("build", "buildCommand"): self._build_command,
            ("deploy", "startCommand"): self._start_command,
            ("deploy", "preDeployCommand"): self._pre_deploy,
            ("deploy", "restartPolicyType"): self._restarted,
            ("deploy", "numReplicas"): self._replicas,
            ("deploy", "cronSchedule"): self._cron,
            ("deploy", "multiRegionConfig"): self._regions,
            ("deploy", "requiredMountPath"): self._disk,
            ("deploy", "limitOverride"): self._limits,
        }
        for path, convert_it in special.items():
            value = (build if path[0] == "build" else deploy).get(str(path[1]))
            if value not in (None, ""):
                convert_it(value)
        self._rest(build, "build", {*_SAME, *special})
        self._rest(deploy, "deploy", {*_SAME, *special})
        if "healthcheckPath" not in deploy and "cronSchedule" not in deploy:
            told = "Without a `healthcheckPath` Railway asks nothing; here `/` must answer with 2xx or 3xx."
            self._note(("deploy",), told, "Set `healthCheckPath`, or `type: worker` where it doesn't listen.")

    def _section(self, name: str) -> dict[str, Any]:
        found = self.data.get(name)
        return found if isinstance(found, dict) else {}

    def _note(self, path: Path, message: str, instead: str = "") -> None:
        self.draft.document.keys[path] = (self._line(path), 1)
        self.draft.note(path, message, instead)

    def _line(self, path: Path) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def _set(self, name: str, value: Data, source: Path) -> None:
        """`name` of our service, which the field at `source` is the reason for."""
        service = self.draft.get(_SERVICE)
        assert isinstance(service, dict)
        service[name] = value
        place = (self._line(source), 1)
        self.draft.document.keys[*_SERVICE, name] = self.draft.document.at[*_SERVICE, name] = place

    def _take(self, path: Path, ours: str) -> None:
        value = self._section(str(path[0])).get(str(path[1]))
        if value not in (None, ""):
            self._set(ours, str(value), path)

    def _builder(self, value: object) -> None:
        tool = str(value).lower()
        if tool == "dockerfile":
            self._set("runtime", "docker", ("build", "builder"))
        elif tool in {*BuildTool}:
            told = f"Where {tool} is installed beside the workers, `builder: {tool}` builds as Railway does."
            self._note(("build", "builder"), "It is built by a plan that is detected from the tree.", told)

    def _watched(self, value: object) -> None:
        """In the manner of .gitignore, from the repository's root."""
        patterns = [str(each) for each in value] if isinstance(value, list) else [str(value)]
        wanted = [_glob(each) for each in patterns if not each.startswith("!")]
        ignored = [_glob(each[1:]) for each in patterns if each.startswith("!")]
        told: dict[str, Data] = {}
        if wanted:
            told["paths"] = list(wanted)
        if ignored:
            told["ignoredPaths"] = list(ignored)
        self._set("buildFilter", told, ("build", "watchPatterns"))

    def _build_command(self, value: object) -> None:
        if self._docker():
            self._note(("build", "buildCommand"), "`buildCommand` has no part in a Dockerfile.", "Do it in there.")
            return
        self._set("buildCommand", str(value), ("build", "buildCommand"))
        told = "Here `buildCommand` stands for the installation of packages, too."
        self._note(("build", "buildCommand"), told, "Put that in front of it, as in `npm ci && npm run build`.")

    def _start_command(self, value: object) -> None:
        """Where there is a Dockerfile it is run without a shell, there as here."""
        self._set("dockerCommand" if self._docker() else "startCommand", str(value), ("deploy", "startCommand"))

    def _docker(self) -> bool:
        build = self._section("build")
        return str(build.get("builder")).upper() == "DOCKERFILE" or bool(build.get("dockerfilePath"))

    def _pre_deploy(self, value: object) -> None:
        commands = [str(each) for each in value] if isinstance(value, list) else [str(value)]
        self._set("preDeployCommand", " && ".join(commands), ("deploy", "preDeployCommand"))

    def _restarted(self, value: object) -> None:
        self._set("restartPolicy", str(value).upper(), ("deploy", "restartPolicyType"))

    def _replicas(self, value: object) -> None:
        if value != 1:
            self._set("numInstances", str(value), ("deploy", "numReplicas"))

    def _cron(self, value: object) -> None:
        self._set("type", "cron", ("deploy", "cronSchedule"))
        self._set("schedule", str(value), ("deploy", "cronSchedule"))

    def _regions(self, value: object) -> None:
        path = ("deploy", "multiRegionConfig")
        regions = [each for each in value.values() if isinstance(each, dict)] if isinstance(value, dict) else []
        count = sum(each["numReplicas"] for each in regions if isinstance(each.get("numReplicas"), int))
        if count:
            self._set("numInstances", str(count), path)
        self._note(path, "Its regions are Railway's.", _INSTEAD["region"])

    def _disk(self, value: object) -> None:
        disk: dict[str, Data] = {"name": "data", "mountPath": str(value)}
        self._set("disk", disk, ("deploy", "requiredMountPath"))

    def _limits(self, value: object) -> None:
        limits = value.get("containers") if isinstance(value, dict) else None
        path = ("deploy", "limitOverride")
        if isinstance(limits, dict) and isinstance(limits.get("memoryBytes"), int):
            self._set("memory", str(limits["memoryBytes"]), path)
        if isinstance(limits, dict) and isinstance(limits.get("cpu"), int | float):
            self._set("cpus", str(limits["cpu"]), path)

    def _rest(self, section: dict[str, Any], name: str, done: set[Path]) -> None:
        for field, value in section.items():
            if (name, field) in done or field in _INTERNAL or value in (None, False):
                continue
            self._note((name, field), f"`{field}` has no counterpart.", _INSTEAD.get(field, ""))


def _glob(pattern: str) -> str:
    """Of a file at any depth, where the pattern names no directory."""
    anchored = pattern.lstrip("/") if "/" in pattern.rstrip("/") else f"**/{pattern}"
    return f"{anchored}**" if anchored.endswith("/") else anchored


def _json(text: str) -> tuple[dict[str, Any], dict[Path, int]]:
    """JSON is YAML but for its tabs, so its lines come from the same reader; its values keep their types here."""
    try:
        data = json.loads(text)
        document = read(text.replace("\t", " "))
    except ValueError as error:
        raise NotRead(f"it is not JSON: {error}") from None
    except BlueprintError as error:
        raise NotRead(str(error)) from None
    if not isinstance(data, dict):
        raise NotRead("it is no object of fields")
    return data, {path: place[0] for path, place in document.keys.items()}


def _toml(text: str) -> tuple[dict[str, Any], dict[Path, int]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotRead(f"it is not TOML: {error}") from None
    lines: dict[Path, int] = {}
    section: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if head := _SECTION.match(line):
            section = tuple(part.strip("\"'") for part in head[1].split("."))
            lines.setdefault(section, number)
        elif key := _KEY.match(line):
            lines.setdefault((*section, key[1].strip("\"'")), number)
    return data, lines
