"""`tidegate deploys logs`: what is kept, and what comes while somebody reads, each line once."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from cli.remote.following import events
from tests.cli.remote.laptop import Laptop
from tests.tidegate.store.given import NOON, a_deployment, a_lane, a_service, after
from tidegate.deployment import Deployment, Move, Status
from webapp import livelog


@pytest.fixture
def made(laptop: Laptop) -> Deployment:
    """Its lines 1 and 2 are there."""
    laptop.sign_in()
    made = a_deployment(laptop.web.store, a_service(laptop.web.store))
    keep(laptop, made, 1, "first", "\x1b]0;owned\x07second\u2028of two")
    return made


def keep(laptop: Laptop, made: Deployment, first: int, *texts: str) -> None:
    laptop.web.store.logs.append(made.id, "build", first, [(after(first), each) for each in texts])


def fail(laptop: Laptop, made: Deployment) -> None:
    store = laptop.web.store
    store.deployments.move(made.id, Move(Status.FAILED, "it broke"), NOON, a_lane(store, made))


def meanwhile(monkeypatch: pytest.MonkeyPatch, *happens: Callable[[], object]) -> None:
    """While the server waits for more lines."""
    left = list(happens)

    def sleep(seconds: float) -> None:
        if left:
            left.pop(0)()

    monkeypatch.setattr(livelog, "time", SimpleNamespace(sleep=sleep))


def test_what_is_kept_is_printed_without_what_only_a_terminal_understands(laptop: Laptop, made: Deployment) -> None:
    assert laptop.type(f"deploys logs {made.id}") == (0, "first\nsecond\u2028of two\n", "")
    told = laptop.json(f"deploys logs {made.id}")[1]["lines"]
    assert [(each["n"], each["step"]) for each in told] == [(1, "build"), (2, "build")]


def test_one_that_grows_is_followed_to_its_end_though_the_connection_is_cut(
    laptop: Laptop, made: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(
        monkeypatch,
        lambda: None,
        lambda: keep(laptop, made, 3, "third"),
        lambda: keep(laptop, made, 4, "fourth"),
        lambda: fail(laptop, made),
    )
    # What the server says first, how the deployment is, and its first lines.
    laptop.wire.short = 3
    code, out, err = laptop.type(f"deploys logs {made.id} -f")
    assert (code, out.split("\n"), err) == (0, ["first", "second\u2028of two", "third", "fourth", ""], "")
    assert [each.rpartition("?")[2] for each in laptop.wire.asked] == ["after=0", "after=2"]


def test_a_server_that_stays_away_ends_it(laptop: Laptop, made: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(monkeypatch, lambda: keep(laptop, made, 3, "third"))
    laptop.wire.short = 3
    laptop.wire.cuts = ["", *["before"] * 9]
    code, out, err = laptop.type(f"deploys logs {made.id} -f")
    assert (code, "second" in out, "can't be reached" in err) == (3, True, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("retry: 1000\n\n", []),
        ('event: end\ndata: ""\n\n', [("end", '""')]),
        (": still here\n\nevent: line\nid: 3\ndata: [1,\ndata:2]\n\n", [("line", "[1,\n2]")]),
        ("data: a\n\ndata: b\n\n", [("message", "a"), ("message", "b")]),
        ("event: line\ndata: cut off", []),
    ],
)
def test_events_are_those_that_are_whole(text: str, told: list[tuple[str, str]]) -> None:
    assert list(events(text.split("\n"))) == told
