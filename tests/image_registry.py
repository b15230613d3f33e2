"""A real image registry on a free port of this machine, where a Docker Engine needs no TLS: it trusts 127.0.0.0/8."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.webapp.product import answers, free_port, wait_for

_COMMAND = "docker-registry"


class ImageRegistry:
    """At `address` (host:port). What is published or pulled here is on this machine's engine by such names alone."""

    def __init__(self, directory: Path) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self._config = directory / "registry.json"
        # JSON is YAML.
        self._config.write_text(
            json.dumps(
                {
                    "version": "0.1",
                    "log": {"level": "error", "accesslog": {"disabled": True}},
                    "storage": {"filesystem": {"rootdirectory": str(directory / "images")}},
                    "http": {"addr": self.address},
                }
            )
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = (_COMMAND, "serve", str(self._config))
        self._process = process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        up = f"http://{self.address}/v2/"
        wait_for(lambda: process.poll() is not None or answers(up), f"{_COMMAND} at {self.address}")
        assert process.poll() is None, f"{_COMMAND} ended with {process.returncode}"

    def stop(self) -> None:
        """Its images are kept for the next start."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def publish(self, name: str, files: Mapping[str, str | None]) -> None:
        """Has the image, built of `files`, under this name (with its address); a tag that is there already is moved.
        The engine doesn't keep it: it must pull it."""
        with tempfile.TemporaryDirectory() as context:
            for path, text in files.items():
                place = Path(context, path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text or "")
            _docker("build", "--quiet", "--tag", name, context)
        self._take(name)

    def copy(self, image: str, name: str) -> None:
        """Has what the engine knows as `image` under this name, too."""
        _docker("tag", image, name)
        self._take(name)

    def _take(self, name: str) -> None:
        _docker("push", name)
        _docker("rmi", name)

    def forget(self) -> None:
        """Takes what was pulled from here off the engine."""
        listed = _docker("images", "--digests", "--format", "{{.Repository}} {{.Tag}} {{.Digest}}").splitlines()
        for repository, tag, digest in map(str.split, listed):
            if repository.startswith(f"{self.address}/"):
                names = [f"{repository}:{tag}", f"{repository}@{digest}"]
                known = [name for name in names if not name.endswith("<none>")]
                # The last of its tags takes the digest with it.
                subprocess.run(("docker", "rmi", "--force", *known), capture_output=True, check=False)


@contextmanager
def image_registry(directory: Path) -> Iterator[ImageRegistry]:
    """Up, and gone afterwards with what the engine has of it; skips the test where there is none to start."""
    if shutil.which(_COMMAND) is None:
        pytest.skip(f"{_COMMAND} isn't installed: script/bootstrap --test does that")
    registry = ImageRegistry(directory)
    registry.start()
    try:
        yield registry
    finally:
        registry.stop()
        registry.forget()


def _docker(*arguments: str) -> str:
    done = subprocess.run(("docker", *arguments), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
