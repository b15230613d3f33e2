"""compose.yaml starts what the product starts, and gives each part what it needs and no more; that it runs is shown in
tests/e2e/test_compose.py."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import yaml

from cli import product
from worker.router.process import STOP_SIGNAL

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
TOLD: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = TOLD["services"]
#: Parts whose first program must be root, to keep one of root's powers.
BEGIN_AS_ROOT = {"watch": "net_admin", "router": "net_bind_service"}


def procfile() -> dict[str, tuple[str, ...]]:
    lines = (line.partition(":") for line in (ROOT / "Procfile").read_text().splitlines())
    return {name: tuple(shlex.split(command)) for name, _, command in lines}


def mounts(name: str) -> dict[str, str]:
    """What is mounted, by where it is seen."""
    split = (re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", each).split(":") for each in SERVICES[name]["volumes"])
    return {there: source for source, there, *_ in split}


def test_they_start_what_the_product_starts() -> None:
    redis = product.redis(Path("/run/tidegate")).command
    commands = {name: tuple(told["command"]) for name, told in SERVICES.items()}
    assert commands == {**procfile(), "redis": redis, "router": product.ROUTER}


def test_migrations_and_redis_come_first() -> None:
    first = {
        "release": {"condition": "service_completed_successfully"},
        "redis": {"condition": "service_healthy"},
    }
    assert {name: told.get("depends_on") for name, told in SERVICES.items()} == {
        **dict.fromkeys(("web", "worker", "watch"), first),
        **dict.fromkeys(("redis", "release", "router")),
    }
    assert {name for name, told in SERVICES.items() if told["restart"] == "no"} == {"release"}


def test_dockers_socket_and_the_routers_are_where_they_are_needed_alone() -> None:
    def holders(place: str) -> set[str]:
        return {name for name in SERVICES if place in mounts(name)}

    assert holders("/var/run/docker.sock") == {"worker", "watch"}
    assert holders("/var/lib/tidegate/router") == {"worker", "watch", "router"}
    assert holders("/etc/tidegate-hosts") == {"worker", "watch"}, "the keys of Docker hosts"
    assert holders("/run/tidegate") == {"redis", "web", "worker", "watch"}
    named = {source for name in SERVICES for source in mounts(name).values() if not source.startswith("/")}
    assert named == set(TOLD["volumes"])


def test_who_speaks_to_instances_is_in_the_machines_network_and_redis_in_none() -> None:
    networks = {name: told["network_mode"] for name, told in SERVICES.items()}
    assert networks == {**dict.fromkeys(SERVICES, "host"), "redis": "none"}


def test_nobody_keeps_more_of_roots_powers_than_one() -> None:
    for name, told in SERVICES.items():
        assert told["cap_drop"] == ["ALL"]
        assert told["security_opt"] == ["no-new-privileges:true"]
        assert told["read_only"]
        assert "privileged" not in told
        power = BEGIN_AS_ROOT.get(name)
        assert told.get("user") == (power and "root")
        # KILL: the init, which stays root, is to hand the signal to stop to a part that isn't.
        of_init = ["KILL", "SETUID", "SETGID", "SETPCAP"]
        assert told.get("cap_add", []) == ([*of_init, power.upper()] if power else [])
        if power:
            words = told["entrypoint"]
            assert {"--reuid=tidegate", "--regid=tidegate"} < set(words)
            kept = {word.partition("=")[::2] for word in words if "-caps=" in word or "-set=" in word}
            assert kept == {(each, f"-all,+{power}") for each in ("--bounding-set", "--inh-caps", "--ambient-caps")}


def test_nobody_answers_for_a_moment_only_while_the_router_is_renewed() -> None:
    """Once told to stop it hears nobody new, but for idle clients and tunnels it would wait for an hour."""
    assert SERVICES["router"]["stop_signal"] == STOP_SIGNAL.name
    assert {name: told.get("stop_grace_period") for name, told in SERVICES.items()} == {
        **dict.fromkeys(("release", "web", "worker", "watch"), "30s"),
        "router": "5s",
        "redis": None,
    }


def test_the_routers_health_is_asked_without_the_settings() -> None:
    """Whoever takes over the proxy can read the environment of any process of the same user's."""
    assert SERVICES["router"]["healthcheck"]["test"][:4] == ["CMD", "env", "-i", "setpriv"]


def test_the_image_gets_all_of_ours_and_no_key() -> None:
    told = (ROOT / ".dockerignore").read_text().splitlines()
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    wanted = {each.rstrip("*") for each in packages} | {"app-manifest.yml", "pyproject.toml", "README.md"}
    assert told[1] == "*"
    assert {line[1:] for line in told if line.startswith("!")} == wanted | {"requirements.txt"}
