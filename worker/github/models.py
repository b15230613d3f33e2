"""Leaves githubkit's models where they are, on disk.

Each `rest.*` function imports the pydantic models of its answers, though we read JSON and never ask for a model: some
7 MB in every process, and 0.3 s of its first calls. `AnyModels` stands in their place.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class AnyModels(ModuleType):
    """Every model is `Any`, which lets an answer through as it is."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Any


def leave_out(version: str) -> None:
    """Before the first call of that API version ("2026-03-10")."""
    name = f"githubkit_schemas.v{version.replace('-', '_')}.models"
    sys.modules.setdefault(name, AnyModels(name))
