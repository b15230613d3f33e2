"""What the proxy adds, answers by itself, and who wins when two apply at once; on a real HAProxy."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.worker.router.origins import Origins
from tests.worker.router.proxy import Proxy
from tests.worker.router.service import HOST, Service
from tidegate.routing import Backend, RoutingTable
from worker.ports import Unavailable


@pytest.mark.parametrize("spelling", ["shop.test", "SHOP.Test", "shop.test:8080", "shop.test.", "Shop.test.:80"])
def test_a_host_name_is_known_however_it_is_spelled(proxy: Proxy, servers: Origins, spelling: str) -> None:
    Service(proxy, servers).deploy("one")
    assert proxy.get(spelling) == (200, "one")


def test_the_service_learns_who_asked_and_for_what(proxy: Proxy, servers: Origins) -> None:
    Service(proxy, servers).deploy("one")
    _, head = proxy.get(HOST, "/headers")
    forwarded = {line.lower() for line in head.splitlines() if line.lower().startswith(("host", "x-forwarded"))}
    assert forwarded == {
        "host: shop.test",
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-host: shop.test",
        "x-forwarded-proto: http",
    }


def test_the_proxy_says_why_it_answers_by_itself(proxy: Proxy, servers: Origins) -> None:
    gone = servers.start("gone")
    servers.stop(gone)
    hosts: dict[str, str | None] = {"new.test": None, "sick.test": "sick", "gone.test": "gone"}
    backends = {"sick": Backend("sick", ()), "gone": Backend("gone", (gone,))}
    proxy.router.apply(lambda: RoutingTable(hosts, backends))
    pages = {host: proxy.get(host) for host in ("other.test", *hosts)}
    assert {host: status for host, (status, _) in pages.items()} == {
        "other.test": 404,
        "new.test": 503,
        "sick.test": 503,
        "gone.test": 503,
    }
    titles = {host: page.partition("<h1>")[2].partition("</h1>")[0] for host, (_, page) in pages.items()}
    assert titles == {
        "other.test": "No such site",
        "new.test": "Nothing is live yet",
        "sick.test": "Not answering",
        "gone.test": "Not answering",
    }


def test_a_hundred_deployments_each_behind_their_name(proxy: Proxy, servers: Origins) -> None:
    service = Service(proxy, servers)
    service.deploy("one")
    service.crowd(99)
    service.apply()
    hosts = [HOST, *(f"crowd-{number}.test" for number in range(1, 100))]
    assert {proxy.get(host) for host in hosts} == {(200, "one")}


def test_a_change_that_needs_more_than_one_line_of_commands_is_one_apply(proxy: Proxy) -> None:
    hosts: dict[str, str | None] = {f"{'long-' * 10}{number}.test": None for number in range(1000)}
    proxy.router.apply(lambda: RoutingTable(hosts, {}))
    assert proxy.running().hosts.keys() == hosts.keys()
    proxy.router.apply(lambda: RoutingTable({}, {}))
    assert not proxy.running().hosts


def test_whoever_enters_last_reads_the_table_last(proxy: Proxy) -> None:
    inside, go_on, read = threading.Event(), threading.Event(), threading.Event()

    def first() -> RoutingTable:
        inside.set()
        assert go_on.wait(20)
        assert not read.is_set(), "the second table was read while the first was being applied"
        return RoutingTable({HOST: "stale"}, {})

    def second() -> RoutingTable:
        read.set()
        return RoutingTable({HOST: None}, {})

    one = threading.Thread(target=proxy.router.apply, args=[first])
    two = threading.Thread(target=proxy.router.apply, args=[second])
    one.start()
    assert inside.wait(20)
    two.start()
    go_on.set()
    one.join()
    two.join()
    assert proxy.running().hosts == {HOST: "nothing_live"}


_APPLIER = """
import sys
from pathlib import Path
from tidegate.routing import Backend, RoutingTable
from worker.router import HaproxyRouter
directory, bind, truth, me = sys.argv[1:]
def table():
    live = Path(truth).read_text()
    return RoutingTable({"shop.test": live}, {live: Backend(live, (("127.0.0.1", 9),))})
for number in range(25):
    new = Path(truth + me)
    new.write_text(f"{me}-{number}")
    new.replace(truth)
    HaproxyRouter(Path(directory), bind).apply(table)
"""


def test_of_two_processes_the_newest_truth_wins(proxy: Proxy, tmp_path: Path) -> None:
    truth = tmp_path / "truth"
    line = [sys.executable, "-c", _APPLIER, str(proxy.directory), proxy.bind, str(truth)]
    both = [subprocess.Popen([*line, name]) for name in ("a", "b")]
    assert [process.wait(60) for process in both] == [0, 0]
    (target,) = proxy.running().hosts.values()
    (live,) = proxy.running().servers[int(target.removeprefix("slot_"))]
    assert live == f"{truth.read_text()}_127.0.0.1:9"


def test_a_router_without_a_proxy_is_unavailable(tmp_path: Path) -> None:
    router = Proxy(tmp_path).router
    with pytest.raises(Unavailable, match="can't be reached"):
        router.apply(lambda: RoutingTable({}, {}))


def test_search_engines_are_told_to_leave_previews_alone(proxy: Proxy, servers: Origins) -> None:
    hosts: dict[str, str | None] = {"web-pr-7.test": "p7", "web.test": "live"}
    backends = {
        "p7": Backend("p7", (servers.start("preview"),), noindex=True),
        "live": Backend("live", (servers.start("production"),)),
    }
    proxy.router.apply(lambda: RoutingTable(hosts, backends))
    tags = {}
    for host in hosts:
        with proxy.client() as client:
            client.request("GET", "/", headers={"Host": host})
            answer = client.getresponse()
            tags[host] = (answer.read(), answer.getheader("X-Robots-Tag"))
    assert tags == {"web-pr-7.test": (b"preview", "noindex"), "web.test": (b"production", None)}
