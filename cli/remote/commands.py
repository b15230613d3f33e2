"""The words of all commands that ask the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.remote import (
    audit,
    auto_deploy,
    deploys,
    freezes,
    lane,
    login,
    names,
    notifications,
    orders,
    previews,
    removal,
    runs,
    scale,
    services,
    status,
    variables,
    why,
)

if TYPE_CHECKING:
    from cli.command import Commands

_NOUNS = (
    login,
    status,
    services,
    orders,
    deploys,
    lane,
    why,
    previews,
    variables,
    scale,
    runs,
    auto_deploy,
    freezes,
    notifications,
    removal,
    audit,
    names,
)


def add_to(commands: Commands) -> None:
    for each in _NOUNS:
        each.add_to(commands)
