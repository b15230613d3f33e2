"""HAProxy's runtime API as a model: what each command that we send does to what it holds."""

from __future__ import annotations

from collections.abc import Callable

from worker.router.layout import Layout, Running, slot_name

Answer = tuple[str, frozenset[int]] | str


class Model:
    """`busy` says, each time it is asked, whether a server that shall be deleted still has a connection."""

    def __init__(self, slots: int, busy: Callable[[], bool]) -> None:
        self.running = Running(slots)
        self._busy = busy

    def reload(self, layout: Layout) -> None:
        """New processes with the files as they are."""
        servers = {slot: {server.name: True for server in found} for slot, found in layout.servers.items()}
        assert all(len(servers[slot]) == len(found) for slot, found in layout.servers.items()), "a name given twice"
        self.running = Running(layout.slots, dict(layout.hosts), servers)

    def execute(self, command: str) -> None:
        match command.split():
            case ["add", "server", path, *_]:
                servers, name = self._find(path)
                assert name not in servers, "Already exists a server with the same name in backend."
                servers[name] = False
            case ["set", "server", path, "state", state]:
                servers, name = self._find(path)
                assert name in servers, "No such server."
                servers[name] = state == "ready"
            case ["del", "server", path]:
                servers, name = self._find(path)
                assert servers[name] is False, "Only servers in maintenance mode can be deleted."
                if not self._busy():
                    del servers[name]
                self._forget_empty()
            case ["add", "map", _, host, target]:
                assert host not in self.running.hosts, "a second entry would never be seen"
                self.running.hosts[host] = target
            case ["set", "map", _, host, target]:
                assert host in self.running.hosts, "entry not found"
                self.running.hosts[host] = target
            case ["del", "map", _, host]:
                del self.running.hosts[host]
            case _:
                raise AssertionError(command)

    def answer(self, host: str) -> Answer:
        """(deployment, ports that take turns), or the backend that answers by itself."""
        target = self.running.hosts.get(host, "unknown")
        if not target.startswith("slot_"):
            return target
        names = self.running.servers.get(int(target.removeprefix("slot_")), {})
        ready = [name for name, active in names.items() if active]
        owners = {name.split("_")[0] for name in ready}
        assert len(owners) < 2, "one deployment a slot"
        return (owners.pop(), frozenset(int(name.rpartition(":")[2]) for name in ready)) if ready else "empty"

    def _find(self, path: str) -> tuple[dict[str, bool], str]:
        backend, _, name = path.partition("/")
        slot = int(backend.removeprefix("slot_"))
        assert slot < self.running.slots, "No such backend."
        assert backend == slot_name(slot)
        return self.running.servers.setdefault(slot, {}), name

    def _forget_empty(self) -> None:
        for slot in [slot for slot, servers in self.running.servers.items() if not servers]:
            del self.running.servers[slot]
