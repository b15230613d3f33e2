"""What GitHub shows of each status: the table of SEMANTICS 9, and GitHub's limits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tidegate.make import at, deployment
from tidegate import surfaces, wording
from tidegate.deployment import Deployment, Fault, Finding, Health, Status, Step
from tidegate.instance import PhaseRecord

LOG = "https://deploy.example.com/deployments/d1"
URL = "https://web.apps.example.com"

#: status, fault, GitHub deployment's state, commit status's state, check's status, check's conclusion.
TABLE = [
    # Of a deployment that somebody else has made at GitHub: none is made to say so.
    (Status.SKIPPED, None, "inactive", "success", "completed", "skipped"),
    (Status.WAITING, None, None, "pending", "queued", None),
    (Status.QUEUED, None, "queued", "pending", "queued", None),
    (Status.INITIALIZING, None, "in_progress", "pending", "in_progress", None),
    (Status.BUILDING, None, "in_progress", "pending", "in_progress", None),
    (Status.PRE_DEPLOY, None, "in_progress", "pending", "in_progress", None),
    (Status.DEPLOYING, None, "in_progress", "pending", "in_progress", None),
    (Status.LIVE, None, "success", "success", "completed", "success"),
    (Status.CRASHED, None, "failure", None, None, None),
    (Status.COMPLETED, None, "success", "success", "completed", "success"),
    (Status.DRAINING, None, "success", None, None, None),
    (Status.REMOVED, None, "inactive", None, None, None),
    (Status.SUPERSEDED, None, "inactive", "success", "completed", "neutral"),
    (Status.CANCELED, None, "inactive", "error", "completed", "cancelled"),
    (Status.FAILED, Fault.USER, "failure", "failure", "completed", "failure"),
    (Status.FAILED, Fault.PLATFORM, "error", "error", "completed", "failure"),
]


def view(row: Deployment, phases: list[PhaseRecord] | None = None, tail: list[str] | None = None) -> surfaces.CheckView:
    shown = surfaces.check(row, phases or [], tail or [], LOG, URL if row.live_at else None)
    assert shown is not None
    return shown


def phase(step: Step, outcome: str | None = "ok", detail: str = "", seconds: float = 1.5) -> PhaseRecord:
    return PhaseRecord(step, at(0), None if outcome is None else at(seconds), outcome, detail)


@pytest.mark.parametrize(("status", "fault", "state", "commit", "run", "conclusion"), TABLE)
def test_the_table(
    status: Status, fault: Fault | None, state: str | None, commit: str | None, run: str | None, conclusion: str | None
) -> None:
    row = deployment(status=status, fault=fault, reason="so it is")
    told = "Skipped: so it is" if status is Status.SKIPPED else "So it is"
    assert surfaces.deployment_state(row) == (None if state is None else (state, told))
    assert surfaces.commit_status(row) == (None if commit is None else (commit, told))
    shown = surfaces.check(row, [], [], LOG, None)
    if run is None:
        assert shown is None
    else:
        assert shown is not None
        assert (shown.status, shown.conclusion, shown.title) == (run, conclusion, told)


def test_the_table_has_every_status() -> None:
    assert {status for status, *_ in TABLE} == set(Status)


@pytest.mark.parametrize(
    ("reason", "conclusion"),
    [
        (wording.step_timed_out(Step.BUILD), "timed_out"),
        ("start timed out after 15 min: no success on port 3000", "timed_out"),
        ("pre-deploy timed out", "timed_out"),
        ("build failed: the connection timed out", "failure"),
    ],
)
def test_a_step_that_timed_out(reason: str, conclusion: str) -> None:
    assert view(deployment(status=Status.FAILED, fault=Fault.USER, reason=reason)).conclusion == conclusion
    assert view(deployment(status=Status.FAILED, fault=Fault.PLATFORM, reason=reason)).conclusion == "failure"


def test_superseded_and_canceled_say_by_what() -> None:
    row = deployment(status=Status.SUPERSEDED, reason=wording.superseded_by("abc1234" + "0" * 33))
    assert surfaces.commit_status(row) == ("success", "Superseded by abc1234")
    row = deployment(status=Status.CANCELED, reason=wording.canceled_by("mona"))
    assert surfaces.commit_status(row) == ("error", "Canceled by mona")


@pytest.mark.parametrize(
    ("service", "environment", "name"),
    [("web", "production", "web"), ("web", "pr-12", "web (pr-12)"), ("tidegate.yml", "production", "tidegate.yml")],
)
def test_one_name_for_one_thing_everywhere(service: str, environment: str, name: str) -> None:
    assert wording.environment_name(service, environment) == name
    assert wording.check_name(service, environment) == f"tidegate / {name}"


class TestCheck:
    def test_a_forks_commit_asks_for_its_approval(self) -> None:
        row = deployment(status=Status.WAITING, reason=wording.WAITING_FOR_APPROVAL, needs_approval=True)
        shown = view(row)
        assert (shown.status, shown.conclusion, shown.actions) == ("completed", "action_required", (surfaces.APPROVE,))
        assert "*Approve*" in shown.summary
        assert surfaces.deployment_state(row) == ("pending", shown.title)

    @pytest.mark.parametrize(
        ("status", "first", "then"),
        [
            (Status.WAITING, "**Not live yet: so it is**", "by itself once they have passed"),
            (Status.QUEUED, "**Not live yet: so it is**", "as soon as the deploy before it has ended"),
            (Status.BUILDING, "**Not live yet: so it is**", ""),
            (Status.LIVE, "**Live: so it is**", ""),
            (Status.SKIPPED, "**Not live: so it is**", "Press *Redeploy*"),
            (Status.SUPERSEDED, "**Not live: so it is**", "newer commit"),
            (Status.CANCELED, "**Not live: so it is**", "Press *Redeploy*"),
            (Status.FAILED, "**Not live: so it is**", "keeps serving"),
        ],
    )
    def test_it_says_whether_it_is_live_why_not_and_what_next(self, status: Status, first: str, then: str) -> None:
        summary = view(deployment(status=status, reason="so it is")).summary
        assert summary.startswith(first)
        assert then in summary

    def test_a_closed_gate_and_a_preview_say_how_they_open(self) -> None:
        assert "re-run to success" in view(deployment(status=Status.SKIPPED, gated=True)).summary
        assert "`/preview`" in view(deployment(status=Status.SKIPPED, environment="pr-7")).summary

    def test_a_live_one_tells_where_and_how_long_each_step_took(self) -> None:
        row = deployment(status=Status.LIVE, reason=wording.LIVE, live_at=at(5))
        phases = [
            phase(Step.FETCH, seconds=0.17),
            phase(Step.BUILD, "skipped", "nothing to build: a|b", seconds=0),
            phase(Step.START, seconds=75),
        ]
        assert view(row, phases, ["listening"]).summary == (
            "**Live**\n\n"
            "Serves at https://web.apps.example.com\n\n"
            "| Step | Result | Took |\n"
            "| --- | --- | --- |\n"
            "| fetch | ok | 0.17 s |\n"
            "| build | skipped: nothing to build: a\\|b | 0.00 s |\n"
            "| start | ok | 1 min 15 s |\n\n"
            "Commit `abc1234` on `main` (push by octocat) · [log](https://deploy.example.com/deployments/d1)"
        )

    def test_a_running_step_has_no_time_yet(self) -> None:
        row = deployment(status=Status.BUILDING, reason=wording.BUILDING)
        assert "| build | running |  |" in view(row, [phase(Step.BUILD, None)]).summary

    def test_the_log_s_tail_is_a_block_of_its_own(self) -> None:
        row = deployment(status=Status.FAILED, fault=Fault.USER, reason="build failed: x")
        assert view(row, tail=["```", "boom"]).text == "````\n```\nboom\n````"
        assert view(row).text == ""

    def test_buttons_come_with_completion(self) -> None:
        for status, fault, _, _, run, _ in TABLE:
            if run is not None:
                shown = view(deployment(status=status, fault=fault, reason="x"))
                assert shown.actions == (surfaces.ACTIONS if run == "completed" else ())

    @pytest.mark.parametrize(
        ("step", "words"),
        [
            (Step.FETCH, "App may read the repository"),
            (Step.BUILD, "`docker build`"),
            (Step.PRE_DEPLOY, "the command printed"),
            (Step.START, "the new instance printed"),
            (Step.SWITCH, "*Redeploy*"),
        ],
    )
    def test_a_failure_says_what_to_do(self, step: Step, words: str) -> None:
        row = deployment(status=Status.FAILED, fault=Fault.USER, reason=f"{step} failed")
        summary = view(row, [phase(Step.FETCH), phase(step, "failed")]).summary
        assert words in summary
        assert "The version that was live before keeps serving." in summary

    def test_the_platform_s_fault_is_taken(self) -> None:
        row = deployment(status=Status.FAILED, fault=Fault.PLATFORM, reason="build failed: the disk is full")
        assert "It was not your code" in view(row, [phase(Step.BUILD, "failed")]).summary

    def test_a_broken_deploy_file_lists_its_mistakes(self) -> None:
        findings = (Finding("tidegate.yml", 3, "port", "`port: x` is not a whole number."),)
        row = deployment(
            service="tidegate.yml",
            status=Status.FAILED,
            fault=Fault.USER,
            reason=wording.broken_deploy_file(1),
            findings=findings,
        )
        shown = view(row)
        assert shown.title == "`tidegate.yml` has a mistake"
        assert "- line 3: `port: x` is not a whole number." in shown.summary
        assert "Correct these lines" in shown.summary

    def test_a_failing_build_says_where_once_and_quotes_what_the_compiler_said(self) -> None:
        here = Finding("web/Dockerfile", 5, wording.BUILD_FAILED_HERE, "`RUN make` ended with exit code 2")
        findings = (here, Finding("src/x.cpp", 3, "Error", "no `begin` in std::vector<S>"))
        reason = wording.build_failed(here.message, 2, here)
        row = deployment(status=Status.FAILED, fault=Fault.USER, reason=reason, findings=findings)
        shown = view(row, [phase(Step.BUILD, "failed", wording.within(Step.BUILD, reason))])
        assert shown.title == "Build failed: `RUN make` ended with exit code 2 (web/Dockerfile:5)"
        assert "- `src/x.cpp:3`: ``no `begin` in std::vector<S>``" in shown.summary
        assert "| build | failed: `RUN make` ended with exit code 2 (web/Dockerfile:5) |" in shown.summary
        assert "- `web/Dockerfile:5`" not in shown.summary

    def test_without_a_deploy_file_the_least_one_is_shown(self) -> None:
        row = deployment(service="tidegate.yml", status=Status.SKIPPED, reason=wording.NO_DEPLOY_FILE)
        assert "services:\n  - type: web\n    name: web" in view(row).summary

    def test_a_skipped_one_can_be_deployed_all_the_same(self) -> None:
        row = deployment(status=Status.SKIPPED, reason=wording.skip_phrase("[skip cd]"))
        assert view(row).title == "Skipped: the commit's message says `[skip cd]`"
        assert "*Redeploy*" in view(row).summary

    def test_a_waiting_one_says_for_what(self) -> None:
        row = deployment(status=Status.WAITING, reason="waiting for `test` and 2 more")
        assert view(row).title == "Waiting for `test` and 2 more"
        assert "by itself" in view(row).summary


def test_buttons_are_within_github_s_limits() -> None:
    assert len(surfaces.ACTIONS) <= 3
    for label, description, identifier in surfaces.ACTIONS:
        assert len(label) <= 20
        assert len(description) <= 40
        assert len(identifier) <= 20


words = st.text(max_size=400)
rows = st.builds(
    deployment,
    status=st.sampled_from(Status),
    fault=st.sampled_from([None, *Fault]),
    reason=words,
    branch=words,
    actor=words,
    findings=st.lists(st.builds(Finding, words, st.integers(1, 9), words, words), max_size=3).map(tuple),
)


@given(rows, st.lists(words, max_size=30), words)
def test_whatever_a_deployment_holds_fits(row: Deployment, tail: list[str], detail: str) -> None:
    for told in (surfaces.deployment_state(row), surfaces.commit_status(row)):
        assert told is None or (told[1] and len(told[1]) <= 140 and "\n" not in told[1])
    shown = surfaces.check(row, [phase(Step.BUILD, "failed", detail)], tail, LOG, URL)
    if shown is not None:
        assert shown.title
        assert len(shown.title) <= 255
        assert shown.summary
        assert len(shown.summary.encode()) <= 65_535
        assert len(shown.text.encode()) <= 65_535
        assert (shown.conclusion is None) == (shown.status != "completed")


@pytest.mark.parametrize("service", ["web", "tidegate.yml"])
def test_a_huge_summary_and_log_are_cut(service: str) -> None:
    findings = tuple(Finding("😀" * 999, line, "x", "😀" * 500) for line in range(1, 1000))
    row = deployment(service=service, status=Status.FAILED, fault=Fault.USER, reason="r" * 100_000, findings=findings)
    shown = view(row, tail=["é" * 200] * 1000)
    assert len(shown.summary.encode()) <= 65_535
    assert "- and 974 more" in shown.summary
    assert shown.summary.endswith(f"[log]({LOG})")
    assert 60_000 < len(shown.text.encode()) <= 65_535


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (
            wording.build_failed("`RUN make` ended with exit code 2", 2),
            "build failed: `RUN make` ended with exit code 2",
        ),
        (wording.build_failed("it broke", 2), "build failed: it broke (exit code 2)"),
        (wording.build_failed("it broke", None), "build failed: it broke"),
        (wording.pre_deploy_failed("./migrate", 1), "pre-deploy failed: the command exited with code 1: `./migrate`"),
        (
            wording.pre_deploy_failed("a`b", 127),
            "pre-deploy failed: the command exited with code 127 (the command was not found in the image): ``a`b``",
        ),
        (wording.instance_healthy(0, 0.213, "200 OK"), "instance 1 answers (200 OK) after 0.21 s"),
        (wording.broken_deploy_file(3), "`tidegate.yml` has 3 mistakes"),
        (wording.step_failed(Step.FETCH, "gone"), "fetch failed: gone"),
        (wording.broke(""), "the server made a mistake: no details"),
    ],
)
def test_reasons(reason: str, expected: str) -> None:
    assert reason == expected


@given(st.text(min_size=1, max_size=300), st.integers(1, 255))
def test_reasons_take_any_text(text: str, code: int) -> None:
    reasons: list[Any] = [
        wording.branch_deleted(text),
        wording.skip_phrase(text),
        wording.pre_deploy_failed(text, code),
        wording.no_dockerfile(text),
    ]
    assert all(reasons)


@pytest.mark.parametrize(
    ("health", "told"),
    [
        (None, ("success", "Live")),
        (Health.HEALTHY, ("success", "Live")),
        (Health.DEGRADED, ("success", "Live")),
        (Health.UNHEALTHY, ("failure", "Unhealthy: instance 1 has failed 3 probes in a row")),
    ],
)
def test_what_is_live_and_answers_nobody_is_a_failed_deployment(health: Health | None, told: tuple[str, str]) -> None:
    reason = "instance 1 has failed\n3 probes in a row"
    row = deployment(status=Status.LIVE, reason=wording.LIVE, health=health, health_reason=reason)
    assert surfaces.deployment_state(row) == told
    assert surfaces.commit_status(row) == ("success", "Live"), "the commit did come live"


def test_the_check_run_of_a_crash_says_what_it_said_when_it_came_live() -> None:
    live = deployment(status=Status.LIVE, reason=wording.LIVE)
    crashed = deployment(status=Status.CRASHED, reason="instance 1 exited with code 1")
    assert view(surfaces.as_it_came_live(crashed)) == view(live)
    for status in set(Status) - {Status.CRASHED}:
        row = deployment(status=status)
        assert surfaces.as_it_came_live(row) is row
