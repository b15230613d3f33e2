"""A `railway.json` or `railway.toml` as a deploy file of one service."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.blueprint import Service, parse
from tidegate.imports import Imported, NotRead, convert
from tidegate.restart import RestartPolicy

TOML = """\
[build]
builder = "RAILPACK"
buildCommand = "npm ci && npm run build"
watchPatterns = ["/src/**", "*.md", "!/src/test/"]

[deploy]
startCommand = "npm start"
preDeployCommand = ["npm run migrate", "npm run seed"]
healthcheckPath = "/health"
healthcheckTimeout = 300
restartPolicyType = "always"
numReplicas = 2
drainingSeconds = 20
requiredMountPath = "/data"
"""


def made(data: dict[str, Any]) -> Imported:
    return convert("railway.json", json.dumps(data, indent="\t"), "shop")


def only(imported: Imported) -> Service:
    assert imported.text is not None
    (service,) = parse(imported.text).services
    return service


def test_a_file_in_toml() -> None:
    imported = convert("deploy/railway.toml", TOML.replace('requiredMountPath = "/data"\n', ""), "shop")
    service = only(imported)
    assert (service.name, service.type, service.runtime) == ("shop", "web", None)
    assert service.build_command == "npm ci && npm run build"
    assert service.start_command == "npm start"
    assert service.pre_deploy_command == "npm run migrate && npm run seed"
    assert service.build_filter.paths == ("src/**", "**/*.md")
    assert service.build_filter.ignored_paths == ("src/test/**",)
    assert (service.num_instances, service.max_shutdown_delay_seconds) == (2, 20)
    assert (service.health_check_path, service.restart_policy) == ("/health", RestartPolicy.ALWAYS)
    assert [(note.line, note.message) for note in imported.notes] == [
        (2, "It is built by a plan that is detected from the tree."),
        (3, "Here `buildCommand` stands for the installation of packages, too."),
        (10, "`healthcheckTimeout` has no counterpart."),
    ]


def test_a_volume_leaves_one_instance() -> None:
    imported = convert("railway.toml", TOML, "shop")
    service = only(imported)
    assert service.disk is not None
    assert (service.disk.mount_path, service.num_instances) == ("/data", 1)
    assert 12 in {note.line for note in imported.notes}


def test_with_a_dockerfile_the_start_command_needs_no_shell() -> None:
    deploy = {"startCommand": "node x.js", "healthcheckPath": "/"}
    service = only(made({"build": {"builder": "DOCKERFILE", "dockerfilePath": "deploy/Dockerfile"}, "deploy": deploy}))
    assert (service.runtime, service.docker_command, service.start_command) == ("docker", "node x.js", None)
    assert service.dockerfile_path == "deploy/Dockerfile"


def test_a_cron_service() -> None:
    imported = made({"deploy": {"cronSchedule": "*/5 * * * *", "startCommand": "node job.js", "numReplicas": 1}})
    service = only(imported)
    assert (service.type, service.schedule) == ("cron", "*/5 * * * *")
    assert imported.notes == ()


def test_limits_and_regions() -> None:
    limits = {"containers": {"memoryBytes": 3_000_000_000, "cpu": 1.5}}
    regions = {"europe-west4": {"numReplicas": 2}, "us-west2": {"numReplicas": 1}}
    imported = made({"deploy": {"limitOverride": limits, "multiRegionConfig": regions, "healthcheckPath": "/"}})
    service = only(imported)
    assert (service.memory_bytes(), service.cpus, service.num_instances) == (3_000_000_000, 1.5, 3)
    assert [note.line for note in imported.notes] == [9]


@pytest.mark.parametrize(
    ("data", "line", "told"),
    [
        ({"deploy": {"healthcheckPath": "/", "sleepApplication": True}}, 4, "runs all the time"),
        ({"deploy": {"healthcheckPath": "/"}, "environments": {"pr": {}}}, 5, "Write what it changes by hand."),
        ({"build": {"nixpacksVersion": "1"}, "deploy": {"healthcheckPath": "/"}}, 3, "detected from the tree"),
        ({"deploy": {"healthcheckPath": "/", "drainingSeconds": 900}}, 4, "It may be at most 300."),
        ({"deploy": {"startCommand": "x"}}, 2, "Railway asks nothing"),
        ({"build": {"builder": "DOCKERFILE", "buildCommand": "m"}, "deploy": {"healthcheckPath": "/"}}, 4, "no part"),
    ],
)
def test_what_has_no_counterpart_is_noted(data: dict[str, Any], line: int, told: str) -> None:
    imported = made(data)
    assert only(imported).name == "shop"
    (note,) = imported.notes
    assert note.line == line
    assert told in note.told


def test_what_says_how_railway_itself_works_is_passed_by() -> None:
    data = {"$schema": "https://railway.com/railway.schema.json", "build": {"buildEnvironment": "V3"}}
    assert made({**data, "deploy": {"runtime": "V2", "healthcheckPath": "/", "startCommand": None}}).notes == ()


@pytest.mark.parametrize(
    ("file", "text"), [("railway.json", "{"), ("railway.json", "[]"), ("railway.toml", "a ="), ("fly.ini", "")]
)
def test_what_is_no_such_file_is_refused(file: str, text: str) -> None:
    with pytest.raises(NotRead):
        convert(file, text, "shop")


_NAMES = st.sampled_from(
    [
        *("builder", "buildCommand", "watchPatterns", "dockerfilePath", "startCommand", "preDeployCommand"),
        *("numReplicas", "cronSchedule", "multiRegionConfig", "requiredMountPath", "limitOverride"),
        *("restartPolicyType", "healthcheckPath"),
    ]
)
_VALUES = st.sampled_from(
    [None, True, 0, 3, "", "/x", "DOCKERFILE", "ALWAYS", "0 3 * * *", [], ["!a", "/b/"], {}, {"containers": {"cpu": 2}}]
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(_NAMES, _VALUES), st.dictionaries(_NAMES, _VALUES))
def test_whatever_it_writes_is_valid(build: dict[str, Any], deploy: dict[str, Any]) -> None:
    assert only(made({"build": build, "deploy": deploy})).name == "shop"
