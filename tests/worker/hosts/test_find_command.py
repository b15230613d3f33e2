"""Which docker command can do BuildKit, by what commands of each kind answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from worker.hosts import buildkit


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(buildkit, "_USUAL_PLACES", ())
    buildkit.find_command.cache_clear()
    yield
    buildkit.find_command.cache_clear()


def command(directory: Path, version: str, buildx: str = "exit 1") -> str:
    directory.mkdir()
    path = directory / "docker"
    path.write_text(
        f'#!/bin/sh\ncase "$1 $2" in\n"--version ") echo "{version}";;\n"buildx version") {buildx};;\nesac\n'
    )
    path.chmod(0o755)
    return str(path)


def test_the_first_that_can_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command(tmp_path / "a", "Docker version 28.2.2, build e6534b4")
    command(tmp_path / "b", "podman version 4.3.1")
    command(tmp_path / "c", "Docker version 17.12.1-ce, build 7390fc6")
    wanted = command(tmp_path / "d", "Docker version 20.10.24+dfsg1, build 297e128")
    command(tmp_path / "e", "Docker version 28.2.2, build e6534b4", "echo github.com/docker/buildx 0.21.2")
    monkeypatch.setenv("PATH", ":".join(str(tmp_path / name) for name in "abcde"))
    assert buildkit.find_command() == wanted


def test_a_newer_one_needs_the_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = command(tmp_path / "a", "Docker version 28.2.2, build e6534b4", "echo github.com/docker/buildx 0.21.2")
    monkeypatch.setenv("PATH", str(tmp_path / "a"))
    assert buildkit.find_command() == wanted


def test_there_may_be_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command(tmp_path / "a", "Docker version 28.2.2, build e6534b4")
    monkeypatch.setenv("PATH", str(tmp_path / "a"))
    assert buildkit.find_command() is None
