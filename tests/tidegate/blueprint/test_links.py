"""What a service has from another: looked up in the file, or told at its line why it can't be."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from tidegate.blueprint import BlueprintError, EnvVar, Problem, Service, json_schema, parse
from tidegate.blueprint.variable import Origin

API = """\
- name: api
  port: 8080
  envVars:
    - {key: TOKEN, generateValue: true, copyToPreviews: true}
    - {key: MODE, value: live, previewValue: test}
    - {key: KEY, sync: false}
"""


def file(variables: str, api: str = API) -> str:
    """The service `web` with these variables, from line 4 on; and `api`."""
    return f"services:\n- name: web\n  envVars:\n{indent(dedent(variables).strip(), '    ')}\n{api}"


def web(variables: str, api: str = API) -> tuple[EnvVar, ...]:
    return parse(file(variables, api)).services[0].env_vars


def problem(variables: str, api: str = API) -> Problem:
    with pytest.raises(BlueprintError) as refused:
        parse(file(variables, api))
    (found,) = refused.value.problems
    return found


@pytest.mark.parametrize(
    ("asked", "value", "reaches"),
    [
        ("property: host", "api", "api"),
        ("property: port", "8080", None),
        ("property: hostport", "api:8080", "api"),
        ("envVarKey: PORT", "8080", None),
    ],
)
def test_an_address_is_known_from_the_file(asked: str, value: str, reaches: str | None) -> None:
    found = web(f"- {{key: A, fromService: {{name: api, type: web, {asked}}}}}")
    assert found == (EnvVar(key="A", value=value, reaches=reaches),)


@pytest.mark.parametrize("asked", ["property: url", "envVarKey: TIDEGATE_URL"])
def test_a_public_url_is_left_to_the_environment(asked: str) -> None:
    found = EnvVar(key="A", synced=False, origins=(Origin(service="api", key="TIDEGATE_URL"),))
    assert web(f"- {{key: A, fromService: {{name: api, {asked}}}}}") == (found,)


def test_a_variable_is_the_other_s_with_where_it_is_kept() -> None:
    asked = "".join(f"- {{key: MY_{key}, fromService: {{name: api, envVarKey: {key}}}}}\n" for key in ("TOKEN", "KEY"))
    token, key = (Origin(service="api", key=key) for key in ("TOKEN", "KEY"))
    assert web(asked) == (
        EnvVar(key="MY_TOKEN", generate=True, copied=True, origins=(token,)),
        EnvVar(key="MY_KEY", synced=False, origins=(key,)),
    )


def test_its_own_preview_value_comes_first() -> None:
    mode = "fromService: {name: api, envVarKey: MODE}"
    theirs, own = web(f"- {{key: A, {mode}}}\n- {{key: B, {mode}, previewValue: mine}}")
    assert (theirs.written(preview=False), theirs.written(preview=True)) == ("live", "test")
    assert (own.written(preview=False), own.written(preview=True)) == ("live", "mine")


def test_a_chain_is_followed_to_its_end() -> None:
    api = API + "    - {key: HERS, fromService: {name: jobs, envVarKey: SALT}}\n"
    api += "- name: jobs\n  envVars:\n    - {key: SALT, generateValue: true}\n"
    (found,) = web("- {key: MINE, fromService: {name: api, envVarKey: HERS}}", api)
    assert found.generate
    assert found.origins == (Origin(service="api", key="HERS"), Origin(service="jobs", key="SALT"))


def test_what_was_linked_is_kept_with_the_service() -> None:
    service = parse(file("- {key: A, fromService: {name: api, envVarKey: TOKEN}, previewValue: x}")).services[0]
    assert Service.load(service.dump()) == service


WORKER, PRIVATE = ("- name: api\n  type: " + each + "\n" for each in ("worker", "private"))
CIRCLE = API + "    - {key: BACK, fromService: {name: web, envVarKey: A}}\n"
BROKEN: list[tuple[str, str, str, str]] = [
    ("{name: apo, property: host}", API, "There is no service `apo` in this file.", "Did you mean `api`?"),
    ("{name: api, type: pserv, property: host}", API, "The type of `api` is `web`, not `pserv`.", "Write `type: web`"),
    ("{name: api, envVarKey: TOKN}", API, "`api` has no variable `TOKN` in this file.", "Did you mean `TOKEN`?"),
    ("{name: api}", API, "`fromService` asks for nothing.", "`property: host`"),
    ("{name: api, property: host, envVarKey: KEY}", API, "`fromService` asks for two things.", "Give one of"),
    ("{name: api, property: connectionString}", API, "none of the values that can be", "`hostport`"),
    (
        "{name: api, propery: host, property: host}",
        API,
        "There is no field `propery` here.",
        "Did you mean `property`?",
    ),
    ("{property: host}", API, "`name` is missing.", "Add `name: …`."),
    ("{name: api, property: host}", WORKER, "`api` is a `worker` service: nothing is sent to it.", "Remove it."),
    ("{name: api, envVarKey: PORT}", WORKER, "`api` is a `worker` service: nothing is sent to it.", "Remove it."),
    (
        "{name: api, property: url}",
        PRIVATE,
        "`api` is a `private` service: it has no public URL.",
        "`property: hostport`",
    ),
]


@pytest.mark.parametrize(("reference", "api", "message", "hint"), BROKEN)
def test_a_reference_that_leads_nowhere_is_told_at_its_line(reference: str, api: str, message: str, hint: str) -> None:
    found = problem(f"- {{key: B, value: x}}\n- {{key: A, fromService: {reference}}}", api)
    assert message in found.message
    assert hint in found.hint
    assert found.line == 5
    assert found.path.startswith("services[0].envVars[1].fromService")


def test_a_circle_is_told_wherever_it_can_be_cut() -> None:
    with pytest.raises(BlueprintError) as refused:
        parse(file("- {key: A, fromService: {name: api, envVarKey: BACK}}", CIRCLE))
    told = [(each.line, each.message) for each in refused.value.problems]
    assert told == [
        (4, "It goes round in a circle: `A` of `web` → `BACK` of `api` → `A` of `web`."),
        (11, "It goes round in a circle: `BACK` of `api` → `A` of `web` → `BACK` of `api`."),
    ]


def test_a_variable_of_itself_is_a_circle() -> None:
    assert "`A` of `web` → `A` of `web`" in problem("- {key: A, fromService: {name: web, envVarKey: A}}").message


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("value: x, fromService: {name: api, property: host}", "from more than one place"),
        ("copyToPreviews: true, fromService: {name: api, envVarKey: TOKEN}", "is another service's"),
        ("value: x, origins: []", "There is no field `origins` here."),
    ],
)
def test_one_source_and_no_more(fields: str, message: str) -> None:
    assert message in problem(f"- {{key: A, {fields}}}").message


def test_the_schema_shows_what_can_be_written_and_no_more() -> None:
    fields = json_schema()["$defs"]["EnvVar"]["properties"]
    assert "fromService" in fields
    assert "origins" not in fields
