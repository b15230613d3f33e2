"""A tree as plans see it: the names of its files, and the contents of those that say something about building it."""

from __future__ import annotations

import json
import posixpath
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.plans.plan import NoPlan

#: Files further down (`a/b/c/d.py` is at 4) say nothing about building it.
DEEPEST = 4
#: Characters of a file that are read; what tells something is far shorter, but for lock files, whose beginning does.
LONGEST_TEXT = 1_000_000

_READ = frozenset(
    {
        *("package.json", "pnpm-lock.yaml", "yarn.lock", ".nvmrc", ".node-version", ".bun-version", ".npmrc"),
        *("requirements.txt", "pyproject.toml", "Pipfile", "poetry.lock", ".python-version", "runtime.txt"),
        *("Gemfile", "Gemfile.lock", ".ruby-version", "go.mod", "mix.exs"),
        *("Cargo.toml", "rust-toolchain", "rust-toolchain.toml", "Procfile", ".tool-versions", "pnpm-workspace.yaml"),
    }
)
#: Of a Python app, in the root or in a package right below it: where it makes the object that is served.
MODULES = ("main.py", "app.py", "wsgi.py", "asgi.py", "server.py", "application.py", "__init__.py")


def is_read(path: str) -> bool:
    """Whether plans want a file's content."""
    return path in _READ or (path.count("/") <= 1 and posixpath.basename(path) in MODULES)


@dataclass(frozen=True)
class Tree:
    """`paths` of files, relative, at most DEEPEST deep; `texts` the contents of those that `is_read` names. A file
    whose content can't be had (a link, something binary) is in `paths` alone."""

    paths: frozenset[str]
    texts: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, path: str) -> bool:
        return path in self.paths

    def first(self, *names: str) -> str | None:
        """The first of these that is there."""
        return next((name for name in names if name in self.paths), None)

    def has_directory(self, name: str) -> bool:
        return any(path.startswith(f"{name}/") for path in self.paths)

    def text(self, path: str) -> str:
        """Its content; "" where there is none."""
        return self.texts.get(path, "").removeprefix("\ufeff")

    def json(self, path: str) -> dict[str, Any]:
        """The object in it; {} where there is no such file. NoPlan where it is broken."""
        return self._parsed(path, json.loads, "JSON") if path in self.texts else {}

    def toml(self, path: str) -> dict[str, Any]:
        """As `json`."""
        return self._parsed(path, tomllib.loads, "TOML") if path in self.texts else {}

    def _parsed(self, path: str, parse: Any, language: str) -> dict[str, Any]:
        try:
            found = parse(self.text(path))
        except (ValueError, RecursionError) as error:
            raise NoPlan(f"`{path}` is not {language}: {' '.join(str(error).split())[:200]}") from None
        if not isinstance(found, dict):
            raise NoPlan(f"`{path}` is not an object of fields")
        return found


def table(mapping: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """The mapping below these keys; {} where there is none, or something else."""
    found: Any = mapping
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def string(mapping: Mapping[str, Any], key: str) -> str:
    """The text at that key; "" where there is none, or something else."""
    found = mapping.get(key)
    return found.strip() if isinstance(found, str) else ""


def strings(mapping: Mapping[str, Any], key: str) -> list[str]:
    """The texts in the list at that key."""
    found = mapping.get(key)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
