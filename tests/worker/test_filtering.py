"""Filters over time: what changed since the last deploy decides, however it was pushed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tidegate import slow_globs
from tests.worker.house import DOCKERFILE, House
from tidegate.deployment import Status
from tidegate.events import BranchPushed
from tidegate.repository import Environment, Repository
from worker import consider

API = "    rootDir: api\n"
_numbers = itertools.count(1)


def service(name: str, more: str) -> str:
    return f"  - name: {name}\n    type: web\n{more}"


def live(house: House, more: str = API) -> tuple[Repository, str]:
    """A service that is live, and its commit."""
    repository = house.repository()
    files = {"tidegate.yml": "services:\n" + service("web", more)}
    sha = house.push(repository, files | dict.fromkeys(("Dockerfile", "api/Dockerfile"), DOCKERFILE))
    house.work()
    assert house.status(repository, sha) is Status.LIVE
    return repository, sha


def pushed(house: House, repository: Repository, files: Mapping[str, str | None]) -> Status:
    sha = house.push(repository, files)
    house.work()
    return house.status(repository, sha)


def test_of_many_commits_in_one_push_none_is_missed(house: House) -> None:
    repository, _ = live(house)
    house.commit(repository, {"api/code": "1"})
    house.commit(repository, {"readme": "1"})
    assert pushed(house, repository, {"readme": "2"}) is Status.LIVE


def test_commits_that_undo_each_other_in_one_push_change_nothing(house: House) -> None:
    repository, _ = live(house)
    house.commit(repository, {"api/code": "1"})
    assert pushed(house, repository, {"api/code": None}) is Status.SKIPPED


def test_a_commit_that_waits_with_the_files_that_are_live_is_superseded_by_the_next_one(house: House) -> None:
    """Its checks may never end: CI gives up a commit's for those of the next one."""
    gated = "services:\n" + service("web", API + "    autoDeployTrigger: checksPass\n")
    repository, _ = live(house)
    passed = house.push(repository, {"tidegate.yml": gated, "api/code": "1"})
    house.conclude(repository, passed)
    house.clock.advance(6)
    consider.consider(house.parts, repository.id, passed)
    waits = house.push(repository, {"readme": "1"})
    assert [house.status(repository, sha) for sha in (passed, waits)] == [Status.QUEUED, Status.WAITING]
    house.work()
    assert house.status(repository, passed) is Status.LIVE
    head = house.push(repository, {"readme": "2"})
    house.work()
    assert [house.status(repository, sha) for sha in (waits, head)] == [Status.SUPERSEDED, Status.SKIPPED]
    assert house.row(repository, waits).reason == f"superseded by {head[:7]}"


def test_a_merge_brings_what_its_branch_changed(house: House) -> None:
    repository, base = live(house)
    house.github.push(repository, {"api/code": "1"}, branch="feature", parent=base)
    assert pushed(house, repository, {"readme": "1"}) is Status.SKIPPED
    assert pushed(house, repository, {"api/code": "1"}) is Status.LIVE


def test_a_force_push_deploys_since_what_it_took_away_is_not_known(house: House) -> None:
    repository, first = live(house)
    before = house.push(repository, {"api/code": "1"})
    house.work()
    after = house.github.push(repository, {"readme": "1"}, parent=first)
    house.tell(BranchPushed(repository.id, "main", before, after, forced=True, actor="octo"))
    house.work()
    row = house.row(repository, after)
    assert row.status is Status.LIVE
    assert house.serving() == after


def test_the_first_push_of_a_new_branch_deploys_what_is_linked_to_it(house: House) -> None:
    repository = house.repository()
    file = "services:\n" + service("web", API + "    branch: release\n")
    base = house.push(repository, {"tidegate.yml": file, "api/Dockerfile": DOCKERFILE})
    house.github.set_branch(repository, "release", base)
    house.tell(BranchPushed(repository.id, "release", None, base, forced=False, actor="octo"))
    house.work()
    assert house.status(repository, base) is Status.LIVE


def test_more_files_than_github_lists_deploy_and_say_why(house: House) -> None:
    repository, _ = live(house)
    many = {f"docs/{number}": "1" for number in range(301)}
    house.github.calls.clear()
    assert pushed(house, repository, many) is Status.LIVE
    assert house.github.calls["changes"] == 1


@pytest.mark.parametrize("files", [{"api/code": None, "old/code": "1"}, {"api/code": "2"}, {"api/code": None}])
def test_what_was_moved_out_changed_or_removed_counts(house: House, files: dict[str, str | None]) -> None:
    repository, _ = live(house)
    assert pushed(house, repository, {"api/code": "1"}) is Status.LIVE
    assert pushed(house, repository, files) is Status.LIVE


def test_a_submodule_that_moved_is_a_changed_file(house: House) -> None:
    repository, _ = live(house, "    buildFilter: {paths: [vendor/lib/**]}\n")
    assert pushed(house, repository, {"vendor/lib": "Subproject commit 1"}) is Status.LIVE
    assert pushed(house, repository, {"vendor/other": "Subproject commit 1"}) is Status.SKIPPED
    assert pushed(house, repository, {"vendor/lib": "Subproject commit 2"}) is Status.LIVE


class TestTakenBack:
    """A commit that takes back what is still on its way leaves nothing of it live."""

    GATED = API + "    autoDeployTrigger: checksPass\n"

    def code(self, house: House, repository: Repository) -> str | None:
        sha = house.serving()
        assert sha is not None
        files = house.github.files(repository, sha)
        assert files is not None
        return files.get("api/code")

    def test_before_it_was_deployed(self, house: House) -> None:
        repository, _ = live(house)
        house.push(repository, {"api/code": "wrong"})
        house.push(repository, {"api/code": None})
        house.work()
        assert self.code(house, repository) is None

    def test_while_it_came_live(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        """Just after it was read what is live, and before anything else is."""
        repository, _ = live(house)
        house.push(repository, {"api/code": "wrong"})
        known = house.store.environments.known

        def read(service_id: int, name: str) -> Environment:
            found = known(service_id, name)
            monkeypatch.undo()
            house.work()
            return found

        monkeypatch.setattr(house.store.environments, "known", read)
        house.push(repository, {"api/code": None})
        house.work()
        assert self.code(house, repository) is None

    def test_while_it_waited_for_its_checks(self, house: House) -> None:
        repository, _ = self.gated(house)
        wrong = house.push(repository, {"api/code": "wrong"})
        right = house.push(repository, {"api/code": None})
        for sha in (wrong, right):
            house.conclude(repository, sha)
        house.watch(8)
        assert self.code(house, repository) is None
        assert house.status(repository, wrong) is Status.SUPERSEDED

    def test_after_its_gate_had_closed(self, house: House) -> None:
        repository, _ = self.gated(house)
        wrong = house.push(repository, {"api/code": "wrong"})
        house.conclude(repository, wrong, "failure")
        right = house.push(repository, {"api/code": None})
        house.conclude(repository, right)
        house.watch(8)
        house.conclude(repository, wrong, "success")
        house.watch(320, every=10)
        assert self.code(house, repository) is None

    def gated(self, house: House) -> tuple[Repository, str]:
        repository = house.repository()
        files = {"tidegate.yml": "services:\n" + service("web", self.GATED), "api/Dockerfile": DOCKERFILE}
        sha = house.push(repository, files)
        house.conclude(repository, sha)
        house.watch(8)
        assert house.serving() == sha
        return repository, sha


#: Of each service: its fields in the deploy file, and what they say by SEMANTICS 2.5 for one changed path.
FILTERS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "": ("", lambda path: True),
    "api": (API, lambda path: path.startswith("api/")),
    "shared": (
        "    rootDir: api\n    buildFilter: {paths: ['api/**', 'shared/*'], ignoredPaths: ['**/*.md']}\n",
        lambda path: _any(path, "api/**", "shared/*") and not _any(path, "**/*.md"),
    ),
    "code": (
        "    buildFilter: {ignoredPaths: ['**/*.md', 'docs/**']}\n",
        lambda path: not _any(path, "**/*.md", "docs/**"),
    ),
}
PATHS = ["api/code", "api/readme.md", "shared/lib", "shared/deep/lib", "docs/page", "readme.md", "main"]


def _any(path: str, *globs: str) -> bool:
    return any(slow_globs.matches(each, path) for each in globs)


@dataclass(frozen=True)
class Push:
    """Commits that are pushed together: path → content, or None to remove it."""

    commits: list[dict[str, str | None]]
    skipped: bool


pushes = st.lists(
    st.builds(
        Push,
        st.lists(
            st.dictionaries(st.sampled_from(PATHS), st.sampled_from(["1", "2", None]), max_size=2),
            min_size=1,
            max_size=2,
        ),
        skipped=st.integers(0, 5).map(lambda found: found == 0),
    ),
    min_size=1,
    max_size=5,
)


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("house"))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pushes)
def test_several_services_deploy_by_what_changed_for_each_since_its_own_last_deploy(
    shared_house: House, history: list[Push]
) -> None:
    house, name = shared_house, f"r{next(_numbers)}"
    repository = house.repository(f"octo/{name}")
    services = {f"{name}-{end}x": concerns for end, (_, concerns) in FILTERS.items()}
    file = "services:\n" + "".join(service(f"{name}-{end}x", more) for end, (more, _) in FILTERS.items())
    first = house.push(repository, {"tidegate.yml": file, "api/Dockerfile": DOCKERFILE, "Dockerfile": DOCKERFILE})
    house.work()
    deployed = dict.fromkeys(services, first)
    for push in history:
        for files in push.commits[:-1]:
            house.github.push(repository, files)
        house.github.calls.clear()
        sha = house.github.push(repository, push.commits[-1], "[skip cd]" if push.skipped else "Change")
        house.tell(house.pushed(repository, sha))
        house.work()
        for each, concerns in services.items():
            changed = _changed(house, repository, deployed[each], sha)
            plain = concerns is FILTERS[""][1]
            if not push.skipped and (plain or any(concerns(path) for path in changed)):
                deployed[each] = sha
            row = house.row(repository, sha, each)
            assert (row.status is Status.LIVE) == (deployed[each] == sha), (each, row.reason)
        assert house.github.calls["changes"] <= 1, "services share a base"
    house.github.remove(repository)


def _changed(house: House, repository: Repository, base: str, head: str) -> set[str]:
    before, after = house.github.files(repository, base), house.github.files(repository, head)
    assert before is not None
    assert after is not None
    return {path for path in {*before, *after} if before.get(path) != after.get(path)}
