"""A real image registry on a free port of this machine, where a Docker Engine needs no TLS: it trusts 127.0.0.0/8."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.webapp.product import answers, free_port, wait_for

_COMMAND = "docker-registry"
#: Who is let into a private one; of the password the registry keeps only the bcrypt hash, of the least cost.
USERNAME, PASSWORD = "puller", "open-sesame-open"
_PASSWORD_HASH = "$2b$04$bu.pzq3J2.HnslCMGhoSU.OcqfVqZoKrHOBb7YoBjSoI5lqnfxNM."


class ImageRegistry:
    """At `address` (host:port). What is published or pulled here is on this machine's engine by such names alone."""

    def __init__(self, directory: Path, *, private: bool) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self._environment = _signed_in(directory, self.address) if private else dict(os.environ)
        self._config = directory / "registry.json"
        lock = {"auth": {"htpasswd": {"realm": "tests", "path": str(_lock(directory))}}} if private else {}
        # JSON is YAML.
        self._config.write_text(
            json.dumps(
                {
                    "version": "0.1",
                    "log": {"level": "error", "accesslog": {"disabled": True}},
                    "storage": {"filesystem": {"rootdirectory": str(directory / "images")}},
                    "http": {"addr": self.address},
                    **lock,
                }
            )
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = (_COMMAND, "serve", str(self._config))
        self._process = process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        up = f"http://{self.address}/"
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
            self._docker("build", "--quiet", "--tag", name, context)
        self._take(name)

    def copy(self, image: str, name: str) -> None:
        """Has what the engine knows as `image` under this name, too."""
        self._docker("tag", image, name)
        self._take(name)

    def _take(self, name: str) -> None:
        self._docker("push", name)
        self._docker("rmi", name)

    def forget(self) -> None:
        """Takes what was pulled from here off the engine."""
        listed = self._docker("images", "--digests", "--format", "{{.Repository}} {{.Tag}} {{.Digest}}").splitlines()
        for repository, tag, digest in map(str.split, listed):
            if repository.startswith(f"{self.address}/"):
                names = [f"{repository}:{tag}", f"{repository}@{digest}"]
                known = [name for name in names if not name.endswith("<none>")]
                # The last of its tags takes the digest with it.
                subprocess.run(("docker", "rmi", "--force", *known), capture_output=True, check=False)

    def _docker(self, *arguments: str) -> str:
        done = subprocess.run(
            ("docker", *arguments), capture_output=True, text=True, check=False, env=self._environment
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def image_registry(directory: Path, *, private: bool = False) -> Iterator[ImageRegistry]:
    """Up, and gone afterwards with what the engine has of it; skips the test where there is none to start. A private
    one lets nobody in but USERNAME with PASSWORD."""
    if shutil.which(_COMMAND) is None:
        pytest.skip(f"{_COMMAND} isn't installed: script/bootstrap --test does that")
    registry = ImageRegistry(directory, private=private)
    registry.start()
    try:
        yield registry
    finally:
        registry.stop()
        registry.forget()


def _lock(directory: Path) -> Path:
    """A file as `htpasswd -B` writes them."""
    made = directory / "htpasswd"
    made.write_text(f"{USERNAME}:{_PASSWORD_HASH}\n")
    return made


def _signed_in(directory: Path, address: str) -> dict[str, str]:
    """The environment of a docker command that may push there."""
    config = directory / "publisher"
    config.mkdir()
    secret = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    (config / "config.json").write_text(json.dumps({"auths": {address: {"auth": secret}}}))
    return {**os.environ, "DOCKER_CONFIG": str(config)}
