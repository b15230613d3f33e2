"""A client that holds each answer of the API to the API's own description, whatever the story is about."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from webapp.api.declared import DECLARED, EVENTS, LINES, Endpoint
from webapp.api.openapi import REFUSALS
from webapp.api.shapes import NAMED
from webapp.problem import CONTENT_TYPE


class Judged(FlaskClient):
    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        declared = self._declared(answer)
        if declared is not None:
            judge(declared, answer)
        return answer

    def _declared(self, answer: TestResponse) -> Endpoint | None:
        """None where it isn't of the API, or is of nothing that there is."""
        request = answer.request
        try:
            endpoint, _ = self.application.url_map.bind("").match(request.path, request.method)
        except HTTPException:
            return None
        return DECLARED.get(self.application.view_functions[endpoint])


def judge(declared: Endpoint, answer: TestResponse) -> None:
    status, kind = answer.status_code, answer.content_type
    if kind == CONTENT_TYPE:
        assert status in REFUSALS, f"{declared.summary}: a {status} is not described"
        return
    assert status in declared.gives, f"{declared.summary}: a {status} is not described"
    schema = declared.gives[status]
    if schema is None:
        assert not answer.data
        return
    if declared.kind == EVENTS:
        return  # a story reads them as they come
    told = [json.loads(line) for line in answer.text.splitlines()] if declared.kind == LINES else [answer.get_json()]
    for each in told:
        _validator(json.dumps(schema)).validate(each)


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(schema), "components": {"schemas": NAMED}})
