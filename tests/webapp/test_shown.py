from datetime import timedelta

import pytest

from tests.tidegate.make import at, deployment
from tidegate.deployment import Status
from webapp.pages.shown import ago, body, look, prose, subject, took, word


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s ago"),
        (119, "119 s ago"),
        (120, "2 min ago"),
        (7199, "119 min ago"),
        (7200, "2 h ago"),
        (172_799, "47 h ago"),
        (172_800, "2 days ago"),
        (4_000_000, "46 days ago"),
    ],
)
def test_ago(seconds: int, words: str) -> None:
    assert ago(timedelta(seconds=seconds)) == words


def test_every_status_has_a_look_and_a_word() -> None:
    assert {look(status) for status in Status}.isdisjoint({("quiet", "unknown")})
    assert word(Status.PRE_DEPLOY) == "Pre-deploy"
    assert look("something newer") == ("quiet", "dash")


@pytest.mark.parametrize(
    ("clause", "html"),
    [
        ("build failed", "Build failed"),
        ("says `[skip ci]` twice", "Says <code>[skip ci]</code> twice"),
        ("says `` `x` ``", "Says <code>`x`</code>"),
        ("<script>`<b>`", "&lt;script&gt;<code>&lt;b&gt;</code>"),
        ("a lone ` backtick", "A lone ` backtick"),
        ("\x1b[31mred\x1b[0m", "Red"),
    ],
)
def test_prose(clause: str, html: str) -> None:
    assert prose(clause) == html


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({}, None),
        ({"started_at": at(0)}, 50),
        ({"started_at": at(0), "live_at": at(10), "ended_at": at(40)}, 10),
        ({"started_at": at(0), "ended_at": at(40)}, 40),
    ],
)
def test_took(changes: dict[str, object], seconds: int | None) -> None:
    time = took(deployment(**changes), now=at(50))
    assert time == (None if seconds is None else timedelta(seconds=seconds))


def test_a_commits_message_has_a_subject_and_a_body() -> None:
    assert (subject("Fix it\n\nFor good."), body("Fix it\n\nFor good.")) == ("Fix it", "For good.")
    assert (subject(""), body("")) == ("(no message)", "")
