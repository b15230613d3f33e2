"""A web service that bears load and stops gracefully: HAProxy itself, answering from its configuration.

Busybox's httpd forks for each request and queues nine connections, so that under load it would be what fails.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from cli import base_image
from tests.e2e.apps import Files, deploy_file

_BASE = "tidegate-test/haproxy:1"

#: SIGUSR1 lets HAProxy finish what is in flight and close what is idle; a container is told to stop by SIGTERM.
_START = """\
haproxy -f /haproxy.cfg &
trap 'kill -USR1 $!' TERM
wait $!
wait $!
"""

_CONFIGURATION = """\
defaults
    mode http
    timeout client 60s
    timeout server 60s
    timeout connect 5s
frontend web
    bind :3000
    http-request return status 200 content-type text/plain string "$TIDEGATE_COMMIT" if {{ path /commit }}
    http-request return status 200 content-type text/plain string "{greeting}"
"""


def service(greeting: str) -> Files:
    """Says `greeting` at / and its commit at /commit."""
    return {
        "tidegate.yml": deploy_file(),
        "Dockerfile": f'FROM {_BASE}\nCOPY haproxy.cfg start.sh /\nCMD ["sh", "/start.sh"]\n',
        "start.sh": _START,
        "haproxy.cfg": _CONFIGURATION.format(greeting=greeting),
    }


def ensure_base() -> None:
    """This machine's HAProxy with the libraries that it is linked to, on the busybox image."""
    base_image.ensure_base_image()
    program = shutil.which("haproxy")
    assert program is not None
    with TemporaryDirectory() as directory:
        root = Path(directory, "root")
        for file in [program, *_libraries(program), *_opened_by_threads()]:
            copy = root / file.lstrip("/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
        Path(directory, "Dockerfile").write_text(f"FROM {base_image.NAME}\nCOPY root /\n")
        subprocess.run(("docker", "build", "--quiet", "--tag", _BASE, directory), capture_output=True, check=True)


def _libraries(program: str) -> list[str]:
    """Paths, as ldd tells them: "name => /path (address)", and the loader's own path alone."""
    told = subprocess.run(("ldd", program), capture_output=True, text=True, check=True).stdout
    return [word for word in told.split() if word.startswith("/")]


def _opened_by_threads() -> list[str]:
    """glibc opens libgcc_s when a thread ends, linked to it or not."""
    told = subprocess.run(("ldconfig", "-p"), capture_output=True, text=True, check=True).stdout
    return [line.split()[-1] for line in told.splitlines() if "libgcc_s.so.1 " in line]
