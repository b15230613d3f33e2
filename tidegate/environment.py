"""Reads one environment variable at a time and collects what is wrong, so that all of it can be told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_SWITCH = {"on": True, "true": True, "yes": True, "1": True, "off": False, "false": False, "no": False, "0": False}
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_HIGHEST_PORT = 65535
_GIGABYTE = 10**9


@dataclass(frozen=True)
class SettingsProblem:
    """`name` of the variable, what is wrong with it, and how to get or write it."""

    name: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.name} {self.message}: {self.hint}"


@dataclass
class Environment:
    """`variables` that are set and not empty. A wrong one gives a harmless value, so that reading goes on."""

    variables: Mapping[str, str]
    read_file: Callable[[str], str]
    problems: list[SettingsProblem] = field(default_factory=list)

    def problem(self, name: str, message: str, hint: str) -> None:
        self.problems.append(SettingsProblem(name, message, hint))

    def optional(self, name: str) -> str | None:
        return self.variables.get(name)

    def text(self, name: str, default: str) -> str:
        return self.variables.get(name, default)

    def required(self, name: str, hint: str) -> str:
        if name not in self.variables:
            self.problem(name, "is missing", hint)
        return self.variables.get(name, "")

    def url(self, name: str, hint: str, default: str | None = None) -> str:
        """Of http or https, without a slash at its end."""
        value = self.text(name, default) if default else self.required(name, hint)
        if value and not _is_http(value):
            self.problem(name, "is not a URL", f"it begins with http:// or https://; {hint}")
        return value.rstrip("/")

    def whole(self, name: str, default: int | None, hint: str = "write digits only") -> int:
        """From 1; without a default it is required."""
        value = self.required(name, hint) if default is None else self.text(name, str(default))
        if not value:
            return 1
        if not (value.isascii() and value.isdigit() and int(value) > 0):
            self.problem(name, "is not a whole number from 1", hint)
            return 1
        return int(value)

    def seconds(self, name: str, default: float) -> float:
        try:
            value = float(self.text(name, str(default)))
        except ValueError:
            value = -1.0
        if not 0 <= value < float("inf"):
            self.problem(name, "is not a number of seconds", f"such as {default:g}, which is the default")
            return default
        return value

    def gigabytes(self, name: str, default: float) -> int:
        """In bytes; of 10^9, as disks are sold."""
        try:
            value = float(self.text(name, str(default)))
        except ValueError:
            value = -1.0
        if not 0 <= value < float("inf"):
            self.problem(name, "is not a number of gigabytes", f"such as {default:g}, which is the default")
            return round(default * _GIGABYTE)
        return round(value * _GIGABYTE)

    def switch(self, name: str, *, default: bool) -> bool:
        value = self.text(name, "on" if default else "off").lower()
        if value not in _SWITCH:
            self.problem(name, "is neither on nor off", "write `on` or `off`")
        return _SWITCH.get(value, default)

    def words(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Between commas or spaces."""
        return tuple(self.variables[name].replace(",", " ").split()) if name in self.variables else default

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in choices:
            self.problem(name, "is none of its values", f"write {' or '.join(f'`{each}`' for each in choices)}")
            return default
        return value

    def host_and_port(self, name: str, hint: str) -> tuple[str, int | None]:
        """Required: a host name in lower case, and its port where one is written."""
        value = self.required(name, hint).lower()
        host, colon, port = value.partition(":")
        names = all(_LABEL.fullmatch(label) for label in host.split("."))
        number = int(port) if port.isascii() and port.isdigit() else 0
        if value and not (names and (not colon or 0 < number <= _HIGHEST_PORT)):
            self.problem(name, "is not a host name", hint)
        return host, number or None

    def file(self, name: str, path: str, hint: str) -> str:
        """Text of the file that the variable names; "" where it can't be read."""
        try:
            return self.read_file(path)
        except (OSError, ValueError) as error:
            self.problem(name, f"names a file that can't be read ({error})", hint)
            return ""


def _is_http(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
