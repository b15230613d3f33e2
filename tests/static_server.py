"""This machine's Caddy, as the image of a static site runs it: the same configuration, over a directory of a test's."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import httpx

from tests.waiting import wait_until
from tidegate import site
from tidegate.site import Site


@contextmanager
def serving(place: Path, files: Mapping[str, str | bytes], told: Site) -> Iterator[httpx.Client]:
    """A client of the server, which follows no redirects."""
    root = place / "files"
    root.mkdir()
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    configuration = place / "site.json"
    configuration.write_text(json.dumps(site.configuration(told)).replace(json.dumps(site.ROOT), json.dumps(str(root))))
    program = shutil.which("caddy")
    assert program is not None, "there is no caddy: script/bootstrap --test"
    port = _free_port()
    environment = {"PORT": str(port), "HOME": str(place), "PATH": os.environ["PATH"]}
    with (place / "log").open("wb") as log:
        command = (program, "run", "--config", str(configuration))
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                wait_until(lambda: _answers(port))
                yield client
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _answers(port: int) -> bool:
    with closing(socket.socket()) as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
