"""Old images go by themselves and by hand; a disk that is short fails a deploy, and takes nothing else down."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.clean import told
from tests.e2e.apps import web
from tests.e2e.waiting import wait_for
from tests.e2e.world import QUICK
from tests.e2e.world import world as make_world
from worker.survey import survey
from worker.wiring import make

pytestmark = pytest.mark.e2e

#: The build cache of this engine is everybody's who tests on it.
CAREFUL = {**QUICK, "TIDEGATE_KEEP_IMAGES": "1", "TIDEGATE_PRUNE_BUILD_CACHE": "off"}


def test_of_old_images_the_last_stays_and_a_dry_run_tells_so_beforehand(tmp_path: Path) -> None:
    with make_world(tmp_path, {**CAREFUL, "TIDEGATE_CLEAN_SECONDS": "4"}) as world, world.project() as project:
        first = project.push(web("one"))
        check = project.live(first)
        old = project.images(first)
        second = project.push({"www/index.html": "two\n"})
        project.live(second)
        wait_for(lambda: not project.containers(sha=first), "the first to be retired", 60, project.log)

        parts = make(world.settings, "dry-run")
        planned = {item.name: item for item in survey(parts, world.settings.retention)}
        images = {
            next(iter(parts.hosts)).image_id(name): item for name, item in planned.items() if item.kind == "image"
        }
        if project.images(first):  # the clean-up that is done by itself may have come first
            assert images[old[0]].verdict.go, told(list(planned.values()))
        assert not images[project.image_of(second)].verdict.go, told(list(planned.values()))
        parts.store.close()

        wait_for(lambda: not project.images(first), "the first image to be removed", 60, project.log)
        assert project.serves("two", second)
        project.press(project.our_check(second) or check, "rollback")
        failed = project.becomes(first, "failure")
        assert "not on the host any more" in failed["output"]["title"] + failed["output"]["summary"]
        assert project.serves("two", second)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 400 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("needs the right to mount")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_fails_the_deploy_and_after_room_was_made_the_next_one_works(small_disk: Path) -> None:
    with make_world(small_disk, {**CAREFUL, "TIDEGATE_MIN_FREE_GB": "0.1"}) as world, world.project() as project:
        good = project.push(web("one"))
        project.live(good)
        ballast = small_disk / "ballast"
        free = os.statvfs(small_disk)
        with ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - 50_000_000)

        short = project.push({"www/index.html": "two\n"})
        failed = project.ended(short, "failure")
        assert "this machine's disk (TIDEGATE_DATA) has" in failed["output"]["title"] + failed["output"]["summary"]
        project.status(short, "error")
        assert project.serves("one", good)
        assert not project.images(short), "nothing was built"

        ballast.unlink()
        project.press(failed, "redeploy")
        project.becomes(short, "success")
        project.routed(short)
        assert project.serves("two", short)
