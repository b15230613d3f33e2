"""Go modules: built as one program, which then runs without the compiler.

Sources of the rules: go.dev/ref/mod (go.mod, vendoring), go.dev/doc/toolchain.
"""

from __future__ import annotations

import re

from tidegate.plans import procfile, versions
from tidegate.plans.dockerfile import WORKDIR
from tidegate.plans.plan import Final, NoPlan, Plan, Version, Wishes
from tidegate.plans.tree import Tree

LANGUAGE = "Go"
_DEFAULT = Version("1.25", "the default")
#: Images of older releases have no variant of this system; a newer compiler builds their modules just the same.
_OLDEST = "1.21"
_SYSTEM = "bookworm"
_LINE = re.compile(r"^(toolchain\s+go|go\s+)(\d{1,4}(?:\.\d{1,4}){1,2})\s*(?://.*)?$", re.MULTILINE)
_LOCAL = re.compile(r"=>\s*\.{0,2}/")
_COMMAND = re.compile(r"cmd/([\w.-]+)/[\w.-]+\.go")


def claims(tree: Tree) -> str | None:
    """Why this tree is one; None where it isn't."""
    return "`go.mod`" if "go.mod" in tree else None


def plan(tree: Tree, wishes: Wishes) -> Plan:
    if "go.mod" not in tree:
        raise NoPlan("there is no `go.mod` here")
    program = "app" if not tree.has_directory("app") else "app.bin"
    package = "." if wishes.build else _package(tree)
    version = _version(tree)
    start, why = _start(tree, wishes, program)
    local = _LOCAL.search(tree.text("go.mod")) or tree.has_directory("vendor") or "go.sum" not in tree
    early = () if wishes.build or local else ("go.mod", "go.sum")
    place = "" if package == "." else f" {package}"
    return Plan(
        language=LANGUAGE,
        version=version,
        base=f"golang:{version.number}-{_SYSTEM}",
        start=start,
        because=(*(() if wishes.build else (f"package: {package}",)), f"start: {why}"),
        early=early,
        install=("go mod download",) if early else (),
        build=(wishes.build or f"go build -tags netgo -ldflags '-s -w' -o {program}{place}",),
        # `startCommand` may want the compiler (`go run …`). What is left has the layers of Go's own image, so it costs
        # no room beside it.
        final=None if wishes.start else Final(f"buildpack-deps:{_SYSTEM}-scm", ((WORKDIR, WORKDIR),)),
    )


def _package(tree: Tree) -> str:
    """What to build: the root, where it has a program, else the only one below `cmd/`."""
    commands = sorted({found[1] for path in tree.paths if (found := _COMMAND.fullmatch(path))})
    root = any("/" not in path and path.endswith(".go") and not path.endswith("_test.go") for path in tree.paths)
    if "main.go" in tree or (root and not commands):
        return "."
    if len(commands) == 1:
        return f"./cmd/{commands[0]}"
    if commands:
        told = ", ".join(f"`{name}`" for name in commands[:10])
        raise NoPlan(
            f"`cmd/` has several programs ({told}): set `buildCommand`, such as `go build -o app ./cmd/{commands[0]}`"
        )
    raise NoPlan("there is no program beside `go.mod`: add `main.go`, or set `buildCommand` to build one as `./app`")


def _start(tree: Tree, wishes: Wishes, program: str) -> tuple[str, str]:
    if wishes.start:
        return wishes.start, "`startCommand`"
    return procfile.web(tree) or (f"./{program}", "the program that was built")


def _version(tree: Tree) -> Version:
    """`go` names the least that will do, `toolchain` a newer one that its authors use."""
    lines = {kind.split()[0]: number for kind, number in _LINE.findall(tree.text("go.mod"))}
    for name in ("toolchain", "go"):
        if name in lines and versions.at_least(lines[name], _OLDEST):
            return Version(lines[name], f"`{name}` in `go.mod`")
    return _DEFAULT
