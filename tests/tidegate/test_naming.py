from __future__ import annotations

import pytest

from tidegate.naming import named

PRIVATE: dict[str, object] = {"type": "private"}
WEB: dict[str, object] = {"type": "web", "envVars": [{"key": "MODE", "value": "x", "reaches": None}]}
ASKING: dict[str, object] = {"type": "worker", "envVars": [{"key": "API", "value": "api:3000", "reaches": "api"}]}


@pytest.mark.parametrize(
    ("definitions", "expected"),
    [
        ([], set()),
        ([("web", WEB), ("api", {})], set()),
        ([("web", WEB), ("db", PRIVATE)], {"db"}),
        ([("api", WEB), ("mailer", ASKING)], {"api"}),
        ([("api", WEB), ("mailer", ASKING), ("mailer", WEB)], {"api"}),
        ([("db", PRIVATE), ("db", WEB)], {"db"}),
    ],
)
def test_private_services_and_those_that_are_asked_for(
    definitions: list[tuple[str, dict[str, object]]], expected: set[str]
) -> None:
    assert named(definitions) == expected
