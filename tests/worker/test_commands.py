"""Commands in comments: each verb, who may say it, the reaction, and one answer that is edited as deployments end."""

from __future__ import annotations

import pytest

from tests.worker.house import DOCKERFILE, PREVIEWED, WEB, House
from tidegate.deployment import Status, Trigger
from tidegate.events import Commented
from tidegate.facts import PullRequest
from tidegate.permission import Permission
from tidegate.repository import Repository
from worker.ports import Unavailable

API = "  - name: api\n    type: web\n"
TWO = WEB + API + "previews:\n  generation: automatic\n"


def begin(house: House, file: str = PREVIEWED) -> tuple[Repository, PullRequest]:
    repository = house.repository()
    house.github.permit(repository, "reader", Permission.READ)
    house.github.permit(repository, "keeper", Permission.MAINTAIN)
    house.push(repository, {"tidegate.yml": file, "Dockerfile": DOCKERFILE})
    house.work()
    house.clock.advance(60)
    pull = house.open(repository)
    house.work()
    house.clock.advance(60)
    return repository, pull


def answer(house: House, repository: Repository, comment: int) -> str:
    (found,) = [each for each in house.github.comments_of(repository, 1) if each.marker == f"reply:{comment}"]
    return found.body


class TestDeploy:
    def test_brings_the_head_to_production_and_auto_deploy_goes_off_and_says_so(self, house: House) -> None:
        repository, pull = begin(house)
        said = house.say(repository, 1, "/deploy")
        house.work()
        assert house.serving() == pull.head_sha
        assert said.reactions == ["rocket"]
        told = answer(house, repository, said.id)
        assert "auto-deploy is off since mona deployed" in told
        assert "🟢 `web`" in told.lower()
        sha = house.push(repository)
        house.work()
        assert house.serving() == pull.head_sha
        assert "auto-deploy is off since mona" in house.row(repository, sha).reason

        house.say(repository, 1, "/auto-deploy on", "keeper")
        sha = house.push(repository)
        house.work()
        assert house.serving() == sha

    def test_once_merged_brings_the_branchs_latest_commit(self, house: House) -> None:
        repository, _ = begin(house)
        house.github.close_pull(repository, 1, merged=True)
        house.changed(repository, 1)
        sha = house.commit(repository)
        house.say(repository, 1, "/deploy")
        house.work()
        assert house.serving() == sha
        service = house.store.services.by_name(repository.id, "web")
        assert service is not None
        assert service.auto_deploy_off is None

    def test_of_a_closed_one_and_of_a_fork_is_refused(self, house: House) -> None:
        repository, _ = begin(house)
        production = house.serving()
        house.github.close_pull(repository, 1)
        closed = house.say(repository, 1, "/deploy")
        house.open(repository, fork_of="stranger")
        fork = house.say(repository, 2, "/deploy")
        house.work()
        assert house.serving() == production
        assert [closed.reactions, fork.reactions] == [["confused"], ["confused"]]

    def test_names_services_and_an_unknown_one_is_told(self, house: House) -> None:
        repository, pull = begin(house, TWO)
        said = house.say(repository, 1, "/deploy api nothing")
        house.work()
        assert (house.serving("api"), house.serving("web") == pull.head_sha) == (pull.head_sha, False)
        assert said.reactions == ["confused"]
        assert "no service `nothing`" in answer(house, repository, said.id)


class TestAgain:
    def test_redeploy_and_restart_act_on_the_preview(self, house: House) -> None:
        repository, pull = begin(house)
        production = house.store.deployments.of_environment(repository.id, "production", 10)
        for verb, trigger in (("/redeploy", Trigger.REDEPLOY), ("/restart", Trigger.RESTART)):
            house.say(repository, 1, verb)
            house.work()
            row = house.row(repository, pull.head_sha, environment="pr-1")
            assert (row.trigger, row.status, row.actor) == (trigger, Status.LIVE, "mona")
        assert house.store.deployments.of_environment(repository.id, "production", 10) == production

    def test_on_production_where_that_is_said(self, house: House) -> None:
        repository, _ = begin(house)
        live = house.serving()
        assert live is not None
        house.say(repository, 1, "/restart production")
        house.work()
        assert house.row(repository, live).trigger is Trigger.RESTART

    def test_rollback_goes_to_the_version_before(self, house: House) -> None:
        repository, pull = begin(house)
        house.push_to(repository, 1)
        house.work()
        house.say(repository, 1, "/rollback")
        house.work()
        assert house.serving("web-pr-1") == pull.head_sha
        service = house.store.services.by_name(repository.id, "web")
        assert service is not None
        assert service.auto_deploy_off is None, "of a preview"

    def test_rollback_of_production_turns_auto_deploy_off(self, house: House) -> None:
        repository, _ = begin(house)
        first = house.serving()
        house.push(repository)
        house.work()
        house.say(repository, 1, "/rollback production")
        house.work()
        assert house.serving() == first
        service = house.store.services.by_name(repository.id, "web")
        assert service is not None
        assert "rolled back" in (service.auto_deploy_off or "")

    def test_rollback_with_nothing_before_says_so(self, house: House) -> None:
        repository, _ = begin(house)
        said = house.say(repository, 1, "/rollback")
        house.work()
        assert said.reactions == ["confused"]
        assert "nothing to roll back to" in answer(house, repository, said.id).lower()

    @pytest.mark.parametrize("verb", ["/redeploy", "/restart", "/rollback", "/cancel"])
    def test_an_unknown_service_is_told(self, house: House, verb: str) -> None:
        repository, _ = begin(house)
        said = house.say(repository, 1, f"{verb} nothing")
        house.work()
        assert said.reactions == ["confused"]
        told = answer(house, repository, said.id)
        assert "no service `nothing`; there is `web`" in told
        assert "nothing was ever deployed" not in told.lower()


class TestCancel:
    def test_ends_what_waits(self, house: House) -> None:
        repository, _ = begin(house, PREVIEWED.replace("type: web\n", "type: web\n    autoDeployTrigger: checksPass\n"))
        sha = house.push_to(repository, 1)
        house.work()
        said = house.say(repository, 1, "/cancel")
        house.work()
        assert house.status(repository, sha, environment="pr-1") is Status.CANCELED
        assert "canceled by mona" in answer(house, repository, said.id).lower()

    def test_with_nothing_to_end_says_so(self, house: House) -> None:
        repository, _ = begin(house)
        said = house.say(repository, 1, "/cancel")
        house.work()
        assert said.reactions == ["confused"]


class TestPreview:
    def test_makes_one_where_they_are_off(self, house: House) -> None:
        repository, pull = begin(house, WEB)
        assert house.serving("web-pr-1") is None
        said = house.say(repository, 1, "/preview")
        house.work()
        assert house.serving("web-pr-1") == pull.head_sha
        assert said.reactions == ["rocket"]
        sha = house.push_to(repository, 1)
        house.work()
        assert house.serving("web-pr-1") == sha, "it follows the pull request from now on"

    def test_says_why_there_is_none(self, house: House) -> None:
        repository, _ = begin(house, WEB)
        house.github.label(repository, 1, "tidegate-preview-skip")
        said = house.say(repository, 1, "/preview")
        house.work()
        assert said.reactions == ["confused"]
        assert "tidegate-preview-skip" in answer(house, repository, said.id)

    def test_in_a_freeze_says_at_once_why_and_how_it_comes(self, house: House) -> None:
        repository, pull = begin(house, WEB)
        house.say(repository, 1, "/freeze the fair", "keeper")
        house.work()
        said = house.say(repository, 1, "/preview")
        house.work()
        told = answer(house, repository, said.id)
        assert said.reactions == ["confused"]
        assert "Frozen by keeper since " in told
        assert "the fair; the preview waits for the end of that" in told
        assert "being made" not in told
        house.say(repository, 1, "/unfreeze", "keeper")
        house.work()
        assert house.serving("web-pr-1") is None, "not by itself"
        again = house.say(repository, 1, "/preview")
        house.work()
        assert (house.serving("web-pr-1"), again.reactions) == (pull.head_sha, ["rocket"])

    @pytest.mark.parametrize("verb", ["/preview", "/remove"])
    def test_of_a_closed_pull_request_is_none(self, house: House, verb: str) -> None:
        repository, _ = begin(house)
        house.github.close_pull(repository, 1)
        house.changed(repository, 1)
        house.watch(40, every=8)
        said = house.say(repository, 1, verb)
        house.work()
        assert said.reactions == ["confused"]
        assert house.left_of(repository, 1) == []

    def test_though_nobody_told_of_the_pull_request(self, house: House) -> None:
        repository, _ = begin(house, WEB)
        pull = house.github.open_pull(repository, {"page": "new"}, branch="unheard")
        house.say(repository, pull.number, "/preview")
        house.work()
        assert house.serving("web-pr-2") == pull.head_sha


class TestWhoMay:
    @pytest.mark.parametrize(
        ("said", "who", "may"),
        [
            ("/deploy", "reader", False),
            ("/preview", "reader", False),
            ("/redeploy", "reader", False),
            ("/remove", "reader", False),
            ("/cancel", "passer-by", False),
            ("/restart", "dependabot[bot]", False),
            ("/freeze holidays", "mona", False),
            ("/freeze holidays", "keeper", True),
            ("/unfreeze", "mona", False),
            ("/auto-deploy off", "mona", False),
            ("/auto-deploy off", "keeper", True),
            ("/redeploy force", "mona", False),
            ("/redeploy force", "octo", True),
            ("/redeploy", "mona", True),
        ],
    )
    def test_each_has_the_permission_that_it_takes(self, house: House, said: str, who: str, may: bool) -> None:
        repository, _ = begin(house)
        before = len(house.store.deployments.of_environment(repository.id, "pr-1", 50))
        comment = house.say(repository, 1, said, who)
        house.work()
        assert comment.reactions == ["rocket" if may else "-1"]
        if not may:
            assert f"{who} may not do this" in answer(house, repository, comment.id).lower()
            assert len(house.store.deployments.of_environment(repository.id, "pr-1", 50)) == before
            assert house.store.freezes.of_repository(repository.id) == []


class TestAnswers:
    def test_are_one_comment_that_is_edited_as_deployments_end(self, house: House) -> None:
        repository, _ = begin(house, PREVIEWED.replace("type: web\n", "type: web\n    autoDeployTrigger: checksPass\n"))
        sha = house.push_to(repository, 1)
        house.work()
        said = house.say(repository, 1, "/preview")
        house.work()
        assert "🟡" in answer(house, repository, said.id)
        house.conclude(repository, sha)
        house.watch(30, every=2)
        assert "🟢" in answer(house, repository, said.id)
        assert house.store.replies.due() == []

    def test_twice_told_are_given_once(self, house: House) -> None:
        repository, pull = begin(house)
        said = house.say(repository, 1, "/redeploy")
        house.work()
        for _ in range(2):
            house.tell(Commented(repository.id, 1, said.id, said.body, "mona"))
            house.work()
        assert len(house.store.deployments.of_commit(repository.id, pull.head_sha)) == 2
        assert said.reactions == ["rocket"]
        answer(house, repository, said.id)

    def test_tell_a_slip_what_was_meant(self, house: House) -> None:
        repository, _ = begin(house)
        said = house.say(repository, 1, "/redploy")
        house.work()
        assert said.reactions == ["confused"]
        assert "did you mean `/redeploy`?" in answer(house, repository, said.id)

    def test_are_given_later_where_github_was_down_and_nothing_else_happens(self, house: House) -> None:
        repository, _ = begin(house)
        house.github.down(method="react")
        said = house.say(repository, 1, "/redploy")
        house.watch(20, every=5)
        assert said.reactions == []
        house.github.up()
        house.watch(20, every=5)
        assert said.reactions == ["confused"]
        answer(house, repository, said.id)

    def test_whose_making_went_unanswered_are_made_once(self, house: House) -> None:
        repository, _ = begin(house)
        house.github.down(times=1, method="write_comment", after=True)
        said = house.say(repository, 1, "/redploy")
        house.watch(20, every=5)
        answer(house, repository, said.id)

    def test_to_one_who_cannot_be_asked_about_wait(self, house: House) -> None:
        repository, _ = begin(house)
        comment = house.github.comment(repository, 1, "/redeploy", "mona")
        told = Commented(repository.id, 1, comment, "/redeploy", "mona")
        house.github.down(times=1, method="permission")
        with pytest.raises(Unavailable):
            house.tell(told)
        house.tell(told)
        house.work()
        assert house.github.comments[comment].reactions == ["rocket"]

    def test_to_several_commands_are_one(self, house: House) -> None:
        repository, pull = begin(house, TWO)
        said = house.say(repository, 1, "/restart web\n/deploy api")
        house.work()
        assert house.serving("api") == pull.head_sha
        told = answer(house, repository, said.id)
        assert "`web`" in told
        assert "`api`" in told
