"""Why is my commit not live? Every answer, with its evidence and what to do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tidegate.make import at, deployment, service
from tidegate import filters, surfaces, wording
from tidegate.deployment import Deployment, Fault, Finding, Health, Status, Trigger
from tidegate.facts import Changes
from tidegate.freeze import Freeze, told
from tidegate.instance import PhaseRecord
from tidegate.repository import DEPLOY_FILE, PRODUCTION, Repository, Service
from tidegate.why import Answer, Facts, Kind, why

MINE, OTHER = "abc1234" + "0" * 33, "def5678" + "0" * 33
FREEZE = Freeze(42, "web", None, "release week", "grace", at(0))
LIVE = deployment(id="live", sha=OTHER, status=Status.LIVE, reason=wording.LIVE, live_at=at(60))
FAILED_BUILD = [PhaseRecord("fetch", at(0), at(1), "ok"), PhaseRecord("build", at(1), at(9), "failed", "exit code 2")]


def asked(row: Deployment | None = None, *, gone: str | None = None, **changes: Any) -> Answer:
    words = {name: changes.pop(name) for name in ("auto_deploy_off", "unlisted") if name in changes}
    return why(
        Facts(
            repository=Repository(42, 8, "octo", "shop", "main", private=True, gone=gone),
            service=Service(3, 42, "web", {}, **words),
            environment=PRODUCTION,
            sha=MINE,
            linked="main",
            row=row,
            **changes,
        )
    )


def mine(status: Status, reason: str = "", **changes: Any) -> Deployment:
    return deployment(sha=MINE, status=status, reason=reason, **changes)


CASES: dict[Kind, tuple[Deployment | None, dict[str, Any], str, str, str]] = {
    # kind: (row, other facts, headline, evidence, what to do)
    Kind.LIVE: (
        mine(Status.LIVE, wording.LIVE),
        {"live": mine(Status.LIVE, wording.LIVE, live_at=at(60))},
        "Live.",
        "It came live at 2026-03-02 12:01 UTC.",
        "",
    ),
    Kind.CRASHED: (
        None,
        {"live": mine(Status.CRASHED, "exited with code 1", health=Health.UNHEALTHY, health_reason="none answers")},
        "Live, but it crashed: exited with code 1.",
        "It is unhealthy: none answers.",
        "restartPolicy",
    ),
    Kind.COMPLETED: (
        mine(Status.COMPLETED, "the process ended with code 0"),
        {},
        "Not live: the process ended with code 0.",
        "Nothing is live there.",
        "Redeploy",
    ),
    Kind.REPLACED: (
        mine(Status.REMOVED, wording.REMOVED, live_at=at(0), ended_at=at(120)),
        {"live": LIVE},
        "Not live any more: replaced by def5678.",
        "It was live from 2026-03-02 12:00 UTC until 2026-03-02 12:02 UTC.",
        "tidegate rollback",
    ),
    Kind.ROLLED_BACK: (
        mine(Status.DRAINING, wording.replaced_by(OTHER), live_at=at(0)),
        {"live": deployment(sha=OTHER, status=Status.LIVE, trigger=Trigger.ROLLBACK, actor="grace", live_at=at(60))},
        "Not live any more: rollback to def5678, asked for by grace.",
        "`def5678` is live there.",
        "tidegate auto-deploy SERVICE on",
    ),
    Kind.UNDER_WAY: (
        mine(Status.BUILDING, wording.BUILDING),
        {"live": LIVE},
        "Not live yet: building the image.",
        "`def5678` is live there.",
        "by itself",
    ),
    Kind.QUEUED: (
        mine(Status.QUEUED, wording.QUEUED),
        {"active": deployment(sha=OTHER, status=Status.BUILDING, reason=wording.BUILDING)},
        "Not live yet: queued.",
        "`def5678` is being deployed before it: building the image.",
        "as soon as the deploy before it has ended",
    ),
    Kind.CHECKS: (
        mine(Status.WAITING, "waiting for `test` and 2 more"),
        {"freeze": FREEZE},
        "Not live yet: waiting for `test` and 2 more.",
        "Frozen by grace since 2026-03-02 12:00 UTC: release week.",
        "once they have passed",
    ),
    Kind.APPROVAL: (
        mine(Status.WAITING, wording.WAITING_FOR_APPROVAL, needs_approval=True),
        {},
        "Not live yet: it comes from a fork",
        "Nothing is live there.",
        "press *Approve*",
    ),
    Kind.CHECKS_FAILED: (
        mine(Status.SKIPPED, "`test` failed (failure)", gated=True),
        {},
        "Not live: `test` failed (failure).",
        "Nothing is live there.",
        "re-run to success",
    ),
    Kind.PHRASE: (
        mine(Status.SKIPPED, wording.skip_phrase("[skip cd]"), message="Docs [skip cd]\n\nMore"),
        {},
        "Not live: the commit's message says `[skip cd]`.",
        "Its message: `Docs [skip cd] More`.",
        "Press *Redeploy*",
    ),
    Kind.FILTERED: (
        mine(Status.SKIPPED, "no changed file matches `buildFilter.paths`"),
        {"live": LIVE},
        "Not live: no changed file matches `buildFilter.paths`.",
        "`def5678` is live there.",
        "Press *Redeploy*",
    ),
    Kind.AUTO_DEPLOY_OFF: (
        mine(Status.SKIPPED, wording.auto_deploy_off_by_rollback("grace", OTHER)),
        {"auto_deploy_off": wording.auto_deploy_off_by_rollback("grace", OTHER)},
        "Not live: auto-deploy is off since grace rolled back to def5678",
        "Nothing is live there.",
        "Press *Redeploy*",
    ),
    Kind.FROZEN: (
        mine(Status.SKIPPED, told(FREEZE)),
        {"freeze": FREEZE},
        "Not live: frozen by grace since 2026-03-02 12:00 UTC: release week.",
        "Nothing is live there.",
        "Press *Redeploy*",
    ),
    Kind.NO_DEPLOY_FILE: (
        None,
        {"others": [mine(Status.SKIPPED, wording.NO_DEPLOY_FILE, service=DEPLOY_FILE)]},
        "Not live: there is no `tidegate.yml` at the repository's root.",
        "Nothing is live there.",
        "Add one",
    ),
    Kind.BROKEN_DEPLOY_FILE: (
        None,
        {
            "others": [
                mine(
                    Status.FAILED,
                    wording.broken_deploy_file(1),
                    service=DEPLOY_FILE,
                    findings=(Finding(DEPLOY_FILE, 3, "port", "`port: x` is not a whole number."),),
                )
            ]
        },
        "Not live: `tidegate.yml` has a mistake.",
        "tidegate.yml:3: `port: x` is not a whole number.",
        "Correct these lines and push.",
    ),
    Kind.SUPERSEDED: (
        mine(Status.SUPERSEDED, wording.superseded_by(OTHER)),
        {"live": LIVE},
        "Not live: superseded by def5678.",
        "`def5678` is live there.",
        "newer commit's check",
    ),
    Kind.CANCELED: (
        mine(Status.CANCELED, wording.canceled_by("grace")),
        {},
        "Not live: canceled by grace.",
        "Nothing is live there.",
        "Press *Redeploy*",
    ),
    Kind.FAILED: (
        mine(Status.FAILED, wording.build_failed("make", 2), fault=Fault.USER),
        {"phases": FAILED_BUILD, "live": LIVE},
        "Not live: build failed: make (exit code 2).",
        "The step `build` failed.",
        "`docker build` on your machine",
    ),
    Kind.OTHER_BRANCH: (
        None,
        {"others": [mine(Status.QUEUED, service="api", branch="next")]},
        "Not live: it was pushed to `next`, and `web` is linked to `main`.",
        "Nothing is live there.",
        "Merge it into `main`",
    ),
    Kind.UNLISTED: (
        None,
        {"unlisted": OTHER, "live": LIVE},
        "Not live: since def5678 the deploy file doesn't have it any more",
        "`def5678` is live there.",
        "Put it back",
    ),
    Kind.GONE: (
        None,
        {"gone": wording.REPOSITORY_NOT_LISTED},
        "Not live: nothing of the repository is deployed: GitHub no longer lists",
        "Nothing is live there.",
        "Give it to the App again",
    ),
    Kind.UNKNOWN: (
        None,
        {"auto_deploy_off": "auto-deploy was turned off by grace"},
        "Nothing was heard of this commit on `main`.",
        "Auto-deploy was turned off by grace.",
        "no webhook has come yet",
    ),
}


@pytest.mark.parametrize("kind", Kind)
def test_each_reason_has_its_answer(kind: Kind) -> None:
    row, others, headline, evidence, todo = CASES[kind]
    answer = asked(row, **others)
    assert answer.kind is kind
    assert answer.headline.startswith(headline)
    assert evidence in answer.evidence
    assert todo in answer.todo
    assert answer.live == (kind is Kind.LIVE)


@pytest.mark.parametrize("reason", [wording.AUTO_DEPLOY_OFF, wording.PREBUILT_BY_HAND, wording.branch_deleted("main")])
def test_auto_deploy_has_several_ways_to_be_off(reason: str) -> None:
    assert asked(mine(Status.SKIPPED, reason)).kind is Kind.AUTO_DEPLOY_OFF


def test_a_commit_that_is_live_is_so_whatever_came_of_it_later() -> None:
    again = mine(Status.FAILED, "build failed: make", id="d2", created_at=at(90))
    answer = asked(again, live=mine(Status.LIVE, wording.LIVE))
    assert answer.kind is Kind.LIVE
    assert "A later deployment of it: Build failed: make." in answer.evidence


def test_what_had_been_replaced_before_a_rollback_was_not_rolled_back() -> None:
    back = deployment(sha=OTHER, status=Status.LIVE, trigger=Trigger.ROLLBACK, live_at=at(600))
    row = mine(Status.REMOVED, wording.REMOVED, live_at=at(0), ended_at=at(300))
    assert asked(row, live=back).kind is Kind.REPLACED


def test_the_words_are_those_of_the_check_run() -> None:
    row = mine(Status.SKIPPED, "`test` failed (failure)", gated=True)
    view = surfaces.check(row, (), (), "https://log", None)
    assert view is not None
    answer = asked(row)
    assert answer.headline.removesuffix(".") in view.summary
    assert answer.todo in view.summary


@pytest.mark.parametrize(
    ("definition", "paths"),
    [
        ({"rootDir": "web"}, {"README.md"}),
        ({"rootDir": "web"}, set()),
        ({"buildFilter": {"paths": ["src/**"]}}, {"README.md"}),
        ({"buildFilter": {"ignoredPaths": ["*.md"]}}, {"README.md"}),
    ],
)
def test_each_no_of_a_build_filter_is_known_as_one(definition: dict[str, Any], paths: set[str]) -> None:
    verdict = filters.affected(service(**definition), Changes(frozenset(paths)))
    assert not verdict.go
    assert asked(mine(Status.SKIPPED, verdict.reason)).kind is Kind.FILTERED


@given(st.sampled_from(Status), st.booleans(), st.text(max_size=20), st.none() | st.sampled_from(Status))
def test_there_always_is_an_answer(status: Status, flag: bool, reason: str, live: Status | None) -> None:
    row = mine(status, reason, gated=flag, needs_approval=flag, live_at=at(1) if flag else None)
    answer = asked(row, live=deployment(sha=OTHER, status=live) if live else None)
    assert answer.headline
    assert answer.evidence
    assert answer.deployment == "d1"
