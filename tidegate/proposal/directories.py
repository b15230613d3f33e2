"""Services by directory: the repository as a whole, or its packages where it is several in one."""

from __future__ import annotations

import posixpath
import re

from tidegate import plans
from tidegate.blueprint.nodes import Data
from tidegate.plans import NoPlan, Tree, Wishes, procfile
from tidegate.plans.tree import string, strings, table
from tidegate.proposal import dockerfiles, sites
from tidegate.proposal.found import Found

#: Directories in which a Dockerfile or a package is no service of its own.
_PASSED_BY = frozenset(
    {"vendor", "test", "tests", "e2e", "example", "examples", "docs", "scripts", "script", "tools", "build", "dist"}
)
#: Where people keep several; there any language counts, elsewhere it has to be right below the root.
_HOLDERS = frozenset({"apps", "services", "packages", "backend", "frontend"})
_DEEPEST = 2
#: Of which a directory may well hold what is no service, and says nothing about that.
_LIBRARIES = frozenset({None, "node", "go", "rust", "static"})
#: Builds and starts one package of a workspace, from the root, by package manager: `{at}` is where it is.
_WORKSPACE = {
    "npm": ("npm run build --workspace={at} --if-present", "npm run start --workspace={at}"),
    "pnpm": ("pnpm --filter ./{at}... run --if-present build", "pnpm --filter ./{at} run start"),
    "yarn": ("yarn workspace {name} run build", "yarn workspace {name} run start"),
    "bun": ("bun run --filter ./{at} build", "bun run --filter ./{at} start"),
}
_SAFE = re.compile(r"[\w@./-]+")


def whole(tree: Tree, name: str) -> list[Found]:
    """Of the root: one, or one for each process of its Procfile. [] where it has neither Dockerfile nor plan."""
    if "Dockerfile" in tree:
        fields, because = dockerfiles.fields(tree, "Dockerfile")
        return [Found(name, fields, because)]
    runtime = _runtime(tree)
    processes = procfile.processes(tree)
    if runtime not in {None, "static"} and len(processes.keys() - {"release"}) > 0:
        return _processes(processes, name, runtime or "")
    planned = _planned(tree)
    return [Found(name, *planned)] if planned else []


def below(tree: Tree) -> tuple[list[Found], tuple[str, ...]]:
    """Of directories, none within another that is one; and why others, that seem to be services, are none."""
    workspace = _workspace(tree)
    found: dict[str, Found] = {}
    notes: list[str] = []
    for directory in _directories(tree):
        if any(directory.startswith(f"{other}/") for other in found):
            continue
        inner = within(tree, directory)
        if "Dockerfile" in inner:
            fields, because = dockerfiles.fields(tree, f"{directory}/Dockerfile")
            found[directory] = Found(posixpath.basename(directory), {"rootDir": directory, **fields}, because)
        elif workspace and "package.json" in inner:
            package = _package(tree, inner, directory)
            if package:
                found[directory] = package
        elif directory.count("/") == 0 or directory.split("/")[0] in _HOLDERS:
            planned = _planned(inner)
            if planned:
                fields, because = planned
                told = tuple(f"`{directory}`: {each}" for each in because)
                found[directory] = Found(posixpath.basename(directory), {"rootDir": directory, **fields}, told)
            elif _runtime(inner) not in _LIBRARIES:
                notes.append(f"`{directory}` is left out: {why_none(inner)}")
    return list(found.values()), tuple(notes)


def within(tree: Tree, directory: str) -> Tree:
    """The tree below it, as a build there sees it."""
    start = f"{directory}/"
    paths = frozenset(path.removeprefix(start) for path in tree.paths if path.startswith(start))
    texts = {path.removeprefix(start): text for path, text in tree.texts.items() if path.startswith(start)}
    return Tree(paths, texts)


def _directories(tree: Tree) -> list[str]:
    """The upper ones first."""
    found: set[str] = set()
    for path in tree.paths:
        parts = path.split("/")[:-1]
        if not any(part in _PASSED_BY or part.startswith(".") for part in parts[:_DEEPEST]):
            found |= {"/".join(parts[:depth]) for depth in range(1, min(len(parts), _DEEPEST) + 1)}
    return sorted(found, key=lambda path: (path.count("/"), path))


def _runtime(tree: Tree) -> str | None:
    try:
        return plans.runtime(tree)
    except NoPlan:
        return None


def _planned(tree: Tree) -> tuple[dict[str, Data], tuple[str, ...]] | None:
    """(fields, why) where a plan builds and starts it."""
    site = sites.built(tree)
    if site:
        return site
    try:
        plan = plans.plan(tree, Wishes())
    except NoPlan:
        return None
    runtime = _runtime(tree)
    if runtime == "static":
        return {"type": "static"}, (f"files that are served as they are ({plan.because[-1]})",)
    return {"runtime": runtime}, (f"it is {plan.language} ({plan.because[-1]})" if plan.because else plan.language,)


def why_none(tree: Tree) -> str:
    """Of a tree without a plan: why, and what to add."""
    try:
        plans.plan(tree, Wishes())
    except NoPlan as none:
        return none.reason
    return ""


def _processes(processes: dict[str, str], name: str, runtime: str) -> list[Found]:
    """`release` runs before the others are replaced."""
    found: list[Found] = []
    for process, command in processes.items():
        if process == "release":
            continue
        fields: dict[str, Data] = {"runtime": runtime, "startCommand": command}
        if process == "web" or len(processes) == 1:
            release = {"preDeployCommand": processes["release"]} if "release" in processes else {}
            found.insert(0, Found(name, {**fields, **release}, (f"`{process}` in `Procfile`",)))
        else:
            found.append(Found(f"{name}-{process}", {"type": "worker", **fields}, (f"`{process}` in `Procfile`",)))
    return found


def _workspace(tree: Tree) -> bool:
    """Packages of one install, which has to be done at the root."""
    try:
        return "pnpm-workspace.yaml" in tree or "workspaces" in tree.json("package.json")
    except NoPlan:
        return False


def _package(tree: Tree, inner: Tree, directory: str) -> Found | None:
    """Of a workspace, where it has something to start: built from the root, on changes of it and of what is shared."""
    try:
        package = inner.json("package.json")
        plan = plans.plan(tree, Wishes(runtime="node", start="true"))
    except NoPlan:
        return None
    scripts, name = table(package, "scripts"), string(package, "name")
    install = plan.install[0]
    manager = install.split()[0]
    if not string(scripts, "start") or not _SAFE.fullmatch(directory) or not _SAFE.fullmatch(name or "x"):
        return None
    build, start = (each.format(at=directory, name=name or directory) for each in _WORKSPACE[manager])
    steps = [install, *([build] if string(scripts, "build") else [])]
    fields: dict[str, Data] = {
        "runtime": "node",
        "buildCommand": " && ".join(steps),
        "startCommand": start,
        "buildFilter": {"paths": [f"{directory}/**", *_shared(tree)]},
    }
    return Found(posixpath.basename(directory), fields, (f"`start` in `{directory}/package.json`, of a workspace",))


def _shared(tree: Tree) -> list[str]:
    """What other packages may be, and what the root says of all."""
    told = strings(tree.json("package.json"), "workspaces")
    holders = sorted(
        {each.split("/")[0] for each in told if _SAFE.fullmatch(each.split("/")[0])} - {"apps", "services"}
    )
    libraries = holders or (["packages"] if tree.has_directory("packages") else [])
    return [f"{each}/**" for each in libraries] + [path for path in sorted(tree.paths) if path in _AT_THE_ROOT]


_AT_THE_ROOT = frozenset(
    {"package.json", "package-lock.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", "yarn.lock", "bun.lock", "bun.lockb"}
)
