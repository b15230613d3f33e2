"""The deploy file's model: paths, commands, sizes, and its JSON Schema."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.tidegate.blueprint.test_reader import FULL
from tests.tidegate.make import service
from tidegate.blueprint import AutoDeploy, BlueprintError, Service, json_schema, parse


@pytest.mark.parametrize(
    ("fields", "context", "dockerfile"),
    [
        ({}, "", "Dockerfile"),
        ({"rootDir": "app"}, "app", "app/Dockerfile"),
        ({"rootDir": "./app/"}, "app", "app/Dockerfile"),
        ({"rootDir": "."}, "", "Dockerfile"),
        ({"dockerContext": "app"}, "app", "Dockerfile"),
        ({"dockerfilePath": "./docker/Dockerfile"}, "", "docker/Dockerfile"),
        ({"dockerContext": "./app", "dockerfilePath": "app/Dockerfile.prod"}, "app", "app/Dockerfile.prod"),
        ({"rootDir": "a", "dockerContext": "b", "dockerfilePath": "c/D"}, "a/b", "a/c/D"),
        ({"rootDir": "a//b/../c"}, "a/c", "a/c/Dockerfile"),
    ],
)
def test_paths_of_a_build(fields: dict[str, str], context: str, dockerfile: str) -> None:
    made = service(**fields)
    assert (made.context_dir(), made.dockerfile()) == (context, dockerfile)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("./serve", ("./serve",)),
        ("gunicorn --bind 0.0.0.0:3000 'my app:app'", ("gunicorn", "--bind", "0.0.0.0:3000", "my app:app")),
        ("/bin/sh -c 'a && b'", ("/bin/sh", "-c", "a && b")),
        ('/bin/bash -c "a && echo \\"$PORT\\""', ("/bin/bash", "-c", 'a && echo "$PORT"')),
        # As Render's page on deploys writes it.
        (
            "/bin/bash -c python manage.py migrate && gunicorn myapp.wsgi:application --bind 0.0.0.0:10000",
            ("/bin/bash", "-c", "python manage.py migrate && gunicorn myapp.wsgi:application --bind 0.0.0.0:10000"),
        ),
        ("bash -lc exec serve --port $PORT", ("bash", "-lc", "exec serve --port $PORT")),
        ("echo 'a; b | c'", ("echo", "a; b | c")),
    ],
)
def test_commands(written: str, words: tuple[str, ...]) -> None:
    assert service(dockerCommand=written).command() == words


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("512MB", 512 * 2**20),
        ("512M", 512 * 2**20),
        ("512MiB", 512 * 2**20),
        ("512m", 512 * 2**20),
        ("512 MB", 512 * 2**20),
        ("1GB", 2**30),
        ("1.5GB", 3 * 2**29),
        ("8192KB", 2**23),
        ("1T", 2**40),
        ("16777216", 2**24),
        ("16777216B", 2**24),
    ],
)
def test_memory_has_docker_s_units(written: str, size: int) -> None:
    assert service(memory=written).memory_bytes() == size


def test_a_dump_is_json_and_loads_to_the_same() -> None:
    for made in parse(FULL).services:
        dumped = json.loads(json.dumps(made.dump()))
        assert Service.load(dumped) == made
        assert dumped["autoDeployTrigger"] == "checksPass"
        secret: dict[str, object] = {
            "key": "SECRET",
            "value": None,
            "previewValue": None,
            "fromService": None,
            "fromGroup": None,
            "origins": [],
            "reaches": None,
        }
        assert dumped["envVars"][4] == secret | {"generateValue": True, "sync": True, "copyToPreviews": False}


@pytest.mark.parametrize(
    ("fields", "production", "preview"),
    [
        ({"value": "a"}, "a", "a"),
        ({"value": "a", "previewValue": "b"}, "a", "b"),
        ({"value": "a", "previewValue": ""}, "a", ""),
        ({"sync": False}, None, None),
        ({"sync": False, "previewValue": "b"}, None, "b"),
        ({"generateValue": True, "previewValue": "b"}, None, "b"),
        ({"generateValue": True, "copyToPreviews": True}, None, None),
    ],
)
def test_a_variable_s_value_as_the_file_has_it(
    fields: dict[str, Any], production: str | None, preview: str | None
) -> None:
    (made,) = service(envVars=[{"key": "A", **fields}]).env_vars
    assert (made.written(preview=False), made.written(preview=True)) == (production, preview)


def test_a_prebuilt_image_is_deployed_by_hand_only() -> None:
    made = service(runtime="image", image={"url": "ghcr.io/o/app:v1"})
    assert (made.prebuilt, made.trigger) == ("ghcr.io/o/app:v1", AutoDeploy.OFF)
    assert Service.load(made.dump()) == made
    assert service().prebuilt is None


def test_a_dump_of_another_version_loads_without_what_is_unknown() -> None:
    assert Service.load({**service().dump(), "fromTheFuture": 1}) == service()


class TestSchema:
    def test_it_is_a_schema(self) -> None:
        jsonschema.Draft202012Validator.check_schema(json_schema())

    def test_it_accepts_what_is_honoured(self) -> None:
        jsonschema.validate(yaml.safe_load(FULL), json_schema())
        jsonschema.validate({"services": [{"name": "web", "autoDeploy": False}]}, json_schema())
        prebuilt = {"name": "web", "runtime": "image", "image": {"url": "nginx"}}
        for generation in ("automatic", "manual", "off"):
            previews = {"generation": generation, "expireAfterDays": 3}
            jsonschema.validate({"previews": previews, "services": [prebuilt]}, json_schema())

    @pytest.mark.parametrize(
        "fields",
        [{"nam": "x"}, {"name": "web", "type": "keyvalue"}, {"name": "web", "port": 0}, {"name": "web", "disk": {}}],
    )
    def test_it_refuses_what_is_not(self, fields: dict[str, object]) -> None:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"services": [fields]}, json_schema())

    @pytest.mark.parametrize(
        "previews", [{"generation": "always"}, {"expireAfterDays": 0}, {"expireAfterDays": 366}, {"expire": 1}, []]
    )
    def test_it_refuses_previews_that_can_not_be(self, previews: object) -> None:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"previews": previews, "services": [{"name": "web"}]}, json_schema())

    def test_every_field_is_described(self) -> None:
        for model in json_schema()["$defs"].values():
            for name, field in model.get("properties", {}).items():
                assert field.get("description"), name


@given(st.text(max_size=40))
def test_a_command_is_refused_or_has_words(written: str) -> None:
    document = yaml.safe_dump({"services": [{"name": "web", "dockerCommand": written}]})
    try:
        (made,) = parse(document).services
    except BlueprintError:
        return
    assert made.command()
