"""Deploy hooks: what a call may ask for, what its caller is answered, and that it happens once."""

from __future__ import annotations

import itertools
from http import HTTPStatus

import pytest

from tests.worker.house import WEB, House
from tidegate.deployment import Status, Trigger
from tidegate.events import HookCalled
from tidegate.repository import Repository
from tidegate.request import Answer
from worker.ports import Unavailable

PREBUILT = "services:\n  - name: web\n    runtime: image\n    image: {url: ghcr.io/team/app:1.0}\n"
REQUESTS = itertools.count(1)


def begin(house: House, file: str = WEB) -> Repository:
    repository = house.repository()
    house.push(repository, {"tidegate.yml": file})
    house.work()
    house.clock.advance(60)
    return repository


def call(
    house: House, repository: Repository, ref: str | None = None, image: str | None = None, *, clear: bool = False
) -> Answer:
    event = event_of(house, repository, ref, image, clear=clear)
    house.tell(event)
    return answer(house, event)


def event_of(
    house: House, repository: Repository, ref: str | None = None, image: str | None = None, *, clear: bool = False
) -> HookCalled:
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    return HookCalled(f"r{next(REQUESTS)}", repository.id, service.id, ref, image, clear)


def answer(house: House, event: HookCalled) -> Answer:
    found = house.store.answers.get(event.request_id)
    assert found is not None
    return found


def test_deploys_the_linked_branchs_latest_commit(house: House) -> None:
    repository = begin(house)
    sha = house.commit(repository)
    told = call(house, repository)
    house.work()
    assert told.status == HTTPStatus.CREATED
    row = house.row(repository, sha)
    assert told.body == {"deployment": row.id, "sha": sha}
    assert (row.trigger, row.status, house.serving()) == (Trigger.HOOK, Status.LIVE, sha)


@pytest.mark.parametrize("kind", ["branch", "tag", "sha", "short"])
def test_deploys_the_ref_that_it_is_given(house: House, kind: str) -> None:
    repository = begin(house)
    sha = house.github.push(repository, {"page": "new"}, branch="other")
    house.github.tag(repository, "v1", sha)
    ref = {"branch": "other", "tag": "v1", "sha": sha, "short": sha[:7]}[kind]
    assert call(house, repository, ref).status == HTTPStatus.CREATED
    house.work()
    assert house.serving() == sha


def test_of_an_unknown_ref_finds_nothing_and_deploys_nothing(house: House) -> None:
    repository = begin(house)
    live = house.serving()
    told = call(house, repository, "no-such-branch")
    house.work()
    assert told.status == HTTPStatus.NOT_FOUND
    assert "`no-such-branch`" in str(told.body["detail"])
    assert house.serving() == live


def test_of_a_fork_s_commit_finds_nothing_though_github_serves_it(house: House) -> None:
    repository = begin(house)
    live = house.serving()
    stranger = house.open(repository, fork_of="stranger").head_sha
    for ref in (stranger, stranger[:7]):
        told = call(house, repository, ref)
        assert (told.status, "a fork's commit" in str(told.body["detail"])) == (HTTPStatus.NOT_FOUND, True)
    house.work()
    assert house.serving() == live


def test_of_a_sha_that_is_too_short_to_be_just_one_says_so(house: House) -> None:
    repository = begin(house)
    told = call(house, repository, "0000000")
    assert "`0000000`, nor is it the beginning of just one commit's SHA" in str(told.body["detail"])


def test_of_a_commit_without_the_service_finds_nothing(house: House) -> None:
    repository = begin(house)
    sha = house.github.push(repository, {"tidegate.yml": WEB.replace("web\n", "api\n", 1)}, branch="other")
    assert call(house, repository, sha).status == HTTPStatus.NOT_FOUND


def test_of_a_commit_with_a_broken_deploy_file_conflicts(house: House) -> None:
    repository = begin(house)
    sha = house.github.push(repository, {"tidegate.yml": "services: nothing\n"}, branch="other")
    assert call(house, repository, sha).status == HTTPStatus.CONFLICT


@pytest.mark.parametrize(
    ("file", "image"),
    [
        (WEB, "ghcr.io/team/app:2.0"),
        (PREBUILT, "ghcr.io/team/other:2.0"),
        (PREBUILT, "evil.test/team/app:2.0"),
        (PREBUILT, "not an image"),
    ],
)
def test_takes_no_other_image(house: House, file: str, image: str) -> None:
    repository = begin(house, file)
    told = call(house, repository, image=image)
    assert told.status == HTTPStatus.BAD_REQUEST
    assert "`imageUrl`" in str(told.body["detail"])
    assert not [row for row in house.store.deployments.page(None, 50) if row.trigger is Trigger.HOOK]


def test_takes_another_tag_of_the_same_image(house: House) -> None:
    repository = begin(house, PREBUILT)
    assert call(house, repository, image="ghcr.io/team/app:2.0").status == HTTPStatus.CREATED
    (row,) = [row for row in house.store.deployments.page(None, 50) if row.trigger is Trigger.HOOK]
    assert (row.definition or {})["image"] == {"url": "ghcr.io/team/app:2.0", "creds": None}


def test_a_cleared_cache_builds_anew_and_a_rollback_still_finds_the_old_image(house: House) -> None:
    repository = begin(house)
    live = house.serving()
    assert live is not None
    old = house.row(repository, live)
    assert call(house, repository, live).status == HTTPStatus.CREATED
    house.work()
    assert len(house.engine.orders) == 1, "the same tree is not built twice"

    house.clock.advance(60)
    call(house, repository, clear=True)
    house.work()
    new = house.row(repository, live)
    assert house.engine.orders[-1].no_cache
    assert (len(house.engine.orders), new.status, new.image == old.image) == (2, Status.LIVE, False)
    house.press(repository, new, Trigger.ROLLBACK)
    house.work()
    back = house.row(repository, live)
    assert (back.trigger, back.status, back.image) == (Trigger.ROLLBACK, Status.LIVE, old.image)


def test_told_twice_deploys_once_and_is_answered_alike(house: House) -> None:
    repository = begin(house)
    event = event_of(house, repository)
    house.tell(event)
    first = answer(house, event)
    house.tell(event)
    house.work()
    assert answer(house, event) == first
    assert len([row for row in house.store.deployments.page(None, 50) if row.trigger is Trigger.HOOK]) == 1


def test_waits_for_its_answer_while_github_is_down(house: House) -> None:
    repository = begin(house)
    event = event_of(house, repository)
    house.github.down(times=1)
    with pytest.raises(Unavailable):
        house.tell(event)
    assert house.store.answers.get(event.request_id) is None
    house.tell(event)
    assert answer(house, event).status == HTTPStatus.CREATED


def test_says_that_it_is_frozen(house: House) -> None:
    repository = begin(house)
    house.open(repository)
    house.say(repository, 1, "/freeze release", "octo")
    told = call(house, repository)
    house.work()
    assert told.status == HTTPStatus.CONFLICT
    assert "frozen by octo" in str(told.body["detail"])


def test_of_a_repository_that_is_gone_conflicts(house: House) -> None:
    repository = begin(house)
    house.store.repositories.gone(repository.id, "the repository was deleted", house.clock.now())
    assert call(house, repository).status == HTTPStatus.CONFLICT


def test_is_neither_filtered_nor_gated(house: House) -> None:
    repository = begin(house, WEB + "    rootDir: app\n    autoDeployTrigger: checksPass\n")
    sha = house.commit(
        repository, {"app/Dockerfile": 'FROM scratch\nCMD ["/bin/sh", "-c", "exec httpd -f -p $PORT"]\n'}
    )
    call(house, repository, sha)
    house.work()
    assert house.serving() == sha
