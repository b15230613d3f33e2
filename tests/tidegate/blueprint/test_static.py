"""A static site in the deploy file, as Render writes it and as its own type."""

from __future__ import annotations

import jsonschema
import pytest
import yaml

from tidegate.blueprint import BlueprintError, Problem, Service, json_schema, parse
from tidegate.blueprint.unsupported import OF_A_SITE, OF_NO_SITE
from tidegate.routing import is_public
from tidegate.site import Header, Route, Site

SITE = """\
services:
  - name: docs
    type: static
    buildCommand: npm ci && npm run build
    staticPublishPath: ./build/
    headers:
      - path: /*
        name: X-Frame-Options
        value: deny
    routes:
      - type: redirect
        source: /old/:page
        destination: /new/:page
      - type: rewrite
        source: /*
        destination: /index.html
"""


def only(text: str) -> Service:
    (service,) = parse(text).services
    return service


def problem(fields: str) -> Problem:
    """The one mistake of a static site with these fields, from line 4 on."""
    told = "".join(f"    {line}\n" for line in fields.splitlines())
    with pytest.raises(BlueprintError) as refused:
        parse(f"services:\n  - name: docs\n    type: static\n{told}")
    (found,) = refused.value.problems
    return found


def test_it_is_a_web_service_whose_files_a_file_server_serves() -> None:
    service = only(SITE)
    assert service.site == Site(
        "build",
        (Header("/*", "X-Frame-Options", "deny"),),
        (Route("redirect", "/old/:page", "/new/:page"), Route("rewrite", "/*", "/index.html")),
    )
    assert (is_public(service.dump()), service.probed_path, service.listens) == (True, None, True)
    assert service.wishes is not None
    assert service.wishes.site == service.site
    assert Service.load(service.dump()) == service


def test_render_s_spelling_is_the_same() -> None:
    assert only(SITE.replace("type: static", "type: web\n    runtime: static")) == only(SITE)
    assert only("services:\n  - {name: a, type: static}\n").site == Site()
    assert only("services:\n  - {name: a}\n").site is None


def test_the_published_schema_takes_both_spellings() -> None:
    for text in (SITE, SITE.replace("type: static", "type: web\n    runtime: static")):
        jsonschema.validate(yaml.safe_load(text), json_schema())


@pytest.mark.parametrize("name", sorted(OF_NO_SITE))
def test_what_a_site_cannot_have_is_refused_with_the_reason(name: str) -> None:
    found = problem(f"{name}: x")
    assert (found.line, found.path) == (4, f"services[0].{name}")
    assert found.message.startswith(f"`{name}` has no meaning for a static site: ")


@pytest.mark.parametrize("name", OF_A_SITE)
@pytest.mark.parametrize("kind", ["web", "worker", "private"])
def test_what_only_a_site_has_is_refused_elsewhere(name: str, kind: str) -> None:
    with pytest.raises(BlueprintError) as refused:
        parse(f"services:\n  - name: docs\n    type: {kind}\n    {name}: []\n")
    (found,) = refused.value.problems
    assert (found.line, found.message) == (4, f"`{name}` is for static sites only.")


@pytest.mark.parametrize(
    ("fields", "line", "message"),
    [
        ("runtime: node", 4, "`type: static` has no other `runtime` than `static`."),
        ("staticPublishPath: ../x", 4, "`../x` leads out of its directory."),
        ("headers:\n  - {path: assets, name: X-A, value: b}", 5, "`assets` is not a path."),
        ("headers:\n  - {path: /, name: 'X A', value: b}", 5, "`X A` can't be a header's name."),
        ("headers:\n  - {path: /, name: ETag, value: b}", 5, "`ETag` is made for each answer."),
        ('headers:\n  - {path: /, name: X-A, value: "a\\nb"}', 5, "The value can't be sent."),
        ("headers:\n  - {path: /, name: X-A, value: b, when: c}", 5, "There is no field `when` here."),
        ("routes:\n  - {type: proxy, source: /a, destination: /b}", 5, "proxy"),
        ("routes:\n  - {type: redirect, source: a, destination: /b}", 5, "`a` is not a path."),
        ("routes:\n  - {type: redirect, source: '/a?b', destination: /b}", 5, "The path holds '?'."),
        ("routes:\n  - {type: redirect, source: '/a b', destination: /b}", 5, "The path holds ' '."),
        ("routes:\n  - {type: redirect, source: /a, destination: //b}", 5, "`//b` leads to another host"),
        ("routes:\n  - {type: redirect, source: /a, destination: b}", 5, "`b` is neither a path nor an address."),
        ("routes:\n  - {type: redirect, source: /a, destination: '/:b'}", 5, "The source has no `:b`."),
        ("routes:\n  - {type: rewrite, source: /a, destination: 'https://b.example'}", 5, "A rewrite serves another"),
        ("routes:\n  - {type: redirect, source: /a}", 5, "`destination` is missing."),
        ("publishPath: dist", 4, "`publishPath` is an older spelling."),
        ('schedule: "* * * * *"', 4, "`schedule` has no meaning"),
    ],
)
def test_a_mistake_is_told_at_its_line(fields: str, line: int, message: str) -> None:
    found = problem(fields)
    assert found.line == line
    assert message in found.message
    assert found.hint


def test_a_site_is_no_worker() -> None:
    with pytest.raises(BlueprintError, match="`runtime: static` has no meaning with `type: worker`"):
        parse("services:\n  - {name: docs, type: worker, runtime: static}\n")
