"""Previews of pull requests: who gets one, what is in it, and how it follows the pull request; on fakes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.worker.house import DOCKERFILE, DOMAIN, PREVIEWED, WEB, House
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.repository import Repository
from tidegate.snapshot import Snapshot
from tidegate.store import NewDeployment
from worker.ports import Unavailable
from worker.variables import todays

MANUAL = WEB + "previews:\n  generation: manual\n"
OFF = WEB
API = "  - name: api\n    type: web\n    rootDir: api\n"
DAY = 86400


def begin(house: House, file: str = PREVIEWED, **files: str) -> Repository:
    """Production is live before anybody opens a pull request."""
    repository = house.repository()
    house.push(repository, {"tidegate.yml": file, "Dockerfile": DOCKERFILE, **files})
    house.work()
    return repository


def gone(house: House, repository: Repository, number: int) -> bool:
    house.watch(40, every=8)
    return house.left_of(repository, number) == []


class TestWhoGetsOne:
    def test_every_pull_request_where_it_is_automatic(self, house: House) -> None:
        repository = begin(house)
        production = house.serving()
        pull = house.open(repository)
        house.work()

        assert house.serving("web-pr-1") == pull.head_sha
        assert house.serving() == production
        (made,) = [each for each in house.github.deployments.values() if each.environment == "web (pr-1)"]
        assert (made.sha, made.production, made.states[-1].state) == (pull.head_sha, False, "success")
        assert made.states[-1].environment_url == f"https://web-pr-1.{DOMAIN}"
        (run,) = [run for run in house.github.check_runs.values() if run.output.sha == pull.head_sha]
        assert (run.output.name, run.output.conclusion) == ("tidegate / web (pr-1)", "success")

    def test_who_asks_for_one_by_a_label_or_the_title_where_it_is_manual(self, house: House) -> None:
        repository = begin(house, MANUAL)
        plain = house.open(repository, branch="plain")
        labeled = house.open(repository, branch="labeled", labels=["tidegate-preview"])
        titled = house.open(repository, branch="titled", title="[Tidegate Preview] Change")
        house.work()

        assert house.serving(f"web-pr-{plain.number}") is None
        assert house.serving(f"web-pr-{labeled.number}") == labeled.head_sha
        assert house.serving(f"web-pr-{titled.number}") == titled.head_sha

    def test_a_label_that_comes_and_goes_makes_and_removes_it(self, house: House) -> None:
        repository = begin(house, MANUAL)
        pull = house.open(repository)
        house.work()
        for _ in range(2):
            house.github.label(repository, pull.number, "tidegate-preview")
            house.changed(repository, pull.number)
            house.work()
            assert house.serving("web-pr-1") == pull.head_sha
            house.github.unlabel(repository, pull.number, "tidegate-preview")
            house.changed(repository, pull.number)
            assert gone(house, repository, pull.number)

    @pytest.mark.parametrize("said", [{"labels": ["tidegate-preview-skip"]}, {"title": "[skip preview] Change"}])
    def test_nobody_who_says_not_to(self, house: House, said: dict[str, Any]) -> None:
        repository = begin(house)
        pull = house.open(repository, **said)
        house.work()
        row = house.row(repository, pull.head_sha, environment="pr-1")
        assert row.status is Status.SKIPPED
        assert house.left_of(repository, pull.number) == []

    def test_nobody_where_they_are_off_and_the_check_says_how_to_get_one(self, house: House) -> None:
        repository = begin(house, OFF)
        pull = house.open(repository)
        house.work()
        (run,) = [run for run in house.github.check_runs.values() if run.output.sha == pull.head_sha]
        assert run.output.conclusion == "skipped"
        assert "/preview" in run.output.summary

    def test_a_draft_and_one_that_is_stacked_on_another(self, house: House) -> None:
        repository = begin(house)
        draft = house.open(repository, branch="draft", draft=True)
        stacked = house.open(repository, branch="upper", base="draft")
        house.work()
        assert house.serving("web-pr-1") == draft.head_sha
        assert house.serving("web-pr-2") == stacked.head_sha

        house.github.close_pull(repository, draft.number)
        house.github.delete_branch(repository, "draft")
        house.changed(repository, draft.number)
        assert gone(house, repository, draft.number)
        assert house.serving("web-pr-2") == stacked.head_sha

    def test_no_more_than_the_limit_and_the_next_once_one_has_gone(self, tmp_path: Path) -> None:
        house = House(tmp_path, TIDEGATE_PREVIEW_LIMIT="2")
        repository = begin(house)
        pulls = [house.open(repository, branch=f"b{n}") for n in range(3)]
        house.work()
        assert [house.serving(f"web-pr-{each.number}") is not None for each in pulls] == [True, True, False]
        row = house.row(repository, pulls[2].head_sha, environment="pr-3")
        assert "allows a repository 2" in row.reason

        house.github.close_pull(repository, 1)
        house.changed(repository, 1)
        house.watch(310, every=10)
        assert house.serving("web-pr-3") == pulls[2].head_sha


class TestWhatIsInIt:
    def test_every_service_of_its_own_deploy_file_on_a_network_of_its_own(self, house: House) -> None:
        repository = begin(house, WEB + API + "previews:\n  generation: automatic\n", **{"api/Dockerfile": DOCKERFILE})
        more = WEB + API + API.replace("api", "jobs") + "previews:\n  generation: automatic\n"
        pull = house.open(repository, {"tidegate.yml": more, "jobs/Dockerfile": DOCKERFILE})
        house.work()

        assert [house.serving(f"{name}-pr-1") for name in ("web", "api", "jobs")] == [pull.head_sha] * 3
        assert house.serving("jobs") is None
        networks = {each.spec.network: each.spec.environment for each in house.engine.containers.values()}
        assert set(networks) == {f"tidegate-{repository.id}-production", f"tidegate-{repository.id}-pr-1"}
        assert networks[f"tidegate-{repository.id}-pr-1"]["IS_PULL_REQUEST"] == "true"
        assert "IS_PULL_REQUEST" not in networks[f"tidegate-{repository.id}-production"]

    def test_variables_of_its_own_and_of_productions_what_is_meant_for_it(self, house: House) -> None:
        variables = (
            "    envVars:\n"
            "      - {key: MODE, value: production, previewValue: preview}\n"
            "      - {key: SAME, value: same}\n"
            "      - {key: TOKEN, sync: false, copyToPreviews: true}\n"
            "      - {key: PASSWORD, sync: false}\n"
            "      - {key: SALT, generateValue: true}\n"
        )
        repository = begin(house, WEB + variables + "previews:\n  generation: automatic\n")
        service = house.store.services.by_name(repository.id, "web")
        assert service is not None
        for name, kind in (("TOKEN", "secret"), ("PASSWORD", "secret"), ("PLAIN", "plain")):
            house.store.variables.set(service.id, "production", name, f"{name} of production", kind, house.clock.now())  # type: ignore[arg-type]  # a Kind
        house.open(repository)
        house.work()

        (seen,) = [
            c.spec.environment for c in house.engine.containers.values() if "IS_PULL_REQUEST" in c.spec.environment
        ]
        (salt,) = [v for name, (_, v) in house.store.variables.of(service.id, "production").items() if name == "SALT"]
        assert (seen["MODE"], seen["SAME"]) == ("preview", "same")
        assert (seen["TOKEN"], seen["PLAIN"]) == ("TOKEN of production", "PLAIN of production")
        assert "PASSWORD" not in seen
        assert seen["SALT"] not in {"", salt}

    def test_what_is_meant_for_it_where_a_worker_is_quicker_than_the_look(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What is queued may be run before the look at the pull request has ended."""
        salt = "    envVars:\n      - {key: SALT, generateValue: true, copyToPreviews: true}\n"
        repository = begin(house, WEB + salt + "previews:\n  generation: automatic\n")
        create = house.store.deployments.create
        seen: list[Snapshot] = []

        def created(new: NewDeployment, at: datetime) -> Deployment:
            made = create(new, at)
            seen.append(todays(house.parts, made))
            return made

        monkeypatch.setattr(house.store.deployments, "create", created)
        house.open(repository)
        house.work()
        (service,) = house.store.services.of_repository(repository.id)
        kept = house.store.variables.of(service.id, "production")
        assert [each.values["SALT"] for each in seen] == [kept["SALT"][1]]

    def test_what_it_says_of_a_service_changes_nothing_for_production(self, house: House) -> None:
        repository = begin(house)
        file = (
            "services:\n  - name: web\n    type: web\n    domains: [stolen.test]\npreviews:\n  generation: automatic\n"
        )
        house.open(repository, {"tidegate.yml": file})
        house.work()
        assert house.serving("web-pr-1") is not None
        assert "stolen.test" not in house.router.table.hosts

    def test_a_mistake_in_its_deploy_file_is_told_at_its_line_and_what_runs_runs_on(self, house: House) -> None:
        repository = begin(house)
        pull = house.open(repository)
        house.work()
        bad = house.push_to(repository, pull.number, {"tidegate.yml": "services:\n  - name: Web!\n    type: web\n"})
        house.work()
        assert house.serving("web-pr-1") == pull.head_sha
        (run,) = [run for run in house.github.check_runs.values() if run.output.sha == bad]
        assert [(each.path, each.line) for each in run.annotations] == [("tidegate.yml", 2)]
        (comment,) = house.github.comments_of(repository, pull.number)
        assert "`tidegate.yml`" in comment.body

        good = house.push_to(repository, pull.number, {"tidegate.yml": PREVIEWED})
        house.work()
        assert house.serving("web-pr-1") == good
        assert "`tidegate.yml`" not in comment.body

    def test_one_that_has_the_first_deploy_file_and_a_mistake_in_it_is_told_so(self, house: House) -> None:
        repository = house.repository()
        house.push(repository, {"tidegate.yml": None, "Dockerfile": DOCKERFILE})
        pull = house.open(repository, {"tidegate.yml": "services: nothing\n"})
        house.work()
        assert house.row(repository, pull.head_sha, "tidegate.yml", "pr-1").status is Status.FAILED
        assert house.left_of(repository, pull.number) == []


class TestPushes:
    def test_are_filtered_against_what_is_live_there(self, house: House) -> None:
        repository = begin(house, WEB + API + "previews:\n  generation: automatic\n", **{"api/Dockerfile": DOCKERFILE})
        pull = house.open(repository)
        house.work()
        sha = house.push_to(repository, pull.number, {"page": "newer"})
        house.work()
        assert house.serving("web-pr-1") == sha
        assert house.serving("api-pr-1") == pull.head_sha
        assert house.status(repository, sha, "api", "pr-1") is Status.SKIPPED

    def test_wait_for_their_checks_where_production_does(self, house: House) -> None:
        file = WEB + "    autoDeployTrigger: checksPass\npreviews:\n  generation: automatic\n"
        repository = begin(house, file)
        pull = house.open(repository)
        house.work()
        assert house.status(repository, pull.head_sha, environment="pr-1") is Status.WAITING
        house.conclude(repository, pull.head_sha)
        house.watch(6)
        assert house.serving("web-pr-1") == pull.head_sha

        red = house.push_to(repository, pull.number)
        house.conclude(repository, red, "failure")
        house.watch(6)
        assert house.serving("web-pr-1") == pull.head_sha
        assert "`test` failed" in house.row(repository, red, environment="pr-1").reason

    def test_told_twice_deploy_once_and_told_late_change_nothing(self, house: House) -> None:
        repository = begin(house)
        pull = house.open(repository)
        newer = house.push_to(repository, pull.number)
        for _ in range(3):
            house.changed(repository, pull.number)
            house.work()
        assert house.serving("web-pr-1") == newer
        assert len(house.store.deployments.of_commit(repository.id, newer)) == 1

    def test_lost_are_found_by_the_sweep(self, house: House) -> None:
        repository = begin(house)
        pull = house.github.open_pull(repository)
        house.watch(310, every=10)
        assert house.serving("web-pr-1") == pull.head_sha
        sha = house.github.push_pull(repository, pull.number)
        house.watch(310, every=10)
        assert house.serving("web-pr-1") == sha

    @pytest.mark.parametrize("told", [True, False])
    def test_that_set_the_branch_back_bring_the_older_commit_back(self, house: House, told: bool) -> None:
        repository = begin(house)
        pull = house.open(repository)
        house.work()
        house.clock.advance(60)
        newer = house.push_to(repository, pull.number)
        house.work()
        assert house.serving("web-pr-1") == newer
        house.clock.advance(60)
        house.github.set_branch(repository, "feature", pull.head_sha)
        if told:
            house.changed(repository, pull.number)
        house.watch(310, every=10)
        assert house.serving("web-pr-1") == pull.head_sha
        rows = house.store.deployments.of_commit(repository.id, pull.head_sha)
        house.watch(310, every=10)
        assert house.store.deployments.of_commit(repository.id, pull.head_sha) == rows

    def test_to_a_renamed_branch_go_to_the_same_preview(self, house: House) -> None:
        repository = begin(house)
        pull = house.open(repository)
        house.work()
        house.github._pulls[repository.id][pull.number].branch = "renamed"
        house.github.set_branch(repository, "renamed", pull.head_sha)
        house.github.delete_branch(repository, "feature")
        house.changed(repository, pull.number)
        sha = house.push_to(repository, pull.number)
        house.work()
        assert house.serving("web-pr-1") == sha
        assert house.row(repository, sha, environment="pr-1").branch == "renamed"

    def test_with_a_skip_phrase_are_skipped_until_somebody_asks(self, house: House) -> None:
        repository = begin(house)
        pull = house.open(repository)
        house.work()
        sha = house.push_to(repository, pull.number, message="More [skip tidegate]")
        house.work()
        assert house.serving("web-pr-1") == pull.head_sha
        house.say(repository, pull.number, "/preview")
        house.work()
        assert house.serving("web-pr-1") == sha


def test_an_event_while_github_is_down_is_told_again(house: House) -> None:
    repository = begin(house)
    pull = house.github.open_pull(repository)
    house.github.down(times=1)
    with pytest.raises(Unavailable):
        house.changed(repository, pull.number)
    house.changed(repository, pull.number)
    house.work()
    assert house.serving("web-pr-1") == pull.head_sha


def test_a_failed_build_leaves_the_last_good_one_up(house: House) -> None:
    repository = begin(house)
    pull = house.open(repository)
    house.work()
    bad = house.push_to(repository, pull.number, {"Dockerfile": "FROM scratch\nRUN exit 3\n"})
    house.work()
    assert house.serving("web-pr-1") == pull.head_sha
    assert house.status(repository, bad, environment="pr-1") is Status.FAILED


def test_redeploy_on_what_was_skipped_makes_the_preview_once_for_all_services(house: House) -> None:
    repository = begin(house, WEB + API, **{"api/Dockerfile": DOCKERFILE})
    pull = house.open(repository)
    house.work()
    house.press(repository, house.row(repository, pull.head_sha, environment="pr-1"), Trigger.REDEPLOY)
    house.work()
    assert [house.serving(f"{name}-pr-1") for name in ("web", "api")] == [pull.head_sha] * 2
    assert len(house.engine.containers) == 4
