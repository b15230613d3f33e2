"""What real containers are given and denied, and what a killed worker leaves behind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import docker
import pytest
import requests

from tests.waiting import wait_until
from tests.worker.hosts.docker_host import Host
from tidegate.container import Limits
from tidegate.disk import Mount
from worker.hosts.containers import _create
from worker.ports import Refused

pytestmark = pytest.mark.docker


def never() -> bool:
    return False


def test_limits_and_labels_are_the_engines(host: Host) -> None:
    container = host.engine.start(host.spec("sleep 1000"))
    seen = host.client.api.inspect_container(container.id)
    given = seen["HostConfig"]
    assert (given["Memory"], given["MemorySwap"], given["NanoCpus"], given["PidsLimit"]) == (
        64 * 1024 * 1024,
        64 * 1024 * 1024,
        500_000_000,
        64,
    )
    assert given["RestartPolicy"]["Name"] == "no"
    assert given["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "2"}}
    assert not given["Privileged"]
    assert given["Binds"] is None
    assert seen["Config"]["Labels"] == host.labels
    assert list(seen["NetworkSettings"]["Networks"]) == [host.network]


def test_no_limit_is_no_limit(host: Host) -> None:
    container = host.engine.start(replace(host.spec("sleep 1000"), limits=Limits()))
    given = host.client.api.inspect_container(container.id)["HostConfig"]
    assert (given["Memory"], given["NanoCpus"], given["PidsLimit"]) == (0, 0, 512)


def test_root_in_a_container_keeps_what_images_need_and_no_more(host: Host) -> None:
    """chown, another user and a low port work; a raw socket, a device and new privileges don't."""
    script = """
        touch /f; chown 1000:1000 /f && echo chown
        mknod /d c 1 3 2>/dev/null || echo no device
        grep NoNewPrivs /proc/self/status
        grep CapBnd /proc/self/status
    """
    lines: list[str] = []
    assert host.engine.run(host.spec(script), lines.append, 60, never) == 0
    # CHOWN 0, DAC_OVERRIDE 1, FOWNER 3, KILL 5, SETGID 6, SETUID 7, NET_BIND_SERVICE 10: capability.h
    wanted = sum(1 << bit for bit in (0, 1, 3, 5, 6, 7, 10))
    assert lines == ["chown", "no device", "NoNewPrivs:\t1", f"CapBnd:\t{wanted:016x}"]


def test_orphans_are_reaped(host: Host) -> None:
    """Process 1 is an init, so that a program that never waits for its children leaves no zombies."""
    lines: list[str] = []
    host.engine.run(host.spec("cat /proc/1/comm"), lines.append, 60, never)
    assert lines == ["docker-init"]


def test_running_out_of_memory_is_told(host: Host) -> None:
    # The engine begins to watch a container's memory a moment after its start, on a busy machine a long one.
    greedy = host.spec("for _ in $(seq 12); do sleep 0.5; dd if=/dev/zero of=/dev/null bs=200M count=1; done")
    container = host.engine.start(replace(greedy, limits=Limits(memory=16 * 1024 * 1024)))
    wait_until(lambda: (seen := host.engine.inspect(container.id)) is not None and not seen.running and seen.oom_killed)
    seen = host.engine.inspect(container.id)
    assert seen is not None
    assert (seen.running, seen.exit_code) == (False, 137)


def test_a_container_that_a_killed_worker_created_is_started(host: Host) -> None:
    wanted = host.spec("sleep 1000")
    created = _create(host.client.api, wanted, None)
    container = host.engine.start(wanted)
    assert container.running
    assert container.id == created


def test_two_workers_that_start_the_same_container_get_the_same(host: Host) -> None:
    wanted = host.spec("sleep 1000")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: host.engine.start(wanted).id, range(4)))
    assert len(set(found)) == 1
    assert len(host.engine.owned(host.labels)) == 1


def test_a_command_that_is_not_in_the_image_ends_with_127(host: Host) -> None:
    wanted = replace(host.spec(""), command=("/no/such/program",))
    lines: list[str] = []
    assert host.engine.run(wanted, lines.append, 60, never) == 127
    assert any("/no/such/program" in line for line in lines)


def test_limits_that_the_engine_rejects_are_refused_and_leave_nothing(host: Host) -> None:
    wanted = replace(host.spec("true"), limits=Limits(memory=1))
    with pytest.raises(Refused, match="memory limit"):
        host.engine.start(wanted)
    assert host.engine.inspect(wanted.name) is None


def test_a_log_that_is_large_and_ugly_comes_whole(host: Host) -> None:
    script = r"""printf 'a\377b\r\n'; i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done
        yes | tr -d '\n' | head -c 40000"""
    lines: list[str] = []
    assert host.engine.run(host.spec(script), lines.append, 60, never) == 0
    assert lines[0] == "a\ufffdb"
    assert lines[1:3001] == [f"line {number}" for number in range(3000)]
    assert [len(line) for line in lines[3001:]] == [16384, 16384, 40000 - 2 * 16384]


def test_a_read_only_container_writes_to_its_tmp_and_disk_only(host: Host) -> None:
    said: list[str] = []
    script = "touch /tmp/a /data/a && echo both; touch /a 2>/dev/null || echo nowhere else"
    disk = Mount(f"tidegate-test-{host.mark}.data", "/data", host.labels)
    try:
        host.engine.run(replace(host.spec(script), read_only=True, disk=disk), said.append, 60, lambda: False)
    finally:
        host.client.volumes.get(disk.volume).remove()
    assert said == ["both", "nowhere else"]


def test_one_that_ends_while_it_is_asked_what_it_uses_hides_none_of_the_others(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine answers 200 then, with nothing in it."""
    instance = {**host.labels, "tidegate.role": "instance"}
    ends, stays = (host.engine.start(replace(host.spec("sleep 1000"), labels=instance)).id for _ in range(2))
    asked = docker.APIClient.stats

    def stats(self: docker.APIClient, container: str, **options: bool) -> object:
        if container == ends:
            return requests.models.Response().json()
        return asked(self, container, **options)

    monkeypatch.setattr(docker.APIClient, "stats", stats)
    counted = host.engine.counters()
    assert (ends in counted, stays in counted) == (False, True)
