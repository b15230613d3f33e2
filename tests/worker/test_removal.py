"""The end of a preview: closed, merged, removed by hand or expired, nothing of it remains; and how it comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.worker.house import DOCKERFILE, PREVIEWED, WEB, House
from tidegate.deployment import Status
from tidegate.facts import PullRequest
from tidegate.repository import Repository
from worker.ports import Unavailable

DAY = 86400
EXPIRING = PREVIEWED + "  expireAfterDays: 3\n"


def begin(house: House, file: str = PREVIEWED, **files: str) -> tuple[Repository, PullRequest]:
    """A pull request whose preview is live, beside production."""
    repository = house.repository()
    house.push(repository, {"tidegate.yml": file, "Dockerfile": DOCKERFILE, **files})
    house.work()
    pull = house.open(repository)
    house.work()
    return repository, pull


def close(house: House, repository: Repository, number: int = 1, *, merged: bool = False) -> None:
    house.github.close_pull(repository, number, merged=merged)
    house.changed(repository, number)


class TestNothingRemains:
    @pytest.mark.parametrize("merged", [False, True])
    def test_once_the_pull_request_is_closed(self, house: House, merged: bool) -> None:
        repository, pull = begin(house)
        service = house.store.services.by_name(repository.id, "web")
        assert service is not None
        house.store.variables.set(service.id, "pr-1", "OWN", "secret", "secret", house.clock.now())
        image = house.row(repository, pull.head_sha, environment="pr-1").image
        assert image in house.engine.images
        close(house, repository, merged=merged)
        assert house.serving("web-pr-1") is None, "out of the router at once"
        house.watch(40, every=8)

        assert house.left_of(repository, 1) == []
        assert image not in house.engine.images
        assert house.preview(repository, 1).absent == f"the pull request #1 was {'merged' if merged else 'closed'}"
        (made,) = [each for each in house.github.deployments.values() if each.environment == "web (pr-1)"]
        assert made.states[-1].state == "inactive"
        assert house.serving() is not None

    def test_but_the_image_that_production_runs_too(self, house: House) -> None:
        """Merged without another commit: production has the same tree."""
        repository, pull = begin(house)
        house.github.set_branch(repository, "main", pull.head_sha)
        house.tell(house.pushed(repository, pull.head_sha))
        house.work()
        assert house.serving() == pull.head_sha
        close(house, repository, merged=True)
        house.watch(40, every=8)
        assert house.left_of(repository, 1) == []
        assert house.row(repository, pull.head_sha).image in house.engine.images
        assert house.serving() == pull.head_sha

    def test_of_what_was_built_ahead_for_checks_that_never_passed(self, house: House) -> None:
        file = WEB + "    rootDir: web\n    autoDeployTrigger: checksPass\npreviews:\n  generation: automatic\n"
        repository = house.repository()
        house.push(repository, {"tidegate.yml": file, "web/Dockerfile": DOCKERFILE})
        house.work()
        before = set(house.engine.images)
        house.open(repository, {"web/page": "new"})
        house.work()
        assert set(house.engine.images) - before
        close(house, repository)
        house.watch(40, every=8)
        assert set(house.engine.images) == before
        assert house.left_of(repository, 1) == []

    def test_though_the_close_was_never_told(self, house: House) -> None:
        repository, _ = begin(house)
        house.github.close_pull(repository, 1, merged=True)
        house.watch(350, every=10)
        assert house.left_of(repository, 1) == []
        assert house.preview(repository, 1).absent == "the pull request #1 was merged"

    def test_though_a_deploy_was_running(self, house: House) -> None:
        repository, pull = begin(house)
        sha = house.push_to(repository, pull.number)
        build = house.engine.build

        def closed_meanwhile(*arguments: Any, **named: Any) -> str:
            close(house, repository)
            return build(*arguments, **named)

        house.engine.build = closed_meanwhile  # type: ignore[method-assign]  # it is closed in the middle
        house.work()
        house.watch(60, every=10)
        assert house.left_of(repository, 1) == []
        assert house.serving("web-pr-1") is None
        assert house.status(repository, sha, environment="pr-1") in {Status.CANCELED, Status.REMOVED}

    def test_though_the_host_was_down(self, house: House) -> None:
        repository, _ = begin(house)
        house.engine.trouble = "The host can't be reached."
        close(house, repository)
        house.watch(40, every=8)
        assert house.left_of(repository, 1)
        assert house.serving("web-pr-1") is None
        house.engine.trouble = None
        house.watch(40, every=8)
        assert house.left_of(repository, 1) == []

    def test_though_the_host_went_down_in_the_middle(self, house: House) -> None:
        repository, pull = begin(house)
        image = house.row(repository, pull.head_sha, environment="pr-1").image
        remove = house.engine.remove_network

        def dies(name: str) -> None:
            house.engine.remove_network = remove  # type: ignore[method-assign]  # once
            raise Unavailable("The host can't be reached.")

        house.engine.remove_network = dies  # type: ignore[method-assign]  # images are gone, the network is not
        close(house, repository)
        house.watch(60, every=10)
        assert house.left_of(repository, 1) == []
        assert image not in house.engine.images

    def test_though_the_router_was_down(self, house: House) -> None:
        repository, _ = begin(house)
        house.router.down = True
        close(house, repository)
        house.watch(10, every=5)
        house.router.come_back()
        house.watch(40, every=8)
        assert house.left_of(repository, 1) == []

    def test_though_the_worker_was_killed_at_any_point(self, house: House) -> None:
        """Each call to the store may be the last one of a worker."""
        repository, _ = begin(house)
        house.github.close_pull(repository, 1)
        removes = house.store.environments.stop

        def killed(service_id: int, name: str) -> str | None:
            house.store.environments.stop = removes  # type: ignore[method-assign]  # once
            raise KeyboardInterrupt

        house.store.environments.stop = killed  # type: ignore[method-assign]  # after the record, before anything else
        with pytest.raises(KeyboardInterrupt):
            house.changed(repository, 1)
        house.restart_worker()
        house.watch(60, every=10)
        assert house.left_of(repository, 1) == []

    def test_of_one_that_cannot_be_cleared_keeps_no_other_from_it(self, house: House) -> None:
        repository, _ = begin(house)
        house.open(repository, branch="other")
        house.work()
        remove = house.engine.remove_network

        def stuck(name: str) -> None:
            if name.endswith("pr-1"):
                raise Unavailable("it still has a container")
            remove(name)

        house.engine.remove_network = stuck  # type: ignore[method-assign]  # somebody's container hangs on it
        close(house, repository, 1)
        close(house, repository, 2)
        house.watch(60, every=10)
        assert house.left_of(repository, 1)
        assert house.left_of(repository, 2) == []


class TestComingBack:
    def test_reopened_with_the_same_head(self, house: House) -> None:
        repository, pull = begin(house)
        close(house, repository)
        house.watch(40, every=8)
        house.github.reopen_pull(repository, 1)
        house.changed(repository, 1)
        house.work()
        assert house.serving("web-pr-1") == pull.head_sha

    def test_reopened_before_the_old_one_was_gone(self, house: House) -> None:
        repository, pull = begin(house)
        close(house, repository)
        house.github.reopen_pull(repository, 1)
        house.changed(repository, 1)
        house.watch(90, every=10)
        assert house.serving("web-pr-1") == pull.head_sha
        assert len([c for c in house.engine.containers.values() if c.spec.network.endswith("pr-1")]) == 1

    def test_close_and_reopen_told_in_the_wrong_order(self, house: House) -> None:
        repository, pull = begin(house)
        house.github.close_pull(repository, 1)
        house.github.reopen_pull(repository, 1)
        for _ in range(2):
            house.changed(repository, 1)
        house.watch(60, every=10)
        assert house.serving("web-pr-1") == pull.head_sha

    @pytest.mark.parametrize("back", ["push", "/preview"])
    def test_removed_by_hand_until_a_push_or_a_wish(self, house: House, back: str) -> None:
        repository, pull = begin(house)
        comment = house.say(repository, 1, "/remove")
        house.watch(40, every=8)
        assert comment.reactions == ["rocket"]
        assert house.left_of(repository, 1) == []
        house.changed(repository, 1)
        house.watch(310, every=10)
        assert house.serving("web-pr-1") is None, "looking again brings nothing back"

        sha = pull.head_sha
        if back == "push":
            sha = house.push_to(repository, 1)
        else:
            house.say(repository, 1, back)
        house.work()
        assert house.serving("web-pr-1") == sha

    def test_one_that_was_asked_for_and_removed_returns_with_a_push_too(self, house: House) -> None:
        repository, _ = begin(house, WEB)
        house.say(repository, 1, "/preview")
        house.work()
        assert house.serving("web-pr-1") is not None
        house.say(repository, 1, "/remove")
        house.watch(40, every=8)
        assert house.left_of(repository, 1) == []
        sha = house.push_to(repository, 1)
        house.work()
        assert house.serving("web-pr-1") == sha


class TestExpiry:
    def test_after_days_without_a_push(self, house: House) -> None:
        repository, pull = begin(house, EXPIRING)
        house.clock.advance(3 * DAY - 600)
        house.watch(310, every=10)
        assert house.serving("web-pr-1") == pull.head_sha
        house.clock.advance(600)
        house.watch(360, every=10)
        assert house.left_of(repository, 1) == []
        assert "expired after 3 days" in (house.preview(repository, 1).absent or "")

    @pytest.mark.parametrize(
        "renew",
        [
            lambda house, repository: house.push_to(repository, 1),
            lambda house, repository: house.say(repository, 1, "/preview"),
        ],
    )
    def test_counts_from_the_last_push_or_wish(
        self, house: House, renew: Callable[[House, Repository], object]
    ) -> None:
        repository, _ = begin(house, EXPIRING)
        house.clock.advance(2 * DAY)
        renew(house, repository)
        house.clock.advance(2 * DAY)
        house.watch(310, every=10)
        assert house.serving("web-pr-1") is not None

    def test_is_over_with_a_push(self, house: House) -> None:
        repository, _ = begin(house, EXPIRING)
        house.clock.advance(4 * DAY)
        house.watch(360, every=10)
        assert house.left_of(repository, 1) == []
        sha = house.push_to(repository, 1)
        house.work()
        assert house.serving("web-pr-1") == sha
