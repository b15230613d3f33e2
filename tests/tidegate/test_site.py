"""What a rule of a static site may say."""

from __future__ import annotations

import json
import re
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.site import BadRule, Header, Route, Site, checked, configuration

Kind = Literal["redirect", "rewrite"]


@pytest.mark.parametrize(
    ("kind", "source", "destination", "message"),
    [
        ("redirect", "/*/*", "/", "`/*/*` has more than one `*`."),
        ("redirect", "/:a/:a", "/", "`/:a/:a` has a placeholder twice."),
        ("redirect", "/a", "/*", "The destination has a `*`, and the source has none."),
        ("redirect", "/:a", "/:b", "The source has no `:b`."),
        ("rewrite", "/*", "https://example.com/*", "A rewrite serves another file of this site, and `destination`"),
    ],
)
def test_a_rule_that_nobody_can_mean_is_refused(kind: Kind, source: str, destination: str, message: str) -> None:
    with pytest.raises(BadRule) as bad:
        checked(Route(kind, source, destination))
    assert str(bad.value).startswith(message)
    assert bad.value.hint.endswith(".")


@pytest.mark.parametrize("destination", ["/x/*", "/:id", "https://example.com:8443/:id?all=*", "http://[::1]:80/"])
def test_what_can_be_meant_is_taken_as_it_is(destination: str) -> None:
    told = Route("redirect", "/users/:id/*", destination)
    assert checked(told) is told


@given(st.text(min_size=1), st.text(min_size=1), st.text())
@settings(deadline=None)
def test_whatever_a_header_holds_no_placeholder_of_the_server_s_is_in_it(path: str, name: str, value: str) -> None:
    made = configuration(Site(headers=(Header(path, name, value),)))
    before = configuration(Site())["apps"]["http"]["servers"]["site"]["routes"]
    (told,) = [each for each in made["apps"]["http"]["servers"]["site"]["routes"] if each not in before]
    ((sent,),) = told["handle"][0]["response"]["set"].values()
    assert sent.replace("\\{", "{") == value
    assert not re.search(r"(?<!\\)\{", sent)
    json.dumps(made)
