"""Which pull requests get a preview: by the deploy file, labels, titles, comments, and how many there may be."""

from __future__ import annotations

import pytest

from tests.e2e.apps import Files
from tests.e2e.project import Project
from tests.e2e.pull import Pull, open_pull, previewed

pytestmark = pytest.mark.e2e


@pytest.fixture
def empty(project: Project) -> Project:
    """Its main branch deploys nothing, so that previews are all there is."""
    project.push({"README.md": "No services yet.\n"})
    return project


def small(generation: str = "automatic") -> Files:
    """The same tree each time, so that it is built once."""
    return previewed("looked at", generation)


def there(pull: Pull) -> None:
    pull.serves("looked at")
    pull.answer(pull.host())


@pytest.mark.long
def test_manual_previews_come_and_go_with_a_label_or_the_title(empty: Project) -> None:
    pull = open_pull(empty, small("manual"))
    pull.skipped("tidegate-preview")
    assert empty.containers() == ()
    assert pull.ours() == [], "who asks for nothing is told nothing"

    pull.label("tidegate-preview")
    there(pull)
    pull.unlabel("tidegate-preview")
    pull.gone()

    pull.edit(title="Change [tidegate preview]")
    there(pull)
    pull.edit(title="Change")
    pull.gone()

    pull.label("render-preview")
    there(pull)


def test_automatic_previews_are_skipped_by_a_label_or_the_title(empty: Project) -> None:
    pull = open_pull(empty, small(), title="Words [skip preview]")
    pull.skipped("[skip preview]")
    pull.edit(title="Words")
    there(pull)
    pull.label("tidegate-preview-skip")
    pull.gone()
    pull.unlabel("tidegate-preview-skip")
    there(pull)


def test_previews_that_are_off_are_made_for_who_asks(empty: Project) -> None:
    pull = open_pull(empty, small("off"))
    pull.skipped("/preview")
    pull.says("/preview", "", "rocket", "preview")
    there(pull)
    pull.push({"www/index.html": "looked at again\n"})
    pull.serves("looked at again")


def test_a_removed_preview_returns_with_the_next_push(empty: Project) -> None:
    pull = open_pull(empty, small())
    there(pull)
    pull.says("/remove", "", "rocket", "emoved by")
    pull.gone()
    pull.push({"www/index.html": "back\n"})
    pull.serves("back")


def test_a_repository_has_so_many_previews_and_is_told_when_there_are_no_more(empty: Project) -> None:
    limit = empty.world.settings.preview_limit
    pulls = [open_pull(empty, small(), branch=f"feature-{number}") for number in range(limit)]
    for pull in pulls:
        there(pull)
    late = open_pull(empty, small(), branch="late")
    late.skipped("TIDEGATE_PREVIEW_LIMIT", str(limit))
    pulls[0].close()
    pulls[0].gone()
    late.says("/preview", "", "rocket", "preview")
    there(late)
