"""By the compose file, on the real engine: from a clone of the repository to a push that is live, through an upgrade
and a backup that is brought back. The image is built on the way, so it takes minutes."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
import yaml

from tests.e2e.apps import web
from tests.e2e.composed import ROOT, Composed, composed
from tests.e2e.no_loss import no_request_lost
from tests.e2e.setting_up import set_up
from tests.e2e.waiting import wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(1800)]

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
#: As deploy/Dockerfile makes it.
TIDEGATE = "10001"


def test_from_a_clone_to_a_push_that_is_live(tmp_path_factory: pytest.TempPathFactory) -> None:
    with composed(tmp_path_factory.mktemp("composed")) as made:
        set_up(made)
        with made.project() as project:
            first = project.push(web("one"))
            project.live(first)
            assert project.serves("one", first)
            wait_for(lambda: is_well(made), "all to be well", 60, made.log)
            assert made.people() == {name: {TIDEGATE} for name in SERVICES.keys() - {"release"}}
            assert guards(made)
            with no_request_lost(project):
                upgrade(made)
                second = project.push(web("two"))
                project.live(second)
            assert project.serves("two", second)
            restore(made, back_up(made))
            made.stop("router")
            made.compose("up", "-d", "--scale", "worker=2")
            third = project.push(web("three"))
            project.live(third)
            assert project.serves("three", third)
    assert made.containers() == {}
    left = ("docker", "volume", "ls", "--quiet", "--filter", f"label=com.docker.compose.project={made.name}")
    assert subprocess.run(left, capture_output=True, text=True, check=True).stdout == ""


def is_well(made: Composed) -> bool:
    return made.succeeds("exec", "-T", "worker", "tidegate", "doctor")


def guards(made: Composed) -> bool:
    """Who watches may change the packet filter: here that of a network of its own, since the machine's is others'."""
    watch = SERVICES["watch"]
    entry = [word.replace("${DOCKER_GID}", "0") for word in watch["entrypoint"]]
    powers = [f"--cap-add={each}" for each in watch["cap_add"]]
    limits = ("--cap-drop=ALL", "--security-opt=no-new-privileges:true", "--read-only", "--tmpfs=/tmp")
    image = subprocess.run(
        ("docker", "inspect", "--format", "{{.Image}}", made.containers()["watch"]),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    program = "import subprocess; from worker.guard import Guard; Guard().put([22]); subprocess.run(['iptables', '-S'])"
    line = ("docker", "run", "--rm", "--user=root", *limits, *powers, f"--entrypoint={entry[0]}", image, *entry[1:])
    done = subprocess.run((*line, "python", "-c", program), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return "-A INPUT -j TIDEGATE" in done.stdout


def upgrade(made: Composed) -> None:
    """As docs/operations.md tells it: the router stays."""
    router = made.containers()["router"]
    made.compose("build")
    made.stop("web", "worker", "watch")
    made.compose("run", "--rm", "release")
    made.compose("up", "-d", "--no-deps", "web", "worker", "watch")
    assert made.containers()["router"] == router


def back_up(made: Composed) -> bytes:
    script = 'tidegate backup "$HOME/backup.db" >&2; cat "$HOME/backup.db"; rm "$HOME/backup.db"'
    return made.compose("exec", "-T", "worker", "sh", "-ec", script)


def restore(made: Composed, kept: bytes) -> None:
    assert kept.startswith(b"SQLite format 3")
    script = 'cd "$HOME/store"; rm -f tidegate.db*; umask 077; cat >tidegate.db'
    made.stop("web", "worker", "watch")
    made.compose("run", "--rm", "-T", "release", "sh", "-ec", script, given=kept)
