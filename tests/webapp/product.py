"""The web process and its Redis, as the product starts them, for tests and benchmarks that need the real ones."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SECRET_KEYS = (base64.urlsafe_b64encode(b"k" * 32).decode(),)
#: Complete, but for DATABASE_URL and REDIS_URL.
ENVIRONMENT = {
    "TIDEGATE_URL": "http://tidegate.test",
    "TIDEGATE_DOMAIN": "apps.tidegate.test",
    "TIDEGATE_SECRET_KEY": SECRET_KEYS[0],
    "TIDEGATE_METRICS_TOKEN": "a token for scrapes",
    "GITHUB_APP_ID": "1",
    "GITHUB_PRIVATE_KEY": "-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----",
    "GITHUB_WEBHOOK_SECRET": "whsec",
    "GITHUB_CLIENT_ID": "client",
    "GITHUB_CLIENT_SECRET": "client-secret",
}
_PATIENCE = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], bool], what: str, patience: float = _PATIENCE) -> None:
    """Asks until it is so; AssertionError past `patience` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:g} s for {what}")
        time.sleep(0.02)


@contextmanager
def web_server(app: str, environment: Mapping[str, str]) -> Iterator[str]:
    """gunicorn with the product's settings; its base URL."""
    process, base = start_web(app, environment)
    try:
        yield base
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def start_web(app: str, environment: Mapping[str, str], port: int | None = None) -> tuple[subprocess.Popen[bytes], str]:
    """gunicorn's master, ready to answer, and its base URL."""
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "python:webapp.server", "--bind", f"127.0.0.1:{port}", app],
        env={"PATH": os.environ["PATH"], **environment},
        stderr=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: process.poll() is not None or answers(f"{base}/healthz"), f"{app} at {base}")
        assert process.poll() is None, f"gunicorn ended with {process.returncode}"
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process, base


@contextmanager
def redis_server(directory: Path, port: int | None = None) -> Iterator[str]:
    """Its URL."""
    port = port or free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: _listens(port), f"redis-server on port {port}")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def answers(url: str) -> bool:
    """With a 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
