"""The Docker hosts that there are, by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from worker.ports import Engine, Unavailable


class Fleet:
    """At least one, in the order of TIDEGATE_HOSTS."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._engines = {engine.name: engine for engine in engines}

    def __iter__(self) -> Iterator[Engine]:
        return iter(self._engines.values())

    def __len__(self) -> int:
        return len(self._engines)

    def __contains__(self, name: str) -> bool:
        return name in self._engines

    def each(self, work: Callable[[Engine], object], names: Collection[str] | None = None) -> None:
        """Does it on every host, or on those of `names`. One that is down keeps no other from it: Unavailable is raised
        after the last."""
        trouble: Unavailable | None = None
        for engine in self:
            if names is None or engine.name in names:
                try:
                    work(engine)
                except Unavailable as met:
                    trouble = met
        if trouble is not None:
            raise trouble

    def of(self, name: str) -> Engine:
        """Raises Unavailable where the settings name it no more: what is there can't be asked about."""
        if name not in self._engines:
            raise Unavailable(f"the Docker host {name} is not among those of TIDEGATE_HOSTS")
        return self._engines[name]
