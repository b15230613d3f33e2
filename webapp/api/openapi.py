"""`/api/v1/openapi.json`: the API as it is, described from the declarations by which it is served (OpenAPI 3.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from importlib.metadata import version

from flask import Blueprint, Flask, Response, current_app, jsonify
from werkzeug.routing import Rule

from tidegate.apitoken import scope_for
from tidegate.permission import NEEDED
from webapp.api.declared import DECLARED, LINES, Endpoint, Parameter
from webapp.api.shapes import NAMED, TEXT, WHOLE, Schema
from webapp.once import HEADER, LONGEST
from webapp.problem import CONTENT_TYPE

blueprint = Blueprint("api_openapi", __name__)

PREFIX = "/api/v1/"
#: `<int:service_id>` of a rule.
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")
_BODIES = ("application/json", "application/x-www-form-urlencoded")
#: What may go wrong anywhere: whose fault it is, GitHub's and the store's among them.
REFUSALS = {
    400: "A parameter can't be meant",
    401: "No token, or one that opens nothing; or nobody is signed in",
    403: "The asker may not, or what asked for it was another site",
    404: "There is no such thing, or GitHub does not let the asker read its repository",
    409: "It can't be done as things are",
    413: "The body is too long",
    415: "The body is neither JSON nor a form",
    422: f"The `{HEADER}` was used for another request",
    502: "GitHub can't be asked just now",
    503: "The store can't be reached just now",
}
_PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457. `detail` says what to do.",
    "properties": {"type": TEXT, "title": TEXT, "status": WHOLE, "detail": TEXT},
    "required": ["type", "title", "status", "detail"],
}
_KEY: Schema = {
    "name": HEADER,
    "in": "header",
    "description": "The same request with the same key within a day is answered as the first was, not done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"^[\x21-\x7e]+$"},
}


@blueprint.get(f"{PREFIX}openapi.json")
def served() -> Response:
    """For anybody: it tells of nobody's."""
    return jsonify(describe(current_app))


def describe(app: Flask) -> Schema:
    paths: dict[str, dict[str, Schema]] = {}
    for rule in app.url_map.iter_rules():
        declared = DECLARED.get(app.view_functions[rule.endpoint])
        if declared is not None:
            (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            paths.setdefault(_PART.sub(r"{\2}", rule.rule), {})[method.lower()] = _operation(rule, method, declared)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tidegate",
            "version": version("tidegate"),
            "description": "What the pages show and do, with the same permissions.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {**NAMED, "Problem": _PROBLEM},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token that was made at /tokens."},
                "session": {"type": "apiKey", "in": "cookie", "name": app.config["SESSION_COOKIE_NAME"]},
            },
        },
    }


def _operation(rule: Rule, method: str, declared: Endpoint) -> Schema:
    in_body = method in {"POST", "PUT"}
    query = [] if in_body else [_parameter(each) for each in declared.takes]
    key = [_KEY] if method == "POST" else []
    told: Schema = {
        "operationId": rule.endpoint.removeprefix("api_").replace(".", "_"),
        "summary": declared.summary,
        "parameters": [*_of_path(rule), *query, *key],
        "responses": _responses(declared),
    }
    if declared.action is not None:
        needed, scope = NEEDED[declared.action].name.lower(), scope_for(declared.action)
        told["description"] = f"Takes *{needed}* in the repository; a token, one for *{scope}*."
    if declared.about:
        told["description"] = declared.about
    if declared.people_only:
        told["security"] = [{"session": []}]
    if in_body and declared.takes:
        told["requestBody"] = _body(declared.takes)
    return told


def _of_path(rule: Rule) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0} if kind else TEXT}
        for kind, name in _PART.findall(rule.rule)
    ]


def _parameter(each: Parameter) -> Schema:
    return {
        "name": each.name,
        "in": "query",
        "required": each.required,
        "description": each.about,
        "schema": each.schema,
    }


def _body(takes: tuple[Parameter, ...]) -> Schema:
    required = [each.name for each in takes if each.required]
    schema: Schema = {
        "type": "object",
        "properties": {each.name: {**each.schema, "description": each.about} for each in takes},
        "required": required,
        "additionalProperties": False,
    }
    return {"required": bool(required), "content": {kind: {"schema": schema} for kind in _BODIES}}


def _responses(declared: Endpoint) -> Mapping[str, Schema]:
    given = {str(status): _response(status, declared.kind, schema) for status, schema in declared.gives.items()}
    problem = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {str(status): {"description": about, "content": problem} for status, about in REFUSALS.items()}
    return {**given, **refused}


def _response(status: int, kind: str, schema: Schema | None) -> Schema:
    told: Schema = {"description": HTTPStatus(status).phrase}
    if schema is not None:
        # Of lines OpenAPI 3.1 can't say what each is: the whole is text to it.
        each = {"type": "string", "description": f"A JSON object a line: {json.dumps(schema)}"}
        told["content"] = {kind: {"schema": each if kind == LINES else schema}}
    return told
