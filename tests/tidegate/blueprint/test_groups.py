"""Groups of variables: what each service that names one has of it, or why it can't."""

from __future__ import annotations

from textwrap import indent

import jsonschema
import pytest
import yaml

from tidegate.blueprint import BlueprintError, EnvVar, Problem, Service, json_schema, parse
from tidegate.blueprint.variable import Origin

GROUPS = """\
envVarGroups:
- name: shared
  envVars:
    - {key: MODE, value: live, previewValue: test}
    - {key: SALT, generateValue: true, copyToPreviews: true}
- name: more
  envVars:
    - {key: EXTRA, value: x}
"""


def file(variables: str, groups: str = GROUPS) -> str:
    """The service `web` with these variables, from line 4 on; then the groups."""
    return f"services:\n- name: web\n  envVars:\n{indent(variables.strip(), '    ')}\n{groups}"


def problems(variables: str, groups: str = GROUPS) -> list[Problem]:
    with pytest.raises(BlueprintError) as refused:
        parse(file(variables, groups))
    return list(refused.value.problems)


def test_a_service_has_its_groups_variables_and_its_own_first() -> None:
    text = file("- fromGroup: shared\n- {key: MODE, value: mine}\n- fromGroup: more")
    service = parse(text).services[0]
    assert service.env_vars == (
        EnvVar(key="SALT", generate=True, copied=True, origins=(Origin(group="shared", key="SALT"),)),
        EnvVar(key="MODE", value="mine"),
        EnvVar(key="EXTRA", value="x"),
    )
    assert Service.load(service.dump()) == service
    jsonschema.validate(yaml.safe_load(text), json_schema())


def test_another_service_may_refer_to_what_it_has_from_a_group() -> None:
    api = "- name: api\n  envVars:\n    - fromGroup: shared\n"
    salt = file("- {key: S, fromService: {name: api, envVarKey: SALT}}", api + GROUPS)
    (found,) = parse(salt).services[0].env_vars
    assert found.origins == (Origin(service="api", key="SALT"), Origin(group="shared", key="SALT"))


@pytest.mark.parametrize(
    ("variables", "line", "message", "hint"),
    [
        ("- fromGroup: shard", 4, "There is no group `shard` in this file.", "Did you mean `shared`?"),
        ("- fromGroup: shared\n- fromGroup: shared", 5, "another group named `shared`, on line 4", "a name of its own"),
        ("- {key: A, fromGroup: shared}", 4, "stands for all of a group's variables", "an item of its own"),
        ("- {value: x}", 4, "`key` is missing.", "Add `key: …`."),
    ],
)
def test_a_mistake_in_a_service_is_told_at_its_line(variables: str, line: int, message: str, hint: str) -> None:
    (found,) = problems(variables)
    assert (found.line, message in found.message, hint in found.hint) == (line, True, True), found


def test_a_variable_of_two_groups_is_refused_unless_the_service_has_its_own() -> None:
    groups = GROUPS.replace("EXTRA", "MODE")
    both = "- fromGroup: shared\n- fromGroup: more"
    (found,) = problems(both, groups)
    assert (found.line, found.message) == (5, "`MODE` is in `shared` as well.")
    assert parse(file(f"{both}\n- {{key: MODE, value: own}}", groups)).services[0].env_vars[-1].value == "own"


@pytest.mark.parametrize(
    ("group", "line", "message"),
    [
        ("- {key: A, sync: false}", 8, "A group's variable can't have `sync`."),
        ("- {key: A, fromService: {name: web, property: host}}", 8, "A group's variable can't have `fromService`."),
        ("- fromGroup: other", 8, "A group's variable can't have `fromGroup`."),
        ("- {key: A, value: x, valu: y}", 8, "There is no field `valu` here."),
        ("- {key: A, value: x}\n    - {key: A, value: y}", 9, "There is another variable named `A`, on line 8."),
        ("- {key: PORT, value: '1'}", 8, "`PORT` is set from the service's `port`."),
    ],
)
def test_a_mistake_in_a_group_is_told_at_its_line(group: str, line: int, message: str) -> None:
    (found,) = problems("- {key: B, value: x}", f"envVarGroups:\n- name: shared\n  envVars:\n    {group}\n")
    assert (found.line, found.message) == (line, message)


def test_two_groups_of_one_name_are_refused() -> None:
    (found,) = problems("- {key: B, value: x}", GROUPS.replace("name: more", "name: shared"))
    assert "There is another group named `shared`, on line 6." in found.message
