"""Which of a Dockerfile, a plan and an image a service is built from, as its deploy file tells it."""

from __future__ import annotations

import pytest

from tidegate.blueprint import BlueprintError, Service, parse
from tidegate.plans import LANGUAGES, Wishes


def service(fields: str) -> Service:
    inner = "".join(f"    {line}\n" for line in fields.splitlines())
    return parse(f"services:\n  - name: web\n{inner}").services[0]


@pytest.mark.parametrize(
    ("fields", "wishes"),
    [
        ("", Wishes()),
        (
            "buildCommand: npm ci && npm run build\nstartCommand: node s.js",
            Wishes(None, "npm ci && npm run build", "node s.js"),
        ),
        ("runtime: node\nbuildCommand: ' make '", Wishes("node", "make")),
        ("runtime: elixir", Wishes("elixir")),
        ("runtime: docker", None),
        ("runtime: image\nimage: {url: nginx}", None),
        ("dockerfilePath: ./Dockerfile", None),
        ("dockerContext: .", None),
        ("dockerCommand: ./run", None),
    ],
)
def test_what_is_asked_of_a_plan(fields: str, wishes: Wishes | None) -> None:
    made = service(fields)
    assert made.wishes == wishes
    assert Service.load(made.dump()) == made


@pytest.mark.parametrize(
    ("fields", "line", "words"),
    [
        ("runtime: docker\nbuildCommand: make", 4, "`buildCommand` has no meaning with a Dockerfile"),
        ("runtime: docker\nstartCommand: make", 4, "Write `dockerCommand`"),
        ("dockerfilePath: Dockerfile.prod\nstartCommand: make", 4, "name the language: `runtime: node`"),
        ("buildCommand: ' '", 3, "The command is empty"),
        ("startCommand:\n  - node", 4, "not a text"),
        *(
            (f"runtime: {each}\ndockerfilePath: D", 4, f"`runtime: {each}`: no Dockerfile is used")
            for each in LANGUAGES
        ),
        ("runtime: go\ndockerCommand: ./x", 4, "Write `startCommand`"),
        ("runtime: go\ndockerContext: x", 4, "or write `runtime: docker`"),
    ],
)
def test_a_dockerfile_and_a_plan_are_not_both_had(fields: str, line: int, words: str) -> None:
    with pytest.raises(BlueprintError) as refused:
        service(fields)
    (problem,) = refused.value.problems
    assert words in f"{problem.message} {problem.hint}"
    assert problem.line == line
