"""Clean-up on a whole house: what goes, what stays, who comes in between, and what is told beforehand."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.worker.house import DOCKERFILE, PREVIEWED, House
from tidegate.container import network_name
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.repository import Repository
from tidegate.retention import Kind
from tidegate.store import NewDeployment
from worker.clean import clean
from worker.image_lease import ImageLease
from worker.scratch import momentary
from worker.survey import survey

KEPT = {"TIDEGATE_KEEP_IMAGES": "3"}
DAY = 86400


@pytest.fixture
def small(tmp_path: Path) -> House:
    """Keeps three images of each place."""
    return House(tmp_path, **KEPT)


def pushes(house: House, count: int, files: dict[str, str | None] | None = None) -> tuple[Repository, list[Deployment]]:
    """That many versions of production, one after the other; and then a day."""
    repository = house.repository()
    rows: list[Deployment] = []
    for _ in range(count):
        sha = house.push(repository, files if not rows else None)
        house.work()
        rows.append(house.row(repository, sha))
        assert house.serving() == sha
        house.watch(90, every=30)
    house.clock.advance(DAY)
    return repository, rows


def images(rows: list[Deployment]) -> set[str | None]:
    return {row.image for row in rows}


class TestImages:
    def test_the_last_ones_that_were_live_stay(self, small: House) -> None:
        _, rows = pushes(small, 5)
        small.clean()
        assert set(small.engine.images) == images(rows[2:])
        assert small.clean() == [], "doing it twice does it once"

    def test_it_is_done_when_it_is_rung_for(self, small: House) -> None:
        _, rows = pushes(small, 4)
        small.bell.clean()
        small.work()
        assert set(small.engine.images) == images(rows[1:])

    def test_restarts_push_no_image_out(self, small: House) -> None:
        repository, rows = pushes(small, 3)
        for _ in range(4):
            small.press(repository, small.row(repository, rows[-1].sha), Trigger.RESTART)
            small.work()
            small.watch(90, every=30)
        small.clock.advance(DAY)
        small.clean()
        assert set(small.engine.images) == images(rows)

    def test_one_that_was_rolled_back_to_counts_as_new(self, small: House) -> None:
        repository, rows = pushes(small, 3)
        small.press(repository, rows[-1], Trigger.ROLLBACK)
        small.work()
        assert small.serving() == rows[1].sha
        for _ in range(2):
            sha = small.push(repository)
            small.work()
            small.press(repository, small.row(repository, sha), Trigger.REDEPLOY)
            small.work()
            assert small.serving() == sha
            small.watch(90, every=30)
        small.clock.advance(DAY)
        small.clean()
        assert rows[1].image in small.engine.images
        assert not {rows[0].image, rows[2].image} & set(small.engine.images)

    def test_a_rollback_to_one_that_is_gone_says_so(self, small: House) -> None:
        repository, rows = pushes(small, 2)
        assert rows[0].image is not None
        small.engine.remove_image(rows[0].image)
        small.press(repository, rows[-1], Trigger.ROLLBACK)
        small.work()
        row = small.row(repository, rows[0].sha)
        assert (row.trigger, row.status) == (Trigger.ROLLBACK, Status.FAILED)
        assert "is not on the host any more; redeploy to build it again" in row.reason
        assert small.serving() == rows[1].sha

    def test_each_preview_and_production_are_counted_apart(self, small: House) -> None:
        repository, rows = pushes(small, 3, {"tidegate.yml": PREVIEWED, "Dockerfile": DOCKERFILE})
        pull = small.open(repository)
        small.work()
        preview = small.row(repository, pull.head_sha, environment="pr-1")
        small.clock.advance(DAY)
        small.clean()
        assert set(small.engine.images) == images([*rows, preview])

    def test_what_never_came_live_goes_after_a_while(self, small: House) -> None:
        repository, rows = pushes(small, 1)
        sha = small.push(repository, {"Dockerfile": 'FROM scratch\nCMD ["/bin/sh", "-c", "exit 3"]\n'})
        small.work()
        failed = small.row(repository, sha)
        assert failed.status is Status.FAILED
        small.clean()
        assert failed.image in small.engine.images, "the same source may be deployed once more"
        small.clock.advance(3700)
        small.clean()
        assert set(small.engine.images) == images(rows)

    def test_what_was_built_ahead_stays_while_its_checks_run(self, small: House) -> None:
        file = "services:\n  - name: web\n    type: web\n    autoDeployTrigger: checksPass\n"
        repository = small.repository()
        sha = small.push(repository, {"tidegate.yml": file, "Dockerfile": DOCKERFILE})
        small.conclude(repository, sha, None)
        small.work()
        (built,) = small.engine.images
        small.clock.advance(2 * 3600)
        assert small.status(repository, sha) is Status.WAITING
        small.clean()
        assert built in small.engine.images

    def test_what_others_have_stays(self, small: House) -> None:
        """Of another Tidegate on the same host; made from an image of ours by hand; without any label."""
        _, rows = pushes(small, 1)
        assert rows[0].image is not None
        ours = small.engine.images[rows[0].image]
        theirs = {
            rows[0].image.replace("-web:", "-other:"): replace(
                ours, labels={**ours.labels, "tidegate.deployment": "x"}
            ),
            "octo/made-from-it:1": ours,
            f"tidegate/r1-web:{'0' * 32}": replace(ours, labels={}),
        }
        small.engine.images.update(theirs)
        small.clock.advance(DAY)
        small.clean()
        assert set(small.engine.images) == {rows[0].image, *theirs}

    def test_one_that_somebody_has_a_container_of_stays(self, small: House) -> None:
        _, rows = pushes(small, 4)
        by_hand = replace(next(iter(small.engine.containers.values())).spec, name="by-hand", labels={})
        small.engine.start(replace(by_hand, image=rows[0].image or ""))
        assert small.clean() == []
        assert rows[0].image in small.engine.images


class TestInBetween:
    """Somebody wants an image that was found to be needed by nobody."""

    def test_it_is_just_being_built_or_taken(self, small: House) -> None:
        _, rows = pushes(small, 4)
        assert rows[0].image is not None
        with ImageLease(small.parts, rows[0].image, "a rollout"):
            assert small.clean() == []
        assert rows[0].image in small.engine.images

    def test_a_deployment_was_asked_for_since(self, small: House, monkeypatch: pytest.MonkeyPatch) -> None:
        """The image is in the store's row by then, and the row is looked at last."""
        _, rows = pushes(small, 4)
        uses = small.store.images.uses

        def asked_meanwhile() -> Any:
            seen = uses()
            small.store.deployments.create(
                NewDeployment.again(rows[0], Trigger.ROLLBACK, "mona", "x"), small.clock.now()
            )
            return seen

        monkeypatch.setattr(small.store.images, "uses", asked_meanwhile)
        assert small.clean() == []
        small.work()
        small.watch(10)
        assert small.serving() == rows[0].sha, "it could be rolled back to"

    def test_a_rollout_finds_it_just_before_it_is_to_be_removed(
        self, small: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between its look at the engine and its note in the store it holds the lease."""
        repository, rows = pushes(small, 4)
        sha = small.push(repository, dict(small.github.files(repository, rows[0].sha) or {}))
        cleaned: list[object] = []
        image_id = small.engine.image_id

        def cleaned_meanwhile(image: str) -> str | None:
            found = image_id(image)
            if image == rows[0].image and found and not cleaned:
                cleaned.append(None)
                small.clean()
            return found

        monkeypatch.setattr(small.engine, "image_id", cleaned_meanwhile)
        small.work()
        assert cleaned
        assert small.row(repository, sha).status is Status.LIVE, small.row(repository, sha).reason
        assert small.row(repository, sha).image == rows[0].image


class TestTheDryRun:
    def test_tells_what_is_removed_then_and_removes_nothing(self, small: House) -> None:
        _, rows = pushes(small, 5)
        before = set(small.engine.images)
        told = survey(small.parts, small.settings.retention)
        assert set(small.engine.images) == before
        going = {item.name for item in told if item.verdict.go}
        assert going == images(rows[:2])
        assert {item.name for item in small.clean()} == going
        assert all(item.verdict.reason for item in told)

    def test_how_far_it_is_is_told_of_each_look_and_of_each_that_goes(self, small: House) -> None:
        _, rows = pushes(small, 5)
        said: list[tuple[str, int, int]] = []
        clean(small.parts, small.settings.retention, lambda *told: said.append(told))
        whats = [what for what, _, _ in said]
        assert {"looking at images on local", "looking at logs", "looking at files"} <= set(whats)
        assert {each.removeprefix("removing image ") for each in whats[-2:]} == images(rows[:2])
        assert [number for _, number, _ in said] == [*range(1, len(said) - 1), 1, 2]

    def test_a_host_that_is_down_hides_nothing_else(self, small: House) -> None:
        pushes(small, 1)
        small.engine.trouble = "The host can't be reached."
        mirror(small, "99")
        assert [item.name for item in small.clean()] == ["99"]


class TestNetworksAndContainers:
    def test_a_network_whose_environment_is_gone(self, small: House) -> None:
        """A worker that was killed after it had forgotten the environment, or one whose host was down just then."""
        repository, _ = pushes(small, 1)
        left = network_name(repository.id, "pr-9")
        small.engine.ensure_network(left, {"tidegate.role": "network"})
        small.engine.ensure_network("theirs", {"tidegate.role": "network"})
        small.engine.ensure_network(network_name(424242, "pr-1"), {"tidegate.role": "network"})
        kept = set(small.engine.networks) - {left}
        small.clean()
        assert set(small.engine.networks) == kept

    def test_a_command_before_the_deploy_that_was_killed_with_its_worker(self, small: House) -> None:
        _, rows = pushes(small, 2)
        spec = next(iter(small.engine.containers.values())).spec
        labels = {**spec.labels, "tidegate.role": "pre-deploy", "tidegate.deployment": rows[0].id}
        small.engine.start(replace(spec, name="left", labels=labels))
        small.watch(10)
        assert small.engine.inspect("left") is None


class TestFiles:
    def test_what_killed_workers_left(self, small: House) -> None:
        _, rows = pushes(small, 1)
        trees, scratch = Path(small.settings.data) / "trees", Path(small.settings.data) / "scratch"
        for left in (trees / rows[0].id, trees / "unknown-ahead", scratch / "tidegate-build-x"):
            (left / "below").mkdir(parents=True)
            aged(small, left, timedelta(hours=3))
        with momentary(scratch, "tidegate-index-") as used:
            aged(small, used, timedelta(hours=3))
            small.clean()
            assert list(trees.iterdir()) == []
            assert list(scratch.iterdir()) == [used]

    def test_a_killed_worker_s_scratch_directory_goes_with_the_next_sweep(self, small: House) -> None:
        scratch = Path(small.settings.data) / "scratch"
        (scratch / "tidegate-build-x" / "secrets").mkdir(parents=True)
        aged(small, scratch / "tidegate-build-x", timedelta(seconds=30))
        with momentary(scratch, "tidegate-build-") as used:
            aged(small, used, timedelta(hours=3))
            small.watch(20)
            assert list(scratch.iterdir()) == [used]

    def test_mirrors_of_repositories_that_are_gone(self, small: House) -> None:
        repository, _ = pushes(small, 1)
        mirror(small, str(repository.id))
        gone = mirror(small, "99")
        small.clean()
        assert not gone.exists()
        assert (gone.parent / f"{repository.id}.git").exists()
        small.store.repositories.gone(repository.id, "taken", small.clock.now())
        small.clean()
        assert not (gone.parent / f"{repository.id}.git").exists()


def mirror(house: House, name: str) -> Path:
    made = Path(house.settings.data) / "mirrors" / f"{name}.git"
    made.mkdir(parents=True)
    lock = made.with_suffix(".lock")
    lock.touch()
    aged(house, lock, timedelta(0))
    return made


def aged(house: House, path: Path, age: timedelta) -> None:
    then = (house.clock.now() - age).timestamp()
    os.utime(path, (then, then))


class TestWhatIsKeptInTheStore:
    def test_logs_go_with_their_time_but_not_those_of_what_runs(self, small: House) -> None:
        _, rows = pushes(small, 2)
        assert list(small.store.logs.read(rows[0].id))
        small.clock.advance(31 * DAY)
        removed = small.clean()
        assert (Kind.LOG, rows[0].id) in {(item.kind, item.name) for item in removed}
        assert list(small.store.logs.read(rows[0].id)) == []
        assert list(small.store.logs.read(rows[1].id)), "it is live"

    def test_a_lease_of_a_killed_builder_is_forgotten(self, small: House) -> None:
        now = small.clock.now()
        small.store.leases.take("build:x", "killed", 15, now - timedelta(days=2))
        small.store.leases.take("watch", "leader", 15, now)
        small.clean()
        assert small.store.leases.take("watch", "another", 15, now) is False


GIGABYTE = 10**9


class TestRoom:
    def test_a_build_without_room_cleans_up_first(self, small: House) -> None:
        repository, rows = pushes(small, 4)
        small.engine.space, small.engine.cache = GIGABYTE // 2, GIGABYTE
        sha = small.push(repository)
        small.work()
        assert small.serving() == sha
        assert small.engine.cache == 0
        assert rows[0].image not in small.engine.images
        assert images(rows[1:]) <= set(small.engine.images), "what can be rolled back to stays"

    def test_and_fails_as_the_platform_s_where_that_does_not_help(self, small: House) -> None:
        repository, rows = pushes(small, 2)
        small.engine.space = GIGABYTE // 2
        sha = small.push(repository)
        small.work()
        row = small.row(repository, sha)
        assert (row.status, row.fault) == (Status.FAILED, "platform")
        assert "the disk of Docker host local has 0.5 GB left, and a build needs 1 GB" in row.reason
        assert small.serving() == rows[-1].sha
        assert len(small.engine.orders) == 2, "nothing was built"
        assert small.github.commit_statuses[-1].state == "error"

        small.engine.space = 2 * GIGABYTE
        small.press(repository, row, Trigger.REDEPLOY)
        small.work()
        assert small.serving() == sha

    def test_what_needs_no_build_needs_no_room(self, small: House) -> None:
        repository, rows = pushes(small, 2)
        small.engine.space = 0
        small.press(repository, rows[-1], Trigger.ROLLBACK)
        small.work()
        assert small.serving() == rows[0].sha

    def test_nothing_is_built_ahead_without_room(self, small: House) -> None:
        file = "services:\n  - name: web\n    type: web\n    autoDeployTrigger: checksPass\n"
        repository = small.repository()
        small.engine.space = 0
        sha = small.push(repository, {"tidegate.yml": file, "Dockerfile": DOCKERFILE})
        small.conclude(repository, sha, None)
        small.work()
        assert small.engine.orders == []
        said = [line.text for line in small.store.logs.read(small.row(repository, sha).id)]
        assert any("too little room" in line for line in said), said

    def test_the_guard_can_be_turned_off(self, tmp_path: Path) -> None:
        house = House(tmp_path, TIDEGATE_MIN_FREE_GB="0")
        repository = house.repository()
        house.engine.space = 0
        sha = house.push(repository)
        house.work()
        assert house.serving() == sha

    def test_a_cache_that_is_shared_with_others_can_be_left_alone(self, tmp_path: Path) -> None:
        house = House(tmp_path, TIDEGATE_PRUNE_BUILD_CACHE="off")
        repository = house.repository()
        house.engine.space, house.engine.cache = 0, 100 * GIGABYTE
        sha = house.push(repository)
        house.work()
        assert house.status(repository, sha) is Status.FAILED
        assert house.engine.cache == 100 * GIGABYTE
