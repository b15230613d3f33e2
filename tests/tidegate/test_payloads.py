"""Webhook payloads → events: GitHub's own examples, ours, and mutilated ones."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.payload_examples import Example, examples
from tests.tidegate.make import OURS
from tidegate.deployment import Trigger
from tidegate.events import (
    BranchDeleted,
    BranchPushed,
    ChecksChanged,
    DeployAsked,
    Event,
    InstallationGone,
    RepositoryGone,
    RepositorySeen,
)
from tidegate.payloads import parse

SHA, OLDER, ZERO = "a" * 40, "b" * 40, "0" * 40
SEEN = RepositorySeen(
    repository_id=42, installation_id=9, owner="octocat", name="hello", default_branch="main", private=True
)


def payload(**fields: Any) -> dict[str, Any]:
    return {
        "repository": {
            "id": 42,
            "name": "hello",
            "owner": {"login": "octocat"},
            "default_branch": "main",
            "private": True,
        },
        "installation": {"id": 9},
        "sender": {"login": "mona"},
        **fields,
    }


def told(event: str, **fields: Any) -> list[Event]:
    """The events after RepositorySeen, which each of these payloads yields first."""
    first, *rest = parse(event, payload(**fields), OURS)
    assert first == SEEN
    return rest


class TestPush:
    def push(self, **fields: Any) -> list[Event]:
        return told("push", **{"ref": "refs/heads/main", "before": OLDER, "after": SHA, "forced": False, **fields})

    def test_a_branch_moved(self) -> None:
        assert self.push() == [BranchPushed(42, "main", OLDER, SHA, forced=False, actor="mona")]

    def test_a_new_branch_has_no_before(self) -> None:
        assert self.push(before=ZERO) == [BranchPushed(42, "main", None, SHA, forced=False, actor="mona")]

    def test_a_forced_push_says_so(self) -> None:
        assert self.push(forced=True) == [BranchPushed(42, "main", OLDER, SHA, forced=True, actor="mona")]

    def test_slashes_are_part_of_a_branch(self) -> None:
        assert self.push(ref="refs/heads/feature/refs/heads/x") == [
            BranchPushed(42, "feature/refs/heads/x", OLDER, SHA, forced=False, actor="mona")
        ]

    @pytest.mark.parametrize("fields", [{"deleted": True}, {"deleted": True, "after": ZERO}, {"after": ZERO}])
    def test_a_deleted_branch(self, fields: dict[str, Any]) -> None:
        assert self.push(**fields) == [BranchDeleted(42, "main", "mona")]

    @pytest.mark.parametrize("ref", ["refs/tags/v1", "refs/notes/x", "main", None, 5])
    def test_tags_and_others_are_none_of_ours(self, ref: object) -> None:
        assert self.push(ref=ref) == []

    def test_long_ids_of_sha_256_repositories(self) -> None:
        assert self.push(after="c" * 64) == [BranchPushed(42, "main", OLDER, "c" * 64, forced=False, actor="mona")]

    @pytest.mark.parametrize("after", ["short", "A" * 40, "../" + SHA, None, 12])
    def test_what_is_no_sha_is_not_taken_for_one(self, after: object) -> None:
        assert self.push(after=after) == []

    def test_without_a_sender_the_pusher_is_named(self) -> None:
        assert self.push(sender=None, pusher={"name": "bot"}) == [
            BranchPushed(42, "main", OLDER, SHA, forced=False, actor="bot")
        ]
        assert self.push(sender=None) == [BranchPushed(42, "main", OLDER, SHA, forced=False, actor="someone")]


def run(app: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": 77, "head_sha": SHA, "app": {"id": app}, **fields}


class TestChecks:
    @pytest.mark.parametrize("action", ["created", "completed", "rerequested", "requested_action", None])
    def test_others_runs_are_hints(self, action: str | None) -> None:
        assert told("check_run", action=action, check_run=run()) == [ChecksChanged(42, SHA, action == "completed")]

    @pytest.mark.parametrize("action", ["created", "completed", None])
    def test_our_own_runs_are_no_news(self, action: str | None) -> None:
        assert parse("check_run", payload(action=action, check_run=run(OURS)), OURS) == []

    @pytest.mark.parametrize(
        ("identifier", "trigger"),
        [("redeploy", Trigger.REDEPLOY), ("rollback", Trigger.ROLLBACK), ("restart", Trigger.RESTART)],
    )
    def test_the_buttons(self, identifier: str, trigger: Trigger) -> None:
        asked = {"identifier": identifier}
        assert told("check_run", action="requested_action", check_run=run(OURS), requested_action=asked) == [
            DeployAsked(42, SHA, trigger, "mona", 77)
        ]

    @pytest.mark.parametrize("asked", [{"identifier": "explode"}, {"identifier": ["redeploy"]}, {}, None, "redeploy"])
    def test_unknown_buttons_do_nothing(self, asked: object) -> None:
        found = payload(action="requested_action", check_run=run(OURS), requested_action=asked)
        assert parse("check_run", found, OURS) == []

    def test_re_run(self) -> None:
        assert told("check_run", action="rerequested", check_run=run(OURS)) == [
            DeployAsked(42, SHA, Trigger.RERUN, "mona", 77)
        ]

    def test_others_suites_are_hints(self) -> None:
        assert told("check_suite", action="completed", check_suite=run()) == [ChecksChanged(42, SHA, concluded=True)]

    @pytest.mark.parametrize("action", ["requested", "completed"])
    def test_our_own_suites_are_no_news(self, action: str) -> None:
        assert parse("check_suite", payload(action=action, check_suite=run(OURS)), OURS) == []

    def test_re_run_of_a_suite_is_for_every_service(self) -> None:
        assert told("check_suite", action="rerequested", check_suite=run(OURS)) == [
            DeployAsked(42, SHA, Trigger.RERUN, "mona", None)
        ]

    @pytest.mark.parametrize(
        ("state", "concluded"), [("pending", False), ("success", True), ("failure", True), ("error", True)]
    )
    def test_a_status_is_a_hint(self, state: str, concluded: bool) -> None:
        hint = ChecksChanged(42, SHA, concluded, status=True)
        assert told("status", sha=SHA, context="ci/build", state=state) == [hint]
        assert told("status", sha=SHA, state=state) == [hint]

    @pytest.mark.parametrize("context", ["tidegate / web", "Tidegate / web (pr-3)"])
    def test_our_own_status_is_no_news(self, context: str) -> None:
        assert parse("status", payload(sha=SHA, context=context), OURS) == []


class TestWhereaboutsOfRepositories:
    @pytest.mark.parametrize("action", ["renamed", "transferred", "edited", "privatized", "publicized", "archived"])
    def test_a_changed_one_is_seen(self, action: str) -> None:
        assert told("repository", action=action) == []

    def test_a_deleted_one_is_gone(self) -> None:
        assert told("repository", action="deleted") == [RepositoryGone(42, "the repository was deleted by mona")]

    def test_a_pull_request_only_shows_its_repository(self) -> None:
        assert told("pull_request", action="opened") == []

    def test_removed_from_the_installation(self) -> None:
        removed = [{"id": 1, "full_name": "o/a"}, {"id": 2}, "odd", {"id": "3"}]
        reason = "the repository was taken out of the App's installation by mona"
        found = {"action": "removed", "repositories_removed": removed, "sender": {"login": "mona"}}
        assert parse("installation_repositories", found, OURS) == [RepositoryGone(1, reason), RepositoryGone(2, reason)]

    def test_added_ones_are_left_to_the_sweep(self) -> None:
        found = {"action": "added", "repositories_added": [{"id": 1, "full_name": "o/a", "private": False}]}
        assert parse("installation_repositories", found, OURS) == []

    @pytest.mark.parametrize(
        ("action", "reason"),
        [("deleted", "the App was uninstalled by mona"), ("suspend", "the App was suspended by mona")],
    )
    def test_an_installation_that_ends(self, action: str, reason: str) -> None:
        found = {"action": action, "installation": {"id": 9}, "sender": {"login": "mona"}}
        assert parse("installation", found, OURS) == [InstallationGone(9, reason)]

    @pytest.mark.parametrize("action", ["created", "unsuspend", "new_permissions_accepted", None])
    def test_an_installation_that_begins_is_left_to_the_sweep(self, action: str | None) -> None:
        assert parse("installation", {"action": action, "installation": {"id": 9}}, OURS) == []


@pytest.mark.parametrize("field", ["id", "name", "owner", "default_branch"])
def test_a_repository_that_is_told_in_part_is_not_recorded(field: str) -> None:
    found = payload(ref="refs/heads/main", before=OLDER, after=SHA)
    del found["repository"][field]
    assert not any(isinstance(event, RepositorySeen) for event in parse("push", found, OURS))


def test_a_delivery_of_a_plain_repository_webhook_has_no_installation() -> None:
    found = payload(ref="refs/heads/main", before=OLDER, after=SHA)
    del found["installation"]
    assert parse("push", found, OURS) == [BranchPushed(42, "main", OLDER, SHA, forced=False, actor="mona")]


def test_an_id_that_is_true_is_no_id() -> None:
    found = payload(sha=SHA)
    found["repository"]["id"] = True
    assert parse("status", found, OURS) == []


@pytest.mark.parametrize("event", ["ping", "star", "unheard_of", ""])
def test_other_events_say_nothing(event: str) -> None:
    assert parse(event, payload(), OURS) == []


class TestGitHubsOwnExamples:
    def test_there_are_329(self) -> None:
        assert len(examples()) == 329

    def test_each_is_read_and_says_nothing_that_it_should_not(self) -> None:
        for example in examples():
            found = {type(event) for event in parse(example.event, example.payload, OURS)}
            assert found <= {RepositorySeen} | _EXPECTED.get(example.event, set()), str(example)

    @pytest.mark.parametrize("event", ["push", "check_run", "check_suite", "status", "installation"])
    def test_those_that_matter_say_something(self, event: str) -> None:
        found = [parse(event, example.payload, OURS) for example in examples() if example.event == event]
        assert {type(told) for events in found for told in events} & _EXPECTED[event]


_EXPECTED: dict[str, set[type[Event]]] = {
    "push": {BranchPushed, BranchDeleted},
    "check_run": {ChecksChanged},
    "check_suite": {ChecksChanged},
    "status": {ChecksChanged},
    "repository": {RepositoryGone},
    "installation": {InstallationGone},
    "installation_repositories": {RepositoryGone},
}

read = st.deferred(
    lambda: st.sampled_from([example for example in examples() if example.event in {*_EXPECTED, "pull_request"}])
)
odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def paths(value: object, here: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Of each field of an object, at any depth that is read (3)."""
    if not isinstance(value, dict) or len(here) == 3:
        return []
    return [path for name, inner in value.items() for path in [(*here, name), *paths(inner, (*here, name))]]


@given(st.data(), read, st.sampled_from([OURS, 1]))
def test_mutilated_ones_never_raise(data: st.DataObject, example: Example, app: int) -> None:
    mutilated: Any = copy.deepcopy(example.payload)
    for path in data.draw(st.lists(st.sampled_from(paths(mutilated)), min_size=1, max_size=4)):
        *way, name = path
        place = mutilated
        for step in way:
            place = place.get(step) if isinstance(place, dict) else None
        if isinstance(place, dict):
            if data.draw(st.booleans()):
                place.pop(name, None)
            else:
                place[name] = data.draw(odd)
    for event in parse(example.event, mutilated, app):
        assert isinstance(event, Event)


@given(st.sampled_from(sorted(_EXPECTED)), st.dictionaries(st.text(max_size=5), odd, max_size=3))
def test_anything_else_never_raises(event: str, found: dict[str, Any]) -> None:
    assert isinstance(parse(event, found, OURS), list)
