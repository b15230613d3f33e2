"""Node.js with npm, pnpm or Yarn, and Bun: `package.json`, and the lock file beside it.

Sources of the rules: npm (package.json, npm ci), pnpm.io (lockfile, workspaces), yarnpkg.com (yarnPath),
bun.sh (lockfile), nodejs.org (release lines, Corepack).
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any

from tidegate.plans import procfile, versions
from tidegate.plans.plan import NoPlan, Plan, Version, Wishes
from tidegate.plans.tree import Tree, string, table

LANGUAGE = "Node"
#: Long-term support first; what a range allows is taken in this order.
_KNOWN = ("24", "22", "20", "18", "16", "14")
_DEFAULT = Version(_KNOWN[0], "the default")
_NICKNAMES = {"krypton": "24", "jod": "22", "iron": "20", "hydrogen": "18", "gallium": "16", "fermium": "14"}

_LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
}
_PACKAGE_MANAGER = re.compile(r"(npm|pnpm|yarn|bun)@(\d{1,4}\.\d{1,4}\.\d{1,4})(?:[-+].*)?")
_LOCKFILE_VERSION = re.compile(r"^lockfileVersion:\s*['\"]?(\d+)", re.MULTILINE)
#: The pnpm that writes each version of its lock file.
_PNPM = {"5": "7", "6": "8", "9": "10"}
_ENTRIES = ("server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs", "index.ts")
#: Scripts that an install runs, which may need more than the lists of packages.
_AT_INSTALL = ("preinstall", "install", "postinstall", "prepare", "prepublish")
_DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies")
_LOCAL = ("file:", "link:", "portal:", "patch:", "workspace:", ".", "/")


@dataclass(frozen=True)
class _Manager:
    name: str
    number: str | None
    lock: str | None
    reason: str


def claims(tree: Tree) -> str | None:
    """Why this tree is one; None where it isn't."""
    return "`package.json`" if "package.json" in tree else None


def plan(tree: Tree, wishes: Wishes) -> Plan:
    if "package.json" not in tree:
        raise NoPlan("there is no `package.json` here")
    package = tree.json("package.json")
    manager = _manager(tree, package)
    start, why = _start(tree, package, manager, wishes)
    version = _bun(tree, manager) if manager.name == "bun" else _node(tree, package)
    early = () if wishes.build else _early(tree, package, manager)
    return Plan(
        language="Bun" if manager.name == "bun" else LANGUAGE,
        version=version,
        base=f"oven/bun:{version.number}" if manager.name == "bun" else f"node:{version.number}",
        start=start,
        because=(f"{manager.name}: {manager.reason}", f"start: {why}"),
        tools=_tools(tree, manager),
        early=early,
        install=(wishes.build or _install(tree, manager),),
        build=(f"{manager.name} run build",) if not wishes.build and string(table(package, "scripts"), "build") else (),
        running=(("NODE_ENV", "production"),),
    )


def _manager(tree: Tree, package: dict[str, Any]) -> _Manager:
    lock = tree.first(*_LOCKS)
    told = _PACKAGE_MANAGER.fullmatch(string(package, "packageManager"))
    if told:
        own = next((name for name, manager in _LOCKS.items() if manager == told[1] and name in tree), None)
        return _Manager(told[1], told[2], own, "`packageManager` in `package.json`")
    if lock is None:
        return _Manager("npm", None, None, "no lock file says else")
    number = None
    if lock == "pnpm-lock.yaml":
        found = _LOCKFILE_VERSION.search(tree.text(lock)[:1000])
        number = _PNPM.get(found[1] if found else "", _PNPM["9"])
    return _Manager(_LOCKS[lock], number, lock, f"`{lock}`")


def _berry(tree: Tree) -> bool:
    """Yarn 2 and newer."""
    return "__metadata:" in tree.text("yarn.lock")[:1000] or ".yarnrc.yml" in tree


def _tools(tree: Tree, manager: _Manager) -> tuple[str, ...]:
    """npm and Yarn 1 are in Node's image."""
    if manager.name == "pnpm":
        return (f"npm install --global pnpm@{manager.number or _PNPM['9']}",)
    if manager.name == "npm" and manager.number:
        return (f"npm install --global npm@{manager.number}",)
    if manager.name != "yarn" or tree.has_directory(".yarn/releases"):
        return ()
    if (manager.number or "").startswith("1."):
        return ()
    if not manager.number and not _berry(tree):
        return ()
    enable = "npm install --global --force corepack && corepack enable"
    return (enable, *(() if manager.number else ("corepack install --global yarn@4",)))


def _install(tree: Tree, manager: _Manager) -> str:
    """Exactly what the lock file says, where there is one. Development's packages are needed to build."""
    if manager.name == "npm":
        return "npm ci" if manager.lock else "npm install"
    if manager.lock is None:
        return f"{manager.name} install"
    frozen = "--immutable" if manager.name == "yarn" and _berry(tree) else "--frozen-lockfile"
    return f"{manager.name} install {frozen}"


def _early(tree: Tree, package: dict[str, Any], manager: _Manager) -> tuple[str, ...]:
    """What the install needs, if that can be told: then it is done again only when its packages change."""
    scripts = table(package, "scripts")
    specs = [spec for kind in _DEPENDENCIES for spec in table(package, kind).values()]
    whole = (
        any(name in scripts for name in _AT_INSTALL)
        or any(name in package for name in ("workspaces", "patchedDependencies", "overrides", "resolutions", "pnpm"))
        or any(name in tree for name in ("pnpm-workspace.yaml", ".yarnrc.yml", ".pnpmfile.cjs", "bunfig.toml"))
        or any(not isinstance(spec, str) or spec.startswith(_LOCAL) for spec in specs)
    )
    if whole or manager.lock is None:
        return ()
    return ("package.json", manager.lock, *(name for name in (".npmrc", ".yarnrc") if name in tree))


def _start(tree: Tree, package: dict[str, Any], manager: _Manager, wishes: Wishes) -> tuple[str, str]:
    if wishes.start:
        return wishes.start, "`startCommand`"
    told = procfile.web(tree)
    if told:
        return told
    if string(table(package, "scripts"), "start"):
        return ("bun run start" if manager.name == "bun" else f"{manager.name} start"), "`start` in `package.json`"
    runner = "bun" if manager.name == "bun" else "node"
    main = string(package, "main").removeprefix("./")
    if main and tree.first(main, f"{main}.js", f"{main}/index.js"):
        return f"{runner} {shlex.quote(main)}", "`main` in `package.json`"
    entry = tree.first(*(name for name in _ENTRIES if runner == "bun" or not name.endswith(".ts")))
    if entry:
        return f"{runner} {entry}", f"`{entry}`"
    raise NoPlan(
        "`package.json` doesn't say what to start: add a script `start`, such as "
        + json.dumps({"start": "node server.js"})
        + ", or set `startCommand`"
    )


def _node(tree: Tree, package: dict[str, Any]) -> Version:
    for path in (".node-version", ".nvmrc"):
        found = versions.written(tree, path, _by_any_name)
        if found:
            return found
    found = versions.tool(tree, "nodejs", "node")
    if found:
        return found
    engine = string(table(package, "engines"), "node")
    told = f"`engines.node` in `package.json` ({engine[:60]})"
    return (versions.ranged(engine, _KNOWN, told) if engine else None) or _DEFAULT


def _by_any_name(text: str) -> str | None:
    """As nvm takes it: `20`, `v20.1`, `lts/iron`, `lts/*`, `node`."""
    text = text.lower()
    if text in {"lts/*", "lts", "node", "stable"}:
        return _KNOWN[0]
    return _NICKNAMES.get(text.removeprefix("lts/")) or versions.exact(text)


def _bun(tree: Tree, manager: _Manager) -> Version:
    if manager.number:
        return Version(manager.number, manager.reason)
    return (
        versions.written(tree, ".bun-version") or versions.tool(tree, "bun") or Version("1", "the newest of that line")
    )
