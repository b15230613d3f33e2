"""Services of a compose file: those that it builds. What it only runs (databases, above all) is not deployed.

Source of the fields: the Compose specification (compose-spec.io).
"""

from __future__ import annotations

import posixpath
import re
import shlex

from pydantic_core import PydanticCustomError

from tidegate.blueprint import rules
from tidegate.blueprint.nodes import Data, read
from tidegate.blueprint.problem import BlueprintError
from tidegate.dockerfile import instructions
from tidegate.plans import Tree
from tidegate.proposal.found import Found

FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")

_PORT = re.compile(r"(?:.*:)?(\d{1,5})(?:/tcp)?")
_VARIABLE = re.compile(r"(?!PORT$|TIDEGATE_)[A-Za-z_][A-Za-z0-9_]*")
_SECRET = re.compile(r"PASS|SECRET|TOKEN|KEY|CREDENTIAL|_URL$|_URI$|_DSN$|_HOST$", re.IGNORECASE)


def services(tree: Tree) -> tuple[list[Found], tuple[str, ...]]:
    """(what it builds, what is to be known of the rest)."""
    file = tree.first(*FILES)
    told = _services(tree.text(file)) if file else {}
    found = [_found(tree, file or "", name, each) for name, each in told.items() if _directory(each) is not None]
    others = [name for name, each in told.items() if "build" not in each]
    if not found or not others:
        return found, ()
    names = ", ".join(f"`{name}`" for name in others)
    return found, (f"`{file}` runs {names} besides, which nothing here deploys: run that yourself",)


def _services(text: str) -> dict[str, dict[str, Data]]:
    try:
        data = read(text).data
    except BlueprintError:
        return {}
    found = data.get("services") if isinstance(data, dict) else None
    told = found if isinstance(found, dict) else {}
    return {name: each for name, each in told.items() if isinstance(each, dict)}


def _directory(service: dict[str, Data]) -> str | None:
    """Of its build, "" for the root; None where there is none in this tree."""
    build = service.get("build")
    context = build.get("context", ".") if isinstance(build, dict) else build
    if not isinstance(context, str) or "$" in context or ":" in context or context.startswith("/"):
        return None
    normal = posixpath.normpath(context or ".")
    return None if normal.startswith("..") else "" if normal == "." else normal


def _found(tree: Tree, file: str, name: str, service: dict[str, Data]) -> Found:
    build, directory = service.get("build"), _directory(service)
    dockerfile = build.get("dockerfile") if isinstance(build, dict) else None
    path = posixpath.normpath(dockerfile) if isinstance(dockerfile, str) and dockerfile else "Dockerfile"
    fields: dict[str, Data] = {"runtime": "docker"}
    if directory:
        fields["rootDir"] = directory
    if path != "Dockerfile" and not path.startswith(("..", "/")):
        fields["dockerfilePath"] = path
    because: tuple[str, ...] = (f"`{name}` in `{file}`",)
    published = _port(service.get("ports"))
    opened = _port(service.get("expose"))
    if published:
        fields["port"] = published
    elif opened:
        fields |= {"type": "private", "port": opened}
        because += ("it has no `ports`, so nothing reaches it from outside",)
    else:
        fields["type"] = "worker"
        because += ("it has neither `ports` nor `expose`; write `type: private` and its `port` if others reach it",)
    command = _command(service.get("command"))
    if command:
        fields["dockerCommand"] = command
        because += _entry(tree, posixpath.join(directory or "", path))
    elif service.get("command"):
        because += ("its `command` can't be had over as it is; write it as `dockerCommand`",)
    variables = _variables(service.get("environment"))
    if variables:
        fields["envVars"] = variables
    return Found(name, fields, because)


def _command(told: Data) -> str | None:
    """Without a shell, there as here; None where there is none, or where only Compose could make it up."""
    words = [each for each in told if isinstance(each, str)] if isinstance(told, list) else None
    text = shlex.join(words) if words is not None else told
    if not isinstance(text, str) or "$" in text:
        return None
    try:
        return rules.command(text)
    except PydanticCustomError:
        return None


def _entry(tree: Tree, dockerfile: str) -> tuple[str, ...]:
    """A `dockerCommand` stands for all of what is run, a `command` of Compose not for the ENTRYPOINT."""
    entries = [each for each in instructions(tree.text(dockerfile)) if each.text.upper().startswith("ENTRYPOINT")]
    return (f"`dockerCommand` is run without the ENTRYPOINT of `{dockerfile}`: put that in front",) if entries else ()


def _port(listed: Data) -> str | None:
    """Inside of the container, of the first that is told."""
    for each in listed if isinstance(listed, list) else []:
        text = each.get("target") if isinstance(each, dict) else each
        found = _PORT.fullmatch(text) if isinstance(text, str) else None
        if found and 0 < int(found[1]) <= 65535:
            return str(int(found[1]))
    return None


def _variables(environment: Data) -> list[Data]:
    """Plain values as they are; what may be secret, or is another's address, is set on the server."""
    pairs: list[tuple[str, Data]] = []
    if isinstance(environment, dict):
        pairs = list(environment.items())
    for each in environment if isinstance(environment, list) else []:
        name, _, text = each.partition("=") if isinstance(each, str) else ("", "", "")
        pairs.append((name, text))
    told: dict[str, Data] = {}
    for name, value in pairs:
        if _VARIABLE.fullmatch(name):
            plain = isinstance(value, str) and value != "" and "$" not in value and not _SECRET.search(name)
            told.setdefault(name, {"key": name, "value": value} if plain else {"key": name, "sync": "false"})
    return list(told.values())
