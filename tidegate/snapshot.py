"""What a deployment was started with: a restart and a rollback run it again so, whatever was changed since."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class Snapshot:
    """`values` by name; those named in `hidden` may be shown to nobody."""

    values: Mapping[str, str]
    hidden: frozenset[str] = frozenset()

    @property
    def secrets(self) -> frozenset[str]:
        """The values that no log may show."""
        return frozenset(self.values[name] for name in self.hidden)

    @property
    def plain(self) -> dict[str, str]:
        """Values that anybody may see."""
        return {name: value for name, value in self.values.items() if name not in self.hidden}

    def only(self, names: Collection[str]) -> Self:
        """Of these variables alone."""
        values = {name: value for name, value in self.values.items() if name in names}
        return replace(self, values=values, hidden=self.hidden.intersection(values))

    def dump(self) -> str:
        return json.dumps({"values": dict(self.values), "hidden": sorted(self.hidden)})

    @classmethod
    def load(cls, text: str) -> Self:
        """Of a text that `dump` wrote."""
        told = json.loads(text)
        return cls(told["values"], frozenset(told["hidden"]))
