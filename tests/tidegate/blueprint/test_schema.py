"""The JSON Schema of the deploy file: whatever the reader takes is valid by it, so what it refuses is a mistake."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.blueprint import BlueprintError, json_schema, parse
from tidegate.blueprint.nodes import Data, Path, read
from tidegate.blueprint.unsupported import OF_OTHER_TYPES, TYPES
from tidegate.blueprint.writer import write

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

#: How each field may be written, be it odd: the reader takes each of these somewhere.
SERVICE: dict[str, list[str]] = {
    "name": ["web", "404", '"1"'],
    "type": ["web", "private", "pserv", "worker", "cron", "static", '"web"'],
    "schedule": ['"0 3 * * *"', "'*/5 * * * *'"],
    "runtime": ["docker", "image", "node", "python", "static", "elixir"],
    "builder": ["railpack", "nixpacks", "pack"],
    "image": ["{url: nginx}", "{url: ghcr.io/o/app:1, creds: {fromRegistryCreds: {name: ghcr}}}"],
    "rootDir": ["./apps/web/", "app", "7"],
    "branch": ["main", "1.0", "2026-01-01", "true"],
    "autoDeployTrigger": ["commit", "checksPass", "off", '"off"'],
    "autoDeploy": ["true", "yes", "'no'", "OFF"],
    "requiredChecks": ["[test, lint]", "[1]"],
    "countStatuses": ["true", "no", "'true'", "On"],
    "buildFilter": ["{paths: [src/**]}", "{ignoredPaths: ['**/*.md'], paths: []}"],
    "dockerfilePath": ["./Dockerfile", "a/b"],
    "dockerContext": [".", "app"],
    "dockerCommand": ["./serve", "sh -c 'a && b'"],
    "buildCommand": ["make", "true"],
    "startCommand": ["./start", "0"],
    "registryCredential": ["{fromRegistryCreds: {name: ghcr}}"],
    "staticPublishPath": ["dist", "."],
    "headers": ["[{path: /*, name: X-A, value: 1}]"],
    "routes": ["[{type: rewrite, source: /*, destination: /index.html}]", "[]"],
    "preDeployCommand": ["./migrate", "1"],
    "port": ["8080", '"8080"', "8080.0", "+80"],
    "healthCheckPath": ["/", "/healthz"],
    "restartPolicy": ["ALWAYS", "ON_FAILURE"],
    "numInstances": ["1", "'1'"],
    "maxShutdownDelaySeconds": ["300", "1"],
    "region": ["oregon", "1"],
    "regions": ["[eu, us]", "[1]"],
    "memory": ["512MB", "1073741824", "1.5 GiB"],
    "cpus": ["0.5", "'1'", "2", "1e-1"],
    "readOnlyRootFilesystem": ["yes", "false"],
    "disk": ["{name: data, mountPath: /data}", "{name: d, mountPath: /var/lib/d, sizeGB: '5'}"],
    "domains": ["[WWW.example.com]", "[]"],
    "envVars": [
        "[{key: A, value: 1}, {key: B, value: yes}, {key: C, value: ''}]",
        "[{key: A, generateValue: yes, copyToPreviews: on}, {key: T, sync: no, previewValue: 2}]",
        "[{fromGroup: shared}]",
        "[{key: A, fromService: {name: web, property: host}}, {key: B, value: x, fromGroup: }]",
        "[{key: A, fromService: {name: 505, type: pserv, envVarKey: PORT}}]",
    ],
}
#: What no field takes, and what is nothing at all.
WRONG = ["[[]]", "{a: {b: c}}", "nonsense words", "''", "-1", "1.5", "[{}]", "[no, {a: b}]", "null", "~"]


class Core(yaml.SafeLoader):
    """YAML 1.2 as editors read it: of the words for switches only `true` and `false`, and no dates."""


_OLDER = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value"}
Core.yaml_implicit_resolvers = {
    first: [each for each in found if each[0] not in _OLDER] for first, found in Core.yaml_implicit_resolvers.items()
}
Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|True|TRUE|false|False|FALSE)$"), list("tTfF"))


def taken(text: str) -> bool:
    try:
        parse(text)
    except BlueprintError:
        return False
    return True


def valid(text: str) -> bool:
    return VALIDATOR.is_valid(yaml.load(text, Loader=Core))


def of(fields: dict[str, str], rest: str = "") -> str:
    """A file of one service with these fields, as they are written."""
    lines = [
        f"{'  - ' if not number else '    '}{name}: {value}" for number, (name, value) in enumerate(fields.items())
    ]
    return "\n".join(["services:", *lines, rest, ""])


def mapping(known: dict[str, list[str]], needed: str) -> st.SearchStrategy[dict[str, str]]:
    value = {name: st.sampled_from([*values, *values, *WRONG]) for name, values in known.items()}
    rest = {name: each for name, each in value.items() if name != needed} | {"unknown": st.just("1")}
    few = st.sets(st.sampled_from(sorted(rest)), max_size=4)
    return few.flatmap(
        lambda names: st.fixed_dictionaries({needed: value[needed], **{name: rest[name] for name in names}})
    )


@settings(max_examples=80, deadline=None)
@given(
    mapping(SERVICE, "name"), st.sampled_from(["", "previews: {generation: off, expireAfterDays: 3}", "previews: []"])
)
def test_what_the_reader_takes_is_valid(service: dict[str, str], rest: str) -> None:
    """The other way round: a mistake that the schema finds, the reader finds."""
    text = of(service, f"envVarGroups:\n  - name: shared\n{rest}")
    assert valid(text) or not taken(text), text


GROUPS = "envVarGroups: [{name: shared, envVars: [{key: S, value: 1}, {key: R, generateValue: yes}]}]"
PREVIEWS = "previews: {generation: manual, expireAfterDays: 7}"
#: In place of anything, anywhere.
OTHER: list[Data] = [None, "", "x", "-1", "true", [], {}, ["x"], [None], {"unknown": "1"}]


def places(data: Data, path: Path = ()) -> list[Path]:
    """Of everything in it but the file as a whole."""
    inner: Iterable[tuple[str | int, Data]] = ()
    if isinstance(data, dict):
        inner = data.items()
    elif isinstance(data, list):
        inner = enumerate(data)
    return [found for part, each in inner for found in [(*path, part), *places(each, (*path, part))]]


@settings(max_examples=80, deadline=None)
@given(mapping(SERVICE, "name"), st.data())
def test_so_it_is_whatever_is_changed_however_deep(service: dict[str, str], told: st.DataObject) -> None:
    data = read(of(service, f"{GROUPS}\n{PREVIEWS}")).data
    for _ in range(told.draw(st.integers(1, 2))):
        path = told.draw(st.sampled_from(places(data)))
        holder: Any = data
        for part in path[:-1]:
            holder = holder[part]
        if isinstance(holder, dict) and told.draw(st.booleans()):
            holder["unknown"] = holder.pop(path[-1])
        else:
            holder[path[-1]] = copy.deepcopy(told.draw(st.sampled_from(OTHER)))
    assert isinstance(data, dict)
    text = write(data)
    assert valid(text) or not taken(text), text


def test_no_field_is_forgotten_here() -> None:
    assert set(SERVICE) == set(SCHEMA["$defs"]["Service"]["properties"])


#: What else each of these needs, to be taken.
BESIDE = {
    "schedule": {"type": "cron"},
    "image": {"runtime": "image"},
    "requiredChecks": {"autoDeployTrigger": "checksPass"},
    "countStatuses": {"autoDeployTrigger": "checksPass"},
    "buildCommand": {"runtime": "node"},
    "startCommand": {"runtime": "node"},
    **{name: {"type": "static"} for name in ("staticPublishPath", "headers", "routes")},
}
OTHERS = "  - {name: 505, type: pserv}\nenvVarGroups:\n  - {name: shared, envVars: [{key: S, value: 1}]}"


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in SERVICE.items() for value in values])
def test_each_way_of_writing_is_taken_and_valid(name: str, value: str) -> None:
    fields = {"name": "web", name: value, **BESIDE.get(name, {})}
    if (name, value) == ("type", "cron"):
        fields["schedule"] = '"0 3 * * *"'
    if (name, value) == ("runtime", "image"):
        fields["image"] = "{url: nginx}"
    text = of(fields, OTHERS)
    assert taken(text)
    assert valid(text)


MISTAKES: dict[str, str] = {
    "no services": "services: []",
    "nothing": "{}",
    "an unknown field without a value": "services: [{name: web}]\nservice:",
    "an unknown field": "services: [{name: web}]\nservice: []",
    "a service without a name": "services: [{type: web}]",
    "a name that can't be": "services: [{name: My App}]",
    "a name that is too long": f"services: [{{name: {'a' * 41}}}]",
    "a text in place of a list": "services: [{name: web, domains: www.example.com}]",
    "a list in place of a text": "services: [{name: web, branch: [main]}]",
    "a port that there isn't": "services: [{name: web, port: 70000}]",
    "a number in words": "services: [{name: web, numInstances: two}]",
    "a switch in other words": "services: [{name: web, readOnlyRootFilesystem: perhaps}]",
    "a switch as a number": "services: [{name: web, readOnlyRootFilesystem: 1}]",
    "a path without its slash": "services: [{name: web, healthCheckPath: healthz}]",
    "an amount without a unit that there is": "services: [{name: web, memory: 5 apples}]",
    "a variable without a name": "services: [{name: web, envVars: [{value: a}]}]",
    "a variable and a group in one": "services: [{name: web, envVars: [{key: A, fromGroup: g}]}]",
    "a group's variable from a service": "services: [{name: web}]\nenvVarGroups: [{name: g, envVars: "
    "[{key: A, fromService: {name: web, property: host}}]}]",
    "cron without a schedule": "services: [{name: web, type: cron}]",
    "an image without its name": "services: [{name: web, runtime: image}]",
    "an image without the runtime": "services: [{name: web, image: {url: nginx}}]",
    "a build of an image": "services: [{name: web, runtime: image, image: {url: nginx}, rootDir: a}]",
    "a Dockerfile with a language": "services: [{name: web, runtime: node, dockerfilePath: ./Dockerfile}]",
    "a build command with a Dockerfile": "services: [{name: web, runtime: docker, buildCommand: make}]",
    "a site with a port": "services: [{name: web, type: static, port: 80}]",
    "a site's rules elsewhere": "services: [{name: web, routes: []}]",
    **{
        f"{name} of {kind}": of(
            {"name": "web", "type": kind, name: "1", **({"schedule": "1"} if kind == "cron" else {})}
        )
        for kind, names in OF_OTHER_TYPES.items()
        for name in names
    },
    **{f"domains of {other}": of({"name": "web", "type": other, "domains": "[a.example]"}) for other in TYPES},
}


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES)
def test_a_structural_mistake_is_found_by_both(text: str) -> None:
    assert not valid(text)
    assert not taken(text)


def test_it_is_a_schema_of_the_dialect_that_it_names() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_limits_and_values_are_the_model_s() -> None:
    fields: dict[str, Any] = SCHEMA["$defs"]["Service"]["properties"]
    assert (fields["port"]["minimum"], fields["port"]["maximum"], fields["port"]["default"]) == (1, 65535, 3000)
    assert fields["type"]["default"] == "web"
    assert SCHEMA["$defs"]["AutoDeploy"]["enum"] == ["commit", "checksPass", "off"]
