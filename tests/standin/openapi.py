"""GitHub's own OpenAPI description as the judge: of what the stand-in answers and sends, and of what it is asked.

The description is npm's `@octokit/openapi`, fetched once into `.cache/` (13 MB; too large to keep in the repository).
`Judge.recorded` judges what the stand-in recorded of others' calls (`StandIn.keep_bodies`, `StandIn.calls`).
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests import npm

VERSION = "23.0.2"
CACHE = Path(__file__).parents[2] / ".cache" / "openapi"
# Parameters that hold slashes on GitHub, although OpenAPI can't say so; an empty path is the root directory.
GREEDY = {"path": ".*"} | dict.fromkeys(["ref", "branch", "basehead", "name", "tree_sha"], ".+")
HERE = "urn:github"
SHOWN = 5  # problems named in a message

Json = dict[str, Any]


class Violation(AssertionError):
    """Something is not as GitHub describes it."""


def description() -> Path:
    """The JSON file of the description, downloaded when it isn't here yet."""
    kept = CACHE / f"api.github.com-{VERSION}.json"
    return npm.fetch(f"@octokit/openapi@{VERSION}", "generated/api.github.com.json", kept)


@cache
def judge() -> Judge:
    document = _as_json_schema(json.loads(description().read_text()))
    # A slip in the description: it wants each account to be a user *and* an enterprise, which GitHub's own answers
    # are not; its component `installation` says what is meant.
    answer = document["paths"]["/app/installations"]["get"]["responses"]["200"]["content"]["application/json"]
    answer["schema"]["items"] = {"$ref": f"{HERE}#/components/schemas/installation"}
    return Judge(document)


class Judge:
    def __init__(self, document: Json) -> None:
        self._document = document
        self._registry: Registry[Any] = Registry().with_resource(HERE, DRAFT202012.create_resource(document))
        self._formats = FormatChecker([])
        self._formats.checks("date-time", ValueError)(_is_time)
        self._patterns = sorted(((_pattern(path), path) for path in document["paths"]), key=_literalness)
        self._validators: dict[str, tuple[jsonschema_rs.Draft202012Validator, Draft202012Validator]] = {}
        self._quick_registry = jsonschema_rs.Registry([(HERE, document)], draft=jsonschema_rs.Draft202012)

    def operation(self, method: str, path: str) -> tuple[str, Json]:
        """(template, operation) of a path below the API's root."""
        for pattern, template in self._patterns:
            operation = self._document["paths"][template].get(method.lower())
            if operation is not None and pattern.fullmatch(path):
                return template, operation
        raise Violation(f"GitHub has no {method} {path}")

    def request(self, method: str, path: str, query: dict[str, str] | None = None, body: Any = None) -> None:
        """Judge a request: known operation, known and valid query parameters, valid body without unknown fields."""
        template, operation = self.operation(method, path)
        where = f"request {method} {template}"
        parameters = [self._resolved(each) for each in [*self._shared(template), *operation.get("parameters", [])]]
        known = {each["name"]: each for each in parameters if each["in"] == "query"}
        for name, value in (query or {}).items():
            if name not in known:
                raise Violation(f"{where}: no query parameter {name!r}")
            self._check(known[name]["schema"], _typed(value, known[name]["schema"]), f"{where}?{name}")
        missing = [name for name, each in known.items() if each.get("required") and name not in (query or {})]
        if missing:
            raise Violation(f"{where}: query lacks {missing}")
        self._request_body(operation, body, where)

    def recorded(self, call: Json) -> None:
        """Judge a call of the REST API, request and answer, as recorded by the stand-in while `keep_bodies` was on."""
        asked, answered = (json.loads(call[key]) if call[key] else None for key in ("body", "answer"))
        self.request(call["method"], call["path"], call["query"], asked)
        if answered is not None or call["status"] < 500:  # else the connection was cut, on request
            self.response(call["method"], call["path"], call["status"], answered)

    def response(self, method: str, path: str, status: int, body: Any) -> None:
        """Judge an answer: a described status, a valid body. Errors common to all need only be errors."""
        template, operation = self.operation(method, path)
        where = f"answer {status} to {method} {template}"
        described = operation["responses"].get(str(status))
        if described is None:
            if status in {400, 401, 403, 404, 422, 429} or status >= 500:
                self._check({"$ref": f"{HERE}#/components/schemas/basic-error"}, body, where)
                return
            raise Violation(f"{where}: GitHub never gives this status here")
        content = self._resolved(described).get("content", {})
        if "application/json" in content:
            self._check(content["application/json"]["schema"], body, where)
        elif body is not None and not content and status in {202, 204, 304}:
            raise Violation(f"{where}: must be empty")

    def webhook(self, event: str, payload: Json) -> None:
        """Judge a webhook's payload."""
        names = (
            [f"webhook-{event}-{payload['action']}", f"webhook-{event}"]
            if "action" in payload
            else [f"webhook-{event}"]
        )
        for name in (each.replace("_", "-") for each in names):
            if name in self._document["components"]["schemas"]:
                self._check({"$ref": f"{HERE}#/components/schemas/{name}"}, payload, f"webhook {name}")
                return
        raise Violation(f"GitHub sends no {names[0]}")

    def _shared(self, template: str) -> list[Json]:
        shared: list[Json] = self._document["paths"][template].get("parameters", [])
        return shared

    def _request_body(self, operation: Json, body: Any, where: str) -> None:
        described = operation.get("requestBody")
        if described is None:
            if body not in (None, {}):
                raise Violation(f"{where}: takes no body")
            return
        if body is None:
            if described.get("required"):
                raise Violation(f"{where}: needs a body")
            return
        schema = described["content"]["application/json"]["schema"]
        self._check(schema, body, where)
        known = self._properties(schema)
        unknown = set(body) - known if isinstance(body, dict) and known else set()
        if unknown:
            raise Violation(f"{where}: unknown fields {sorted(unknown)}")

    def _properties(self, schema: Json) -> set[str]:
        schema = self._resolved(schema)
        found = set(schema.get("properties", {}))
        for part in ("allOf", "anyOf", "oneOf"):
            for each in schema.get(part, []):
                found |= self._properties(each)
        return found

    def _resolved(self, thing: Json) -> Json:
        while "$ref" in thing:
            target: Any = self._document
            for step in thing["$ref"].removeprefix(f"{HERE}#/").split("/"):
                target = target[step]
            thing = target
        return thing

    def _check(self, schema: Json, value: Any, where: str) -> None:
        quick, telling = self._judges(schema)
        if quick.is_valid(value):
            return
        problems = list(telling.iter_errors(value))
        if problems:
            told = [_cause(each) for each in problems[:SHOWN]]
            raise Violation(f"{where}: " + "; ".join(told))

    def _judges(self, schema: Json) -> tuple[jsonschema_rs.Draft202012Validator, Draft202012Validator]:
        """The same twice: a native one, which is a hundred times as quick, and one that tells what is the matter."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            self._validators[key] = (
                jsonschema_rs.Draft202012Validator(
                    schema, registry=self._quick_registry, formats={"date-time": _has_zone}, validate_formats=True
                ),
                Draft202012Validator(schema, registry=self._registry, format_checker=self._formats),
            )
        return self._validators[key]


def _cause(error: ValidationError) -> str:
    """The deepest reason of the likeliest branch, since `oneOf` alone says only that nothing fitted."""
    found = best_match([error])
    assert found
    return f"{found.json_path} {found.message[:300]}"


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    shown = [re.escape(part) if index % 2 == 0 else (GREEDY.get(part, "[^/]+")) for index, part in enumerate(parts)]
    return re.compile("".join(shown))


def _literalness(item: tuple[re.Pattern[str], str]) -> tuple[int, int]:
    """Paths with more literal text first: `/commits/{ref}/status` before `/commits/{ref}`."""
    template = item[1]
    return -len(re.sub(r"\{\w+\}", "", template)), template.count("{")


def _is_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def _has_zone(value: str) -> bool:
    try:
        return _is_time(value)
    except ValueError:
        return False


def _typed(value: str, schema: Json) -> Any:
    """A query's text as the type that its schema speaks of."""
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", value):
        return int(value)
    if schema.get("type") == "boolean" and value in {"true", "false"}:
        return value == "true"
    return value


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` in JSON Schema's words, and references by absolute name, everywhere."""
    if isinstance(node, list):
        return [_as_json_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {
        key: _as_json_schema(value)
        for key, value in node.items()
        if key not in {"example", "examples"} or key == "properties"
    }
    if isinstance(made.get("$ref"), str):
        made["$ref"] = HERE + made["$ref"]
    if made.get("nullable") is True:
        del made["nullable"]
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
        if isinstance(made.get("type"), str):
            made["type"] = [made["type"], "null"]
        elif not {"type", "enum"} & made.keys():
            made = {"anyOf": [made, {"type": "null"}]}
    return made
