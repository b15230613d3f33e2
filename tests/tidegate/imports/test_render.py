"""A `render.yaml` as a deploy file: what is the same, what is translated, and what is noted with its line."""

from __future__ import annotations

from textwrap import dedent

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tidegate.blueprint.test_schema import SERVICE, WRONG, of
from tidegate.blueprint import AutoDeploy, Blueprint, EnvVar, parse
from tidegate.imports import Imported, NotRead, convert
from tidegate.preview import Generation


def made(text: str) -> Imported:
    return convert("render.yaml", dedent(text), "unused")


def read(text: str) -> tuple[Blueprint, dict[int, str]]:
    """What it became, and the notes by line."""
    imported = made(text)
    assert imported.text is not None
    return parse(imported.text), {note.line: note.told for note in imported.notes}


WHOLE = """\
services:
  - type: web
    name: shop
    runtime: ruby
    plan: standard
    region: frankfurt
    buildCommand: bundle install
    startCommand: bundle exec puma
    autoDeploy: false
    scaling: {minInstances: 2, maxInstances: 5}
    envVars:
      - key: PORT
        value: 8080
      - key: DATABASE_URL
        fromDatabase: {name: main, property: connectionString}
      - key: CACHE_URL
        fromService: {name: cache, type: redis, property: connectionString}
      - key: SECRET
        generateValue: true
  - type: redis
    name: cache
    ipAllowList: []
  - type: pserv
    name: files
    env: docker
    disk: {name: data, mountPath: /data, sizeGB: 5}
    pullRequestPreviewsEnabled: true
databases:
  - name: main
"""


def test_a_blueprint_of_several_services() -> None:
    blueprint, notes = read(WHOLE)
    shop, files = blueprint.services
    assert (shop.runtime, shop.port, shop.num_instances, shop.trigger) == ("ruby", 8080, 2, AutoDeploy.OFF)
    assert [(each.key, each.synced, each.generate) for each in shop.env_vars] == [
        ("DATABASE_URL", False, False),
        ("CACHE_URL", False, False),
        ("SECRET", True, True),
    ]
    assert (files.type, files.runtime, files.disk and files.disk.size_gb) == ("private", "docker", 5)
    assert blueprint.previews.generation is Generation.AUTOMATIC
    assert sorted(notes) == [5, 6, 10, 14, 16, 20, 29]
    assert notes[14] == (
        "`DATABASE_URL` has its value from a database. Set the value on the server: "
        "`tidegate variables SERVICE set DATABASE_URL`."
    )
    assert "`cache` is not managed here" in notes[20]


def test_the_notes_stand_in_the_file_as_well() -> None:
    imported = made(WHOLE)
    assert imported.text is not None
    head = [line for line in imported.text.splitlines() if line.startswith("#")]
    assert head[2:] == [f"#   line {note.line}: {note.told}" for note in imported.notes]


def test_scalars_stay_as_they_were_written() -> None:
    imported = made("services: [{name: a, type: worker, envVars: [{key: N, value: '007'}, {key: E, value: ''}]}]")
    assert imported.text == (
        "# Made from render.yaml.\n"
        "services:\n  - name: a\n    type: worker\n    envVars:\n"
        "      - key: N\n        value: 007\n      - key: E\n        value: ''\n"
    )
    assert parse(imported.text).services[0].env_vars == (EnvVar(key="N", value="007"), EnvVar(key="E", value=""))


@pytest.mark.parametrize(
    ("fields", "line", "told"),
    [
        ("initialDeployHook: ./seed", 4, "Use `preDeployCommand`"),
        ("numInstances: 99", 4, "It may be at most 20."),
        ("ipAllowList: []", 4, "Restrict access in front of the router."),
        ("renderSubdomainPolicy: disabled", 4, "There is no field `renderSubdomainPolicy` here."),
        ("healthCheckPath: healthz", 4, "Begin it with a slash"),
        ("dockerCommand: a && b", 4, "Give it to one"),
        ("runtime: docker\n    buildCommand: make", 5, "Do it in the Dockerfile"),
        ("envVars:\n      - key: A\n        value: 1\n      - key: my-var\n        value: 2", 7, "can't be a variable"),
        ("name: two\n    branch: main", 4, "is set twice"),
    ],
)
def test_what_can_not_be_had_over_is_noted_and_left_out(fields: str, line: int, told: str) -> None:
    blueprint, notes = read(f"services:\n  - name: a\n    type: web\n    {fields}\n")
    assert told in notes[line]
    assert len(notes) == 1
    assert [each.name for each in blueprint.services] == ["a"]


def test_lines_are_those_of_the_other_file_after_something_was_left_out() -> None:
    blueprint, notes = read(
        "services:\n  - {name: BAD NAME}\n  - {name: b, plan: free}\n  - {name: c, envVars: [{key: 1}, {key: D-}]}\n"
    )
    assert [each.name for each in blueprint.services] == ["b", "c"]
    assert sorted(notes) == [2, 3, 4]


def test_services_of_projects_stand_beside_the_others() -> None:
    blueprint, notes = read(
        """\
        projects:
          - name: shop
            environments:
              - name: production
                services: [{name: web, type: web, runtime: node, plan: pro}]
                databases: [{name: main}]
              - name: staging
                services: [{name: web-staging, type: web, runtime: node}]
        ungrouped:
          services: [{name: docs, type: web, runtime: static}]
        version: "1"
        """
    )
    assert [each.name for each in blueprint.services] == ["docs", "web"]
    assert sorted(notes) == [5, 6, 7]


def test_a_web_service_listens_where_render_has_it_listen() -> None:
    blueprint, _ = read("services: [{name: a, type: web}, {name: b, type: worker}, {name: c, type: pserv}]")
    assert [each.port for each in blueprint.services] == [10000, 3000, 3000]


def test_where_nothing_is_left_there_is_no_file() -> None:
    imported = made("services: [{type: redis, name: cache}]\ndatabases: [{name: d}]")
    assert imported.text is None
    assert imported.notes


@pytest.mark.parametrize("text", ["", "[]", "services: [", "a", "\x00"])
def test_what_is_no_blueprint_is_refused(text: str) -> None:
    with pytest.raises(NotRead):
        made(text)


RENDER_S: dict[str, list[str]] = {
    **SERVICE,
    "scaling": ["{minInstances: 1, maxInstances: 3}", "{}", "1"],
    "plan": ["free"],
    "env": ["docker", "node"],
    "previews": ["{generation: off}"],
    "pullRequestPreviewsEnabled": ["true", "[]"],
    "domain": ["example.com"],
    "envVars": ["[{key: PORT, value: 1}]", "[{key: A, fromDatabase: {name: a}}, x]", "[{key: PORT}]", "{}"],
}


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from(sorted(RENDER_S)), st.integers(0, 8), max_size=6), min_size=1, max_size=3),
    st.sampled_from(
        ["", "databases: x", "previewsEnabled: true\npreviews: []", "envVarGroups: [{name: g}]", "projects: 1"]
    ),
)
def test_whatever_it_writes_is_valid(services: list[dict[str, int]], rest: str) -> None:
    text = "services:\n"
    for number, fields in enumerate(services):
        pools = {name: [*RENDER_S[name], *WRONG] for name in fields}
        values = {name: pools[name][pick % len(pools[name])] for name, pick in fields.items()}
        text += of({"name": f"s{number}", **values}).removeprefix("services:\n")
    imported = made(f"{text}\n{rest}\n")
    if imported.text is None:
        assert imported.notes
    else:
        assert parse(imported.text).services
        assert yaml.safe_load(imported.text)
