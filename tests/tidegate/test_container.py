"""What is run for a deployment: names, labels, limits and environment."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.tidegate.make import deployment, service
from tidegate.blueprint import Service
from tidegate.container import ContainerSpec, instance_spec, labels, network_labels, network_name, pre_deploy_spec

ROW = deployment(image="tidegate/r42-web:key")
URL = "https://web.apps.example.com"


def instance(definition: Service, index: int = 0, **variables: str) -> ContainerSpec:
    return instance_spec(ROW, definition, "octocat/hello", URL, variables, index)


def test_an_instance() -> None:
    spec = instance(service(), 1, GREETING="hello")
    assert spec.name == "tidegate-web-d1-i1"
    assert spec.image == "tidegate/r42-web:key"
    assert spec.network == "tidegate-42-production"
    assert spec.port == 3000
    assert spec.command is None
    assert spec.environment == {
        "GREETING": "hello",
        "PORT": "3000",
        "TIDEGATE_SERVICE": "web",
        "TIDEGATE_ENVIRONMENT": "production",
        "TIDEGATE_COMMIT": ROW.sha,
        "TIDEGATE_URL": URL,
    }
    assert spec.labels == {
        "tidegate.service": "web",
        "tidegate.repository": "octocat/hello",
        "tidegate.environment": "production",
        "tidegate.deployment": "d1",
        "tidegate.sha": ROW.sha,
        "tidegate.role": "instance",
    }


def test_what_has_no_address_is_told_none() -> None:
    assert "TIDEGATE_URL" not in instance_spec(ROW, service(), "octocat/hello", None, {}, 0).environment


def test_a_worker_is_told_no_port() -> None:
    assert "PORT" not in instance(service(type="worker")).environment


def test_ours_win_over_the_service_s_own_variables() -> None:
    assert instance(service(port=8080), PORT="1", TIDEGATE_COMMIT="lie").environment["PORT"] == "8080"
    assert instance(service(), TIDEGATE_COMMIT="lie").environment["TIDEGATE_COMMIT"] == ROW.sha


@pytest.mark.parametrize(
    ("fields", "memory", "cpus"),
    [({}, None, None), ({"memory": "512MB"}, 512 * 2**20, None), ({"memory": "1GB", "cpus": 0.5}, 2**30, 0.5)],
)
def test_limits(fields: dict[str, Any], memory: int | None, cpus: float | None) -> None:
    limits = instance(service(**fields)).limits
    assert (limits.memory, limits.cpus) == (memory, cpus)
    assert limits.pids > 0


def test_a_command_of_its_own() -> None:
    assert instance(service(dockerCommand="./serve --quick")).command == ("./serve", "--quick")


def test_the_pre_deploy_command_runs_apart_in_a_shell() -> None:
    definition = service(preDeployCommand="./migrate && ./seed", dockerCommand="./serve")
    spec = pre_deploy_spec(ROW, definition, "octocat/hello", URL, {"DATABASE_URL": "x"})
    assert spec.name == "tidegate-web-d1-pre-deploy"
    assert spec.command == ("/bin/sh", "-c", "./migrate && ./seed")
    assert spec.labels["tidegate.role"] == "pre-deploy"
    assert spec.environment["DATABASE_URL"] == "x"
    assert spec.image == ROW.image


def test_every_container_of_a_deployment_has_a_name_of_its_own() -> None:
    definition = service(numInstances=3, preDeployCommand="true")
    specs = [instance(definition, index) for index in range(3)]
    specs.append(pre_deploy_spec(ROW, definition, "octocat/hello", URL, {}))
    assert len({spec.name for spec in specs}) == 4
    # https://docs.docker.com/reference/api/engine/ (ContainerCreate, name)
    assert all(re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+", spec.name) for spec in specs)


def test_each_environment_has_a_network_of_its_own() -> None:
    names = {network_name(repository, place) for repository in (1, 2) for place in ("production", "pr-1")}
    assert len(names) == 4
    assert network_labels("octocat/hello", "pr-1") == {
        "tidegate.repository": "octocat/hello",
        "tidegate.environment": "pr-1",
        "tidegate.role": "network",
    }


def test_labels_are_those_that_the_outside_knows() -> None:
    assert set(labels(ROW, "octocat/hello", "image")) == {
        "tidegate.service",
        "tidegate.repository",
        "tidegate.environment",
        "tidegate.deployment",
        "tidegate.sha",
        "tidegate.role",
    }
