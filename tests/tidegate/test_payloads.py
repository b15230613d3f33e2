"""Webhook payloads → events: GitHub's own examples, ours, and mutilated ones."""

from __future__ import annotations

import copy
from dataclasses import replace
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
    Commented,
    DeployAsked,
    DeploymentRequested,
    Event,
    FreezeAsked,
    HookCalled,
    InstallationChanged,
    InstallationGone,
    Ordered,
    PreviewApproved,
    PullRequestChanged,
    RepositoryGone,
    RepositorySeen,
    VariableChanged,
)
from tidegate.payloads import parse
from tidegate.permission import Action
from tidegate.request import DEPLOY_HOOK, FREEZE, ORDER, PREVIEW, VARIABLE

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

    def test_approve(self) -> None:
        asked = {"identifier": "approve"}
        assert told("check_run", action="requested_action", check_run=run(OURS), requested_action=asked) == [
            PreviewApproved(42, SHA, 77, "mona")
        ]

    def test_a_button_of_somebody_else_s_run_is_not_ours(self) -> None:
        asked = {"identifier": "approve"}
        assert told("check_run", action="requested_action", check_run=run(1), requested_action=asked) == [
            ChecksChanged(42, SHA, concluded=False)
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
        ("state", "concluded"),
        [("pending", False), ("success", True), ("failure", True), ("error", True), (None, False), (5, False)],
    )
    def test_a_status_is_a_hint(self, state: object, concluded: bool) -> None:
        assert told("status", sha=SHA, context="ci/build", state=state) == [
            ChecksChanged(42, SHA, concluded, status=True)
        ]
        assert told("status", sha=SHA, state=state) == [ChecksChanged(42, SHA, concluded, status=True)]

    @pytest.mark.parametrize("context", ["tidegate / web", "Tidegate / web (pr-3)"])
    def test_our_own_status_is_no_news(self, context: str) -> None:
        assert parse("status", payload(sha=SHA, context=context), OURS) == []


class TestWhereaboutsOfRepositories:
    @pytest.mark.parametrize("action", ["renamed", "transferred", "edited", "privatized", "publicized"])
    def test_a_changed_one_is_seen(self, action: str) -> None:
        assert told("repository", action=action) == []

    @pytest.mark.parametrize("action", ["deleted", "archived"])
    def test_one_that_ends_is_gone(self, action: str) -> None:
        assert told("repository", action=action) == [RepositoryGone(42, f"the repository was {action} by mona")]

    @pytest.mark.parametrize(
        ("event", "action", "reason"),
        [
            ("repository", "archived", "the repository was archived by mona"),
            ("repository", "deleted", "the repository was deleted by mona"),
            ("repository", "edited", "the repository is archived"),
            ("push", None, "the repository is archived"),
            ("pull_request", "labeled", "the repository is archived"),
        ],
    )
    def test_an_archived_one_is_gone_whatever_tells_of_it(self, event: str, action: str | None, reason: str) -> None:
        found = payload(action=action, ref="refs/heads/main", before=OLDER, after=SHA, pull_request={"number": 7})
        found["repository"]["archived"] = True
        assert parse(event, found, OURS) == [RepositoryGone(42, reason)]

    def test_one_that_is_unarchived_is_asked_for_again(self) -> None:
        assert told("repository", action="unarchived") == [InstallationChanged(9)]

    def test_removed_from_the_installation(self) -> None:
        removed = [{"id": 1, "full_name": "o/a"}, {"id": 2}, "odd", {"id": "3"}]
        reason = "the repository was taken out of the App's installation by mona"
        found = {"action": "removed", "repositories_removed": removed, "sender": {"login": "mona"}}
        assert parse("installation_repositories", found, OURS) == [RepositoryGone(1, reason), RepositoryGone(2, reason)]

    def test_added_to_the_installation(self) -> None:
        added = [{"id": 1, "full_name": "o/a", "private": False}]
        found = {"action": "added", "repositories_added": added, "installation": {"id": 9}}
        assert parse("installation_repositories", found, OURS) == [InstallationChanged(9)]

    @pytest.mark.parametrize(
        ("action", "reason"),
        [("deleted", "the App was uninstalled by mona"), ("suspend", "the App was suspended by mona")],
    )
    def test_an_installation_that_ends(self, action: str, reason: str) -> None:
        found = {"action": action, "installation": {"id": 9}, "sender": {"login": "mona"}}
        assert parse("installation", found, OURS) == [InstallationGone(9, reason)]

    @pytest.mark.parametrize("action", ["created", "unsuspend", "new_permissions_accepted"])
    def test_an_installation_that_begins(self, action: str) -> None:
        assert parse("installation", {"action": action, "installation": {"id": 9}}, OURS) == [InstallationChanged(9)]

    @pytest.mark.parametrize("action", [None, "dreamt", 5])
    def test_what_else_happens_to_one_says_nothing(self, action: object) -> None:
        assert parse("installation", {"action": action, "installation": {"id": 9}}, OURS) == []


class TestDeletedBranches:
    def test_a_branch(self) -> None:
        assert told("delete", ref="feature/x", ref_type="branch") == [BranchDeleted(42, "feature/x", "mona")]

    @pytest.mark.parametrize("fields", [{"ref": "v1", "ref_type": "tag"}, {"ref": "v1"}, {"ref_type": "branch"}])
    def test_something_else(self, fields: dict[str, Any]) -> None:
        assert told("delete", **fields) == []


class TestPullRequests:
    @pytest.mark.parametrize(
        "action",
        [
            "opened",
            "reopened",
            "closed",
            "synchronize",
            "edited",
            "labeled",
            "unlabeled",
            "converted_to_draft",
            "ready_for_review",
        ],
    )
    def test_one_that_changed_is_looked_at(self, action: str) -> None:
        assert told("pull_request", action=action, pull_request={"number": 7}) == [PullRequestChanged(42, 7, "mona")]

    @pytest.mark.parametrize(
        "action", ["assigned", "review_requested", "locked", "unlocked", "auto_merge_enabled", None]
    )
    def test_what_concerns_no_preview_only_shows_the_repository(self, action: str | None) -> None:
        assert told("pull_request", action=action, pull_request={"number": 7}) == []

    @pytest.mark.parametrize("pull", [None, {}, {"number": "7"}, {"number": True}, 7])
    def test_one_without_a_number(self, pull: object) -> None:
        assert told("pull_request", action="opened", pull_request=pull) == []


class TestComments:
    def comment(self, body: str = "/deploy", app: int | None = None, **fields: Any) -> list[Event]:
        via = None if app is None else {"id": app}
        said = {"id": 5, "body": body, "user": {"login": "mona"}, "performed_via_github_app": via}
        issue = {"number": 7, "pull_request": {"url": "https://api.github.com/x"}}
        return parse("issue_comment", payload(**{"action": "created", "comment": said, "issue": issue, **fields}), OURS)

    def test_one_with_a_command(self) -> None:
        assert self.comment("Fine!\n\n/deploy web") == [SEEN, Commented(42, 7, 5, "Fine!\n\n/deploy web", "mona")]

    def test_one_with_a_slip_is_answered_too(self) -> None:
        assert self.comment("/depoly") == [SEEN, Commented(42, 7, 5, "/depoly", "mona")]

    def test_another_app_may_ask_as_well(self) -> None:
        assert self.comment(app=1) == [SEEN, Commented(42, 7, 5, "/deploy", "mona")]

    def test_our_own_is_no_news(self) -> None:
        assert self.comment(app=OURS) == []

    @pytest.mark.parametrize("body", ["Nice", "> /deploy", "```\n/deploy\n```", ""])
    def test_others_are_just_talk(self, body: str) -> None:
        assert self.comment(body) == [SEEN]

    @pytest.mark.parametrize(
        "fields",
        [
            {"action": "edited"},
            {"action": "deleted"},
            {"issue": {"number": 7}},
            {"issue": {"number": 7, "pull_request": None}},
            {"issue": {"pull_request": {}}},
            {"comment": {"body": "/deploy"}},
            {"comment": {"id": 5, "body": "/deploy", "user": None}},
        ],
    )
    def test_what_is_no_new_comment_on_a_pull_request(self, fields: dict[str, Any]) -> None:
        assert self.comment(**fields) == [SEEN]


class TestDeployments:
    def deployment(self, action: str = "created", app: int | None = None, **fields: Any) -> list[Event]:
        via = None if app is None else {"id": app}
        found = {
            "id": 5,
            "sha": SHA,
            "ref": "main",
            "task": "deploy",
            "environment": "web",
            "creator": {"login": "mona"},
            "performed_via_github_app": via,
            **fields,
        }
        return parse("deployment", payload(action=action, deployment=found, sender={"login": "hubot"}), OURS)

    @pytest.mark.parametrize("app", [None, 1])
    def test_somebody_else_s_asks_for_a_deploy(self, app: int | None) -> None:
        assert self.deployment(app=app) == [SEEN, DeploymentRequested(42, 5, SHA, "main", "web", "mona")]

    def test_our_own_is_no_news(self) -> None:
        assert self.deployment(app=OURS) == []

    def test_without_a_creator_the_sender_is_named(self) -> None:
        assert self.deployment(creator=None) == [SEEN, DeploymentRequested(42, 5, SHA, "main", "web", "hubot")]

    @pytest.mark.parametrize(
        "fields",
        [
            {"action": "deleted"},
            {"task": "deploy:migrations"},
            {"task": "rollback"},
            {"sha": "main"},
            {"environment": ""},
            {"environment": None},
            {"id": None},
        ],
    )
    def test_what_asks_for_none(self, fields: dict[str, Any]) -> None:
        assert self.deployment(**fields) == [SEEN]


class TestOurOwnRequests:
    def test_a_deploy_hook(self) -> None:
        asked = {"request_id": "r1", "repository_id": 42, "service_id": 3}
        assert parse(DEPLOY_HOOK, asked, OURS) == [HookCalled("r1", 42, 3, None, None, clear_cache=False)]
        more = {"ref": "main", "image_url": "nginx:1", "clear_cache": True}
        assert parse(DEPLOY_HOOK, asked | more, OURS) == [HookCalled("r1", 42, 3, "main", "nginx:1", clear_cache=True)]

    def test_a_freeze(self) -> None:
        asked = {"request_id": "r1", "repository_id": 42, "actor": "mona"}
        assert parse(FREEZE, asked, OURS) == [FreezeAsked("r1", 42, None, None, None, "mona")]
        more = {"service": "web", "environment": "production", "reason": "exams"}
        assert parse(FREEZE, asked | more, OURS) == [FreezeAsked("r1", 42, "web", "production", "exams", "mona")]

    def test_a_changed_variable(self) -> None:
        asked = {"request_id": "r1", "repository_id": 42, "service_id": 3, "actor": "mona"}
        told = {"environment": "pr-7", "names": ["TOKEN", "MODE"]}
        assert parse(VARIABLE, asked | told, OURS) == [VariableChanged("r1", 42, 3, "pr-7", ("TOKEN", "MODE"), "mona")]
        (gone,) = parse(VARIABLE, asked | told | {"removed": True}, OURS)
        assert gone == VariableChanged("r1", 42, 3, "pr-7", ("TOKEN", "MODE"), "mona", removed=True)
        nothing: tuple[dict[str, object], ...] = ({}, {"names": []}, {"names": "TOKEN"})
        for none in nothing:
            assert parse(VARIABLE, asked | {"environment": "pr-7"} | none, OURS) == []

    def test_an_order(self) -> None:
        asked = {"request_id": "r1", "repository_id": 42, "service_id": 3, "actor": "mona"}
        told = {"environment": "production", "action": "deploy"}
        (plain,) = parse(ORDER, asked | told, OURS)
        assert plain == Ordered("r1", 42, 3, "production", Action.DEPLOY, "mona")
        more = {"commit": "abc", "deployment": "d1", "clear_cache": True, "force": True, "disks": True}
        (full,) = parse(ORDER, asked | told | more, OURS)
        assert full == replace(plain, commit="abc", deployment="d1", clear_cache=True, force=True, disks=True)
        assert parse(ORDER, asked | told | {"action": "explode"}, OURS) == []

    @pytest.mark.parametrize("event", [DEPLOY_HOOK, FREEZE, VARIABLE, ORDER])
    @pytest.mark.parametrize("field", ["request_id", "repository_id"])
    def test_without_an_address_there_is_no_answer(self, event: str, field: str) -> None:
        asked: dict[str, object] = {"request_id": "r1", "repository_id": 42, "service_id": 3, "actor": "mona"}
        del asked[field]
        assert parse(event, asked, OURS) == []


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

    @pytest.mark.parametrize(
        "event", ["push", "check_run", "check_suite", "status", "installation", "pull_request", "deployment"]
    )
    def test_those_that_matter_say_something(self, event: str) -> None:
        found = [parse(event, example.payload, OURS) for example in examples() if example.event == event]
        assert {type(told) for events in found for told in events} & _EXPECTED[event]

    @pytest.mark.parametrize(
        ("event", "count"),
        [
            ("push", 2),  # the others are tags
            ("deployment", 4),
            ("pull_request", 19),
            ("installation", 7),
            ("installation_repositories", 3),
            # Talk on issues, and deleted tags.
            ("issue_comment", 0),
            ("delete", 0),
        ],
    )
    def test_as_many_say_something_as_ask_for_something(self, event: str, count: int) -> None:
        found = [parse(event, example.payload, OURS) for example in examples() if example.event == event]
        assert sum(any(type(told) is not RepositorySeen for told in events) for events in found) == count

    def test_a_comment_on_a_pull_request_with_a_command_does(self) -> None:
        example = next(each for each in examples() if str(each).startswith("issue_comment-created"))
        found = copy.deepcopy(example.payload)
        found["comment"]["body"] = "/deploy"
        found["issue"]["pull_request"] = {"url": "https://api.github.com/repos/Codertocat/Hello-World/pulls/2"}
        (said,) = [told for told in parse("issue_comment", found, OURS) if isinstance(told, Commented)]
        assert (said.number, said.author) == (found["issue"]["number"], found["comment"]["user"]["login"])


_EXPECTED: dict[str, set[type[Event]]] = {
    "push": {BranchPushed, BranchDeleted},
    "delete": {BranchDeleted},
    "check_run": {ChecksChanged},
    "check_suite": {ChecksChanged},
    "status": {ChecksChanged},
    "pull_request": {PullRequestChanged},
    "issue_comment": {Commented},
    "deployment": {DeploymentRequested},
    "repository": {RepositoryGone, InstallationChanged},
    "installation": {InstallationGone, InstallationChanged},
    "installation_repositories": {RepositoryGone, InstallationChanged},
}

read = st.deferred(lambda: st.sampled_from([example for example in examples() if example.event in _EXPECTED]))
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


@given(
    st.sampled_from([*sorted(_EXPECTED), DEPLOY_HOOK, FREEZE, VARIABLE, PREVIEW]),
    st.dictionaries(st.text(max_size=5), odd, max_size=3),
)
def test_anything_else_never_raises(event: str, found: dict[str, Any]) -> None:
    assert isinstance(parse(event, found, OURS), list)
