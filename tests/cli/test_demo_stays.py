"""A demo is up until somebody ends it, whatever the small GitHub beside it answers meanwhile."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from cli.checkout import Checkout
from cli.demo import Demo
from cli.hub import Hub, Shown
from cli.rehearsal import Rehearsal
from cli.stop import StoppedError

LATE = httpx.ReadTimeout("late")
REFUSED = httpx.HTTPStatusError(
    "403 Forbidden", request=httpx.Request("GET", "http://hub"), response=httpx.Response(403)
)


class Moody:
    """A hub whose answers to "what is at the branch's tip" are these, in turn; then somebody presses Ctrl-C."""

    def __init__(self, *answers: tuple[str, str] | Exception) -> None:
        self.answers = iter(answers)

    def head(self, _branch: str) -> tuple[str, str]:
        answer = next(self.answers, StoppedError())
        if isinstance(answer, Exception):
            raise answer
        return answer

    def shown(self, _sha: str) -> Shown:
        return Shown((), (), {})


def demo(hub: Moody) -> Demo:
    local: Any = SimpleNamespace(settings=SimpleNamespace(domain="localhost"), port=80)
    checkout: Any = SimpleNamespace(head=lambda: "first")
    return Demo(cast("Checkout", checkout), cast("Hub", hub), cast("Rehearsal", local))


@pytest.mark.parametrize("trouble", [LATE, REFUSED])
def test_it_goes_on_where_github_does_not_answer(
    trouble: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cli.demo.time.sleep", lambda _seconds: None)
    running = demo(Moody(("first", "Say hello"), trouble, ("second", "Say more")))
    with pytest.raises(StoppedError):
        running.follow_new_pushes()
    assert capsys.readouterr().out.strip() == "pushed second “Say more”"
