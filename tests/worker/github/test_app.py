"""What only the real adapter does, against the stand-in: tokens, connections, pages, deliveries, bad settings."""

from __future__ import annotations

import multiprocessing
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from standin.client import StandIn
from standin.process import running
from tests.contracts.github_places import MemoryTokens, RealClock, StandInPlace, settings_of
from tests.standin.receiver import Receiver, receiving
from worker.github import client
from worker.github.app import GitHub
from worker.ports import CheckOutput, Refused, Unavailable

MINTED = "access_tokens$"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, dict[str, Any], Receiver]]:
    with receiving() as (url, receiver):
        options = ("--no-limits", "--webhook-url", url, "--webhook-secret", "s")
        with running(tmp_path_factory.mktemp("standin"), *options) as credentials:
            control = StandIn(credentials["url"])
            yield control, credentials, receiver
            control.close()


@pytest.fixture
def place(world: tuple[StandIn, dict[str, Any], Receiver]) -> Iterator[StandInPlace]:
    control, credentials, _ = world
    made = StandInPlace(control, credentials)
    control.reset_calls()
    yield made
    control.clear_faults()
    made.github.close()


def minted(place: StandInPlace) -> int:
    return len(place.control.calls(path=MINTED))


def test_a_token_that_was_revoked_is_replaced_once_and_the_call_goes_on(place: StandInPlace) -> None:
    sha = place.push({"a": "1"})
    assert place.github.checks(place.repository, sha) == []
    place.control.expire_tokens()
    assert place.github.checks(place.repository, sha) == []
    assert minted(place) == 2


def test_credentials_that_github_never_takes_are_refused_after_one_more_try(place: StandInPlace) -> None:
    sha = place.push({"a": "1"})
    place.control.fault("status", status=401, path="/check-runs", times=5)
    with pytest.raises(Refused, match="GITHUB_APP_ID"):
        place.github.checks(place.repository, sha)
    assert len(place.control.calls(path="/check-runs")) == 2


def test_tokens_are_narrowed_to_one_repository(place: StandInPlace) -> None:
    other = StandInPlace(place.control, place.credentials)
    theirs = other.push({"a": "1"})
    with pytest.raises(Refused):
        place.github.commit(replace(place.repository, name=other.repository.name), theirs)
    other.github.close()


def test_a_clone_token_may_read_contents_and_nothing_else(place: StandInPlace) -> None:
    sha = place.push({"a": "1"})
    _, token = place.github.clone_url(place.repository)
    stranger = StandInPlace.viewer(place.credentials, token)
    assert stranger.get(f"/repos/{place.full_name}/commits/{sha}").status == 200
    assert stranger.get(f"/repos/{place.full_name}/commits/{sha}/check-runs").status == 403


def test_a_permission_that_was_not_granted_says_where_to_accept_it(place: StandInPlace) -> None:
    sha = place.push({"a": "1"})
    place.control.fault("status", status=403, path="/statuses/", times=1)
    with pytest.raises(Refused, match="Accept the App's permissions"):
        place.github.commit_status(place.repository, sha, "c", "success", "d", "http://tidegate.test")


def test_a_suspended_installation_is_refused_and_not_swept(place: StandInPlace) -> None:
    sha = place.push({"a": "1"})
    place.control.change_installation(place.repository.installation_id, suspended=True)
    try:
        assert place.repository not in place.github.repositories()
        with pytest.raises(Refused):
            place.github.checks(place.repository, sha)
    finally:
        place.control.change_installation(place.repository.installation_id, suspended=False)


def test_all_pages_of_checks_are_read(place: StandInPlace) -> None:
    sha = place.push({"a": "1"})
    names = [f"job {number}" for number in range(130)]
    place.control.call("POST", f"/repos/{place.full_name}/ci/start", {"sha": sha, "names": names})
    assert {check.name for check in place.github.checks(place.repository, sha)} == set(names)
    assert len(place.control.calls(path="/check-runs$", method="GET")) == 2


def test_what_never_changes_is_asked_for_once(place: StandInPlace) -> None:
    sha = place.push({"apps/web/a": "1"})
    for _ in range(3):
        tree = place.github.commit(place.repository, sha).tree
        assert place.github.subtree(place.repository, tree, "apps/web")
    assert len(place.control.calls(path=r"/commits/\w+$")) == 1
    assert len(place.control.calls(path="/git/trees/")) == 2, "one for each level"


def test_after_a_limit_nothing_is_asked_until_the_time_is_up(place: StandInPlace) -> None:
    sha = place.push({"a": "1"})
    place.limit("checks", 600)
    with pytest.raises(Unavailable):
        place.github.checks(place.repository, sha)
    place.control.reset_calls()
    with pytest.raises(Unavailable) as trouble:
        place.github.checks(place.repository, sha)
    assert trouble.value.retry_after == pytest.approx(600, abs=30)
    assert place.control.calls(app="tidegate") == []


def test_many_threads_share_token_and_connections(place: StandInPlace) -> None:
    sha = place.push({"tidegate.yml": "services: []\n"})
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(place.github.deploy_file, place.repository, sha) for _ in range(40)]
        assert {each.result(30) for each in asked} == {"services: []\n"}
    assert minted(place) == 1


def test_a_forked_child_asks_on_connections_of_its_own(place: StandInPlace) -> None:
    tip = place.push({"a": "1"})

    def head() -> str:
        found = place.github.branch_head(place.repository, "main")
        assert found is not None
        return found.sha

    assert head() == tip
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=lambda: answers.put(head()))
    child.start()
    child.join(30)
    assert child.exitcode == 0
    assert answers.get() == tip == head()


def test_a_webhook_that_nobody_took_is_sent_again_with_its_guid(
    place: StandInPlace, world: tuple[StandIn, dict[str, Any], Receiver]
) -> None:
    receiver = world[2]
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    assert place.control.wait_idle()
    receiver.status = 503
    sha = place.push({"a": "1"})
    [refused] = receiver.wait(place.full_name, "push")
    assert place.control.wait_idle()
    receiver.status = 200
    guid = refused.headers["X-GitHub-Delivery"]
    assert guid in place.github.missed_deliveries(hour_ago)
    _, again = receiver.wait(place.full_name, "push", count=2)
    assert (again.headers["X-GitHub-Delivery"], again.payload["after"]) == (guid, sha)
    assert place.control.wait_idle()
    assert guid not in place.github.missed_deliveries(hour_ago), "it got through"


def test_a_delivery_of_before_the_sweeps_window_is_left_alone(place: StandInPlace) -> None:
    place.control.webhook_fault("lose", event="push", times=1)
    place.push({"a": "1"})
    assert place.control.wait_idle()
    assert place.github.missed_deliveries(datetime.now(UTC) + timedelta(seconds=5)) == []


def test_nobody_listening_is_unavailable(place: StandInPlace) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        nowhere = replace(settings_of(place.credentials), api_url=f"http://127.0.0.1:{held.getsockname()[1]}")
        with pytest.raises(Unavailable, match="cannot be reached"):
            GitHub(nowhere, MemoryTokens(), RealClock()).repositories()


def test_an_answer_that_takes_too_long_is_unavailable(place: StandInPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    sha = place.push({"a": "1"})
    monkeypatch.setattr(client, "TIMEOUT", 0.3)
    hasty = GitHub(settings_of(place.credentials), place.tokens, RealClock())
    place.control.fault("slow", path="/check-runs", seconds=2)
    with pytest.raises(Unavailable, match="in time"):
        hasty.checks(place.repository, sha)
    hasty.close()


def test_a_connection_that_breaks_off_is_unavailable(place: StandInPlace) -> None:
    sha = place.push({"a": "1"})
    place.control.fault("drop", path="/check-runs")
    with pytest.raises(Unavailable):
        place.github.checks(place.repository, sha)


def test_a_wrong_private_key_says_which_setting_to_look_at(place: StandInPlace) -> None:
    wrong = replace(settings_of(place.credentials), app_id=1)
    stranger = GitHub(wrong, MemoryTokens(), RealClock())
    with pytest.raises(Refused, match="GITHUB_APP_ID"):
        stranger.repositories()
    stranger.close()


def test_texts_that_are_too_long_are_taken_all_the_same(place: StandInPlace) -> None:
    sha = place.push({"a": "1"})
    output = CheckOutput(
        name="tidegate / web",
        sha=sha,
        status="completed",
        conclusion="failure",
        title="ä" * 400,
        summary="ä\n" * 60_000,
        text="```\n" + "log line ä\n" * 20_000 + "```",
        details_url="http://tidegate.test/d1",
        actions=(("A label that is far too long", "d" * 60, "redeploy"),),
    )
    place.github.write_check(place.repository, None, output, "d1", attempted=False)
    assert place.runs(sha) == [("tidegate / web", "d1", "failure", 0)]


def test_the_adapter_leaves_githubkits_models_out_of_memory() -> None:
    code = (
        "import sys; from worker.github.client import Pool; pool = Pool('http://127.0.0.1:9');"
        "models = sys.modules['githubkit_schemas.v2026_03_10.models']; models.FullRepository;"
        "print(sum(name.startswith('githubkit_schemas.v2026_03_10.models.') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
