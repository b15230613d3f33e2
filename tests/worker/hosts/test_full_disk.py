"""A Docker host whose disk fills while an image is built, on a real Docker Engine with a small disk of its own."""

from __future__ import annotations

import uuid
from pathlib import Path

import docker
import pytest

from cli.base_image import ensure_base_image
from tests.own_engine import own_engine
from tests.waiting import wait_until
from tests.worker.hosts.docker_host import Host
from tests.worker.hosts.test_builds import build, order
from worker.hosts import DockerEngine
from worker.ports import Unavailable
from worker.prober import HttpProber

pytestmark = pytest.mark.docker


def test_the_build_fails_for_it_what_runs_there_goes_on_and_the_next_build_works(tmp_path: Path) -> None:
    with own_engine(size="64m") as own:
        ensure_base_image()
        host = Host(docker.DockerClient(own.url), uuid.uuid4().hex[:12], DockerEngine("own", own.url))
        host.engine.ensure_network(host.network, {})
        serving = host.engine.start(host.spec("mkdir /www; exec httpd -f -p $PORT -h /www"))

        def answers() -> bool:
            return HttpProber().probe(serving.address or "", 3000, None, 5).ok

        wait_until(answers)
        greedy = order(host, tmp_path, "RUN dd if=/dev/zero of=/much bs=1M")
        with pytest.raises(Unavailable, match="Docker host own is out of disk space"):
            build(host, greedy)
        assert host.engine.image_id(greedy.image) is None
        assert answers()

        host.engine.prune_build_cache(0)
        modest = order(host, tmp_path, "RUN dd if=/dev/zero of=/little bs=1M count=1")
        built, _ = build(host, modest)
        assert built == host.engine.image_id(modest.image)
        assert answers()
        host.client.close()
