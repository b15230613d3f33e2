"""Freezes: what deploys by itself stops and says who, why and since when; people go past it only as admins."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from tests.worker.house import GATED, PREVIEWED, House
from tidegate.deployment import Status, Trigger
from tidegate.events import ChecksChanged, FreezeAsked
from tidegate.permission import Permission
from tidegate.repository import Repository
from tidegate.request import Answer

SINCE = "frozen by keeper since 2026-03-01 12:"


def begin(house: House, file: str = PREVIEWED) -> Repository:
    """Live, with a pull request in which people say things."""
    repository = house.repository()
    house.github.permit(repository, "keeper", Permission.MAINTAIN)
    house.push(repository, {"tidegate.yml": file})
    house.work()
    house.open(repository)
    house.work()
    return repository


def ask(house: House, repository: Repository, reason: str | None, actor: str = "keeper", request: str = "r1") -> Answer:
    """Over the API, all of the repository."""
    house.tell(FreezeAsked(request, repository.id, None, None, reason, actor))
    house.work()
    found = house.store.answers.get(request)
    assert found is not None
    return found


def test_the_next_push_is_skipped_and_says_by_whom_why_and_since_when(house: House) -> None:
    repository = begin(house)
    live = house.serving()
    house.say(repository, 1, "/freeze release of 2.0", "keeper")
    sha = house.push(repository)
    ahead = house.push_to(repository, 1)
    house.work()

    assert house.serving() == live
    for row in (house.row(repository, sha), house.row(repository, ahead, environment="pr-1")):
        assert row.status is Status.SKIPPED
        assert row.reason.startswith(SINCE)
        assert row.reason.endswith("UTC: release of 2.0")
        output = house.github.check_runs[house.check_run(row)].output
        assert output.conclusion == "skipped"
        assert "release of 2.0" in output.title


def test_unfrozen_the_next_push_deploys(house: House) -> None:
    repository = begin(house)
    house.say(repository, 1, "/freeze release", "keeper")
    skipped = house.push(repository)
    house.say(repository, 1, "/unfreeze", "keeper")
    house.watch(320, every=20)
    assert house.serving() != skipped, "people decide whether they still want it"
    sha = house.push(repository)
    house.work()
    assert house.serving() == sha
    assert [kind for kind in house.timeline(repository) if kind.startswith("freeze")] == ["freeze-on", "freeze-off"]


@pytest.mark.parametrize(
    ("said", "frozen"),
    [
        ("/freeze --production busy", {"production"}),
        ("/freeze --service web busy", {"production", "pr-1"}),
        ("/freeze --service api busy", set()),
        ("/freeze busy", {"production", "pr-1"}),
    ],
)
def test_holds_where_it_was_said(house: House, said: str, frozen: set[str]) -> None:
    two = PREVIEWED.replace("previews:", "  - name: api\n    type: web\npreviews:")
    repository = begin(house, two)
    house.say(repository, 1, said, "keeper")
    shas = {"production": house.push(repository), "pr-1": house.push_to(repository, 1)}
    house.work()
    skipped = {
        place for place, sha in shas.items() if house.status(repository, sha, environment=place) is Status.SKIPPED
    }
    assert skipped == frozen


class TestWhatWaits:
    def test_ends_and_green_checks_bring_nothing_back(self, house: House) -> None:
        repository = begin(house, GATED)
        sha = house.push(repository)
        house.work()
        house.say(repository, 1, "/freeze release", "keeper")
        house.work()
        row = house.row(repository, sha)
        assert row.status is Status.CANCELED
        assert row.reason.startswith(SINCE)
        house.conclude(repository, sha)
        house.watch(320, every=20)
        assert house.serving() != sha

    def test_for_a_closed_gate_to_open_waits_for_the_end_of_the_freeze(self, house: House) -> None:
        repository = begin(house, GATED)
        sha = house.push(repository)
        house.conclude(repository, sha, "failure")
        house.work()
        house.say(repository, 1, "/freeze release", "keeper")
        house.conclude(repository, sha, "success")
        house.watch(320, every=20)
        assert house.status(repository, sha) is Status.SKIPPED
        house.say(repository, 1, "/unfreeze", "keeper")
        house.tell(ChecksChanged(repository.id, sha, concluded=True))
        house.watch(14, every=2)
        assert house.serving() == sha

    def test_for_a_closed_gate_stays_closed_where_auto_deploy_was_turned_off(self, house: House) -> None:
        repository = begin(house, GATED)
        sha = house.push(repository)
        house.conclude(repository, sha, "failure")
        house.say(repository, 1, "/auto-deploy off", "keeper")
        house.conclude(repository, sha, "success")
        house.watch(20, every=5)
        assert house.status(repository, sha) is Status.SKIPPED


class TestPeople:
    @pytest.mark.parametrize("verb", ["/redeploy production", "/deploy"])
    def test_are_told_and_an_admin_forces_it(self, house: House, verb: str) -> None:
        repository = begin(house)
        house.say(repository, 1, "/freeze release", "keeper")
        said = house.say(repository, 1, verb)
        house.work()
        rows = house.store.deployments.of_environment(repository.id, "production", 10)
        assert rows[0].status is Status.SKIPPED
        assert "an admin can force it" in rows[0].reason
        (answer,) = [c for c in house.github.comments_of(repository, 1) if c.marker == f"reply:{said.id}"]
        assert "an admin can force it" in answer.body
        service = house.store.services.by_name(repository.id, "web")
        assert service is not None
        assert service.auto_deploy_off is None, "nothing was deployed by hand"

        house.say(repository, 1, f"{verb} force", "octo")
        house.work()
        rows = house.store.deployments.of_environment(repository.id, "production", 10)
        assert rows[0].status is Status.LIVE

    def test_who_ask_for_a_preview_are_told_and_an_admin_forces_it(self, house: House) -> None:
        repository = begin(house)
        house.say(repository, 1, "/freeze release", "keeper")
        sha = house.push_to(repository, 1)
        house.say(repository, 1, "/preview")
        house.work()
        assert house.serving("web-pr-1") != sha
        house.say(repository, 1, "/preview force", "octo")
        house.work()
        assert house.serving("web-pr-1") == sha

    def test_who_press_a_button_are_told(self, house: House) -> None:
        repository = begin(house)
        live = house.serving()
        assert live is not None
        house.say(repository, 1, "/freeze release", "keeper")
        house.press(repository, house.row(repository, live), Trigger.REDEPLOY)
        house.work()
        assert house.row(repository, live).status is Status.SKIPPED
        assert house.serving() == live


class TestOverTheApi:
    def test_answers_once_however_often_it_is_told(self, house: House) -> None:
        repository = begin(house)
        first = ask(house, repository, "release")
        assert first.status == HTTPStatus.OK
        assert "frozen by keeper" in str(first.body["detail"])
        house.clock.advance(60)
        assert ask(house, repository, "release") == first
        assert house.timeline(repository).count("freeze-on") == 1
        assert ask(house, repository, None, request="r2").status == HTTPStatus.OK
        assert house.store.freezes.of_repository(repository.id) == []

    def test_takes_the_permission_of_a_maintainer(self, house: House) -> None:
        repository = begin(house)
        assert ask(house, repository, "release", "mona").status == HTTPStatus.FORBIDDEN
        assert house.store.freezes.of_repository(repository.id) == []

    def test_of_what_is_not_frozen_says_so(self, house: House) -> None:
        repository = begin(house)
        assert "was not frozen" in str(ask(house, repository, None).body["detail"])
