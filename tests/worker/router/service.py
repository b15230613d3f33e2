"""One service behind a real proxy, deployed again and again."""

from __future__ import annotations

from tests.worker.router.origins import Origins
from tests.worker.router.proxy import Proxy, wait_until
from tidegate.routing import Backend, RoutingTable, rolling_key

HOST = "shop.test"


class Service:
    """Its default host name is HOST; each deployment in the table has its own, too."""

    def __init__(self, proxy: Proxy, servers: Origins) -> None:
        self.proxy = proxy
        self.servers = servers
        self._router = proxy.router
        self._backends: dict[str, Backend] = {}
        self._live: str | None = None

    def deploy(self, deployment: str, instances: int = 1) -> None:
        """New instances take over; older deployments stay in the table."""
        servers = tuple(self.servers.start(deployment) for _ in range(instances))
        self._backends[deployment] = Backend(deployment, servers)
        self._live = deployment
        self.apply()

    def roll(self, deployment: str, *, fails: bool) -> None:
        """New instances take the places of the live one's, one at a time; then the switch, or all are taken back."""
        before = self._live
        assert before
        old = self.instances(before)
        new = tuple(self.servers.start(deployment) for _ in old)
        key = rolling_key(deployment)
        for count in range(1, len(new)):
            self._backends[deployment] = Backend(deployment, new[:count])
            self._backends[key] = Backend(key, new[:count] + old[count:])
            self._live = key
            self.apply()
        del self._backends[key]
        self._backends[deployment] = Backend(deployment, new)
        self._live = before if fails else deployment
        self.apply()
        self.wait_for_removal(key)
        self.end(deployment if fails else before)

    def instances(self, deployment: str) -> tuple[tuple[str, int], ...]:
        return self._backends[deployment].servers

    def crowd(self, deployments: int) -> None:
        """So many more in the table, all on the live one's instance; not applied yet."""
        assert self._live
        servers = self.instances(self._live)
        for number in range(len(self._backends), len(self._backends) + deployments):
            self._backends[f"crowd-{number}"] = Backend(f"crowd-{number}", servers)

    def retire(self, deployment: str) -> None:
        """Out of the table; its instance runs on, as in its shutdown delay."""
        del self._backends[deployment]
        self.apply()

    def end(self, deployment: str) -> None:
        """Out of the table, and its instance ended once the proxy has let go of it, as after an overlap."""
        servers = self.instances(deployment)
        self.retire(deployment)
        self.wait_for_removal(deployment)
        for server in servers:
            self.servers.stop(server)

    def wait_for_removal(self, deployment: str) -> None:
        """Applies until the last connection to it is gone."""

        def gone() -> bool:
            self.apply()
            return deployment not in self.proxy.deployments()

        wait_until(gone)

    def apply(self) -> None:
        hosts: dict[str, str | None] = {f"{deployment}.test": deployment for deployment in self._backends}
        hosts[HOST] = self._live
        self._router.apply(lambda: RoutingTable(hosts, dict(self._backends)))
