"""The whole product in containers, as deploy/compose.yaml has it, in a copy of the repository, beside a stand-in
GitHub."""

from __future__ import annotations

import random
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from cli import stage
from cli.base_image import ensure_base_image
from cli.ports import free_port
from cli.ready import answers
from cli.rehearsal import Rehearsal
from cli.supervisor import Supervisor, supervised
from standin.client import StandIn
from tests.e2e.debian_base import debian_base
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK, World
from tidegate.settings import Settings

ROOT = Path(__file__).parents[2]
#: Not of a clone that somebody has just made.
_NOT_OURS = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "*.egg-info", "tests")
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(Path.home())}


def command() -> tuple[str, ...]:
    """`docker compose`, where Docker's client has it; else docker-compose, which is Debian 12's."""
    plugin = subprocess.run(("docker", "compose", "version"), capture_output=True, check=False)
    return ("docker", "compose") if plugin.returncode == 0 else ("docker-compose",)


class Composed(World):
    """Made by `composed`. `name` is the project's."""

    def __init__(self, place: Path, local: Rehearsal, deploy: Path, name: str) -> None:
        super().__init__(place, local)
        self._deploy, self.name, self._command = deploy, name, command()

    def compose(self, *words: str, given: bytes = b"") -> bytes:
        """What it prints; `given` is what it reads."""
        done = self._run(*words, given=given)
        assert done.returncode == 0, (words, done.stdout.decode()[-3000:], done.stderr.decode()[-6000:], self.log())
        return done.stdout

    def succeeds(self, *words: str) -> bool:
        return self._run(*words).returncode == 0

    def _run(self, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        line = (*self._command, *words)
        return subprocess.run(
            line, cwd=self._deploy, env=_ENVIRONMENT, input=given, capture_output=True, check=False, timeout=1200
        )

    def log(self) -> str:
        told = self._run("logs", "--no-color", "--tail=40")
        return f"{super().log()}\n{told.stdout.decode(errors='replace')}"

    def containers(self) -> dict[str, str]:
        """Ids of those that run, by the service's name."""
        label, told = "com.docker.compose", '{{.Label "com.docker.compose.service"}} {{.ID}}'
        listed = _docker("ps", "--no-trunc", "--filter", f"label={label}.project={self.name}", "--format", told)
        rows = (row.split() for row in listed.splitlines())
        return dict(rows)

    def stop(self, *services: str) -> None:
        """They end in order, by themselves: none is killed."""
        ids = {name: self.containers()[name] for name in services}
        self.compose("stop", *services)
        ends = {name: _docker("inspect", "--format", "{{.State.ExitCode}}", each).strip() for name, each in ids.items()}
        assert ends == dict.fromkeys(services, "0"), self.log()

    def people(self) -> dict[str, set[str]]:
        """Who runs what in which container: user ids, without the init that Docker puts first."""
        listed = {name: _docker("top", each, "-eo", "pid,uid,comm") for name, each in self.containers().items()}
        rows = {name: [row.split() for row in told.splitlines()[1:]] for name, told in listed.items()}
        return {name: {uid for _, uid, program in each if program != "docker-init"} for name, each in rows.items()}

    def take_down(self) -> None:
        self._run("down", "--volumes", "--rmi", "all", "--timeout", "20")


def _docker(*words: str) -> str:
    return subprocess.run(("docker", *words), capture_output=True, text=True, check=True).stdout


@contextmanager
def composed(place: Path) -> Iterator[Composed]:
    """Up, and no GitHub App yet, until the end of the block, which leaves nothing on the engine."""
    name = f"tgc{secrets.token_hex(3)}"
    web, low, github = free_port(), _low_port(), free_port()
    with ExitStack() as stack:
        ensure_base_image()
        hub = stage.part(
            *(github, place, f"http://localhost:{web}", f"http://127.0.0.1:{web}"), ("--no-limits", "--keep-bodies")
        )
        parts = stack.enter_context(supervised(Supervisor([hub], place / "log", _ENVIRONMENT, print)))
        told = {
            **_settings(web, low, {name: stage.settings(place)[name] for name in ("GITHUB_API_URL", "GITHUB_WEB_URL")}),
            "COMPOSE_PROJECT_NAME": name,
            "DOCKER_GID": str(Path("/var/run/docker.sock").stat().st_gid),
            "TIDEGATE_BASE": stack.enter_context(debian_base(place)),
            "TIDEGATE_IMAGE": f"tidegate-test/server-{name}",
            "TIDEGATE_FILES": str(place / "files"),
            "TIDEGATE_HOST_KEYS": str(place / "keys"),
        }
        deploy = _clone(place / "clone", told)
        settings = Settings.from_env({**told, "TIDEGATE_DATA": str(place)}, lambda path: "", app=False)
        control = StandIn(settings.github.web_url)
        stack.callback(control.close)
        made = Composed(place, Rehearsal(settings, low, control, parts), deploy, name)
        try:
            made.compose("build")
            made.compose("up", "-d")
            wait_for(answers(web, "/readyz"), "web to be ready", 60, made.log)
            yield made
            made.judge_calls()
        finally:
            made.take_down()
            made.remove()


def _settings(web: int, low: int, of_github: Mapping[str, str]) -> dict[str, str]:
    """A port below 1024 for the router: to listen there takes a power of root's."""
    return {
        **QUICK,
        **of_github,
        "PORT": str(web),
        "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{web}",
        "TIDEGATE_URL": f"http://localhost:{web}",
        "TIDEGATE_DOMAIN": f"localhost:{low}",
        "TIDEGATE_ROUTER_BIND": f"127.0.0.1:{low}",
        "TIDEGATE_SECRET_KEY": Fernet.generate_key().decode(),
        "TIDEGATE_GUARD": "off",  # this machine's packet filter stays as it is
    }


def _clone(target: Path, told: Mapping[str, str]) -> Path:
    """The directory in it to run compose in. Nobody but root may read it, as with a careful umask."""
    shutil.copytree(ROOT, target, ignore=_NOT_OURS)
    subprocess.run(("chmod", "-R", "go=", str(target)), check=True)
    (target / "deploy" / ".env").write_text("".join(f"{name}={value}\n" for name, value in told.items()))
    return target / "deploy"


def _low_port() -> int:
    for port in random.sample(range(600, 1024), 400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise OSError("no free port below 1024")
