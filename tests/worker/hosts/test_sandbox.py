"""The sandbox for previews on a real Docker Engine that has one by that name, and on one that hasn't.

gVisor itself isn't installed here: what is registered as `runsc` notes that it was called, and hands on to runc.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cli.base_image import ensure_base_image
from tests.own_engine import own_engine
from tests.worker.hosts.docker_host import Host
from tests.worker.house import House
from tidegate.container import ContainerSpec
from worker.hosts import DockerEngine
from worker.ports import Unavailable

pytestmark = pytest.mark.docker


def spec(host: Host, tmp_path: Path, environment: str, network: str) -> ContainerSpec:
    """As the settings have it for that environment."""
    settings = House(tmp_path, TIDEGATE_PREVIEW_RUNTIME="runsc").settings
    return replace(host.spec("sleep 1000"), network=network, runtime=settings.runtime(environment))


def test_a_preview_runs_in_it_and_production_does_not(host: Host, tmp_path: Path) -> None:
    noted, sandbox = tmp_path / "noted", tmp_path / "runsc"
    sandbox.write_text(f'#!/bin/sh\necho "$@" >>{noted}\nexec runc "$@"\n')
    sandbox.chmod(0o755)
    with own_engine({"runsc": sandbox}) as own:
        ensure_base_image()
        engine = DockerEngine("own", own.url)
        engine.ensure_network("n", {})
        production = engine.start(spec(host, tmp_path, "production", "n"))
        assert production.running
        assert not noted.exists() or production.id not in noted.read_text()
        preview = engine.start(spec(host, tmp_path, "pr-7", "n"))
        assert preview.running
        assert "create --bundle" in noted.read_text()
        assert preview.id in noted.read_text()
        assert production.id not in noted.read_text()


def test_an_engine_without_it_refuses_and_names_the_setting(host: Host, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no runtime `runsc`, which TIDEGATE_PREVIEW_RUNTIME asks for"):
        host.engine.start(spec(host, tmp_path, "pr-7", host.network))
    assert host.engine.start(spec(host, tmp_path, "production", host.network)).running
