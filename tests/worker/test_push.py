"""A push, from the event to what runs, what is recorded and what GitHub shows; on fakes."""

from __future__ import annotations

import pytest

from tests.worker.house import DOCKERFILE, GATED, WEB, House
from tidegate.deployment import Fault, Status
from tidegate.events import BranchDeleted, BranchPushed
from tidegate.repository import PRODUCTION
from worker.ports import Unavailable

TWO = WEB + "  - name: api\n    type: web\n    rootDir: api\n"


def test_goes_live_and_github_tells_the_story(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    house.work()

    assert house.status(repository, sha) is Status.LIVE
    assert house.serving() == sha
    (deployment,) = house.github.deployments.values()
    assert (deployment.sha, deployment.environment, deployment.production) == (sha, "web", True)
    assert deployment.states[-1].state == "success"
    assert deployment.states[-1].environment_url == "https://web.apps.test"
    assert deployment.states[-1].log_url == f"https://deploy.test/deployments/{house.row(repository, sha).id}"
    (run,) = house.github.check_runs.values()
    assert (run.output.name, run.output.conclusion) == ("tidegate / web", "success")
    assert [action[2] for action in run.output.actions] == ["redeploy", "rollback", "restart"]
    assert "| start | ok |" in run.output.summary
    assert house.github.commit_statuses[-1].state == "success"


def test_second_push_replaces_the_first_which_leaves_in_order(house: House) -> None:
    repository = house.repository()
    first = house.push(repository)
    house.work()
    second = house.push(repository)
    house.work()

    assert house.serving() == second
    assert house.status(repository, first) is Status.DRAINING
    old = next(c for c in house.engine.containers.values() if c.spec.labels["tidegate.sha"] == first)
    house.watch(59)
    assert old.running, "within the overlap the old instance still serves requests in flight"
    house.watch(2)
    assert old.signals == ["SIGTERM"]
    house.watch(1)
    assert house.status(repository, first) is Status.REMOVED
    (left,) = [each for each in house.store.phases.of(house.row(repository, first).id) if each.step == "retire"]
    assert left.ended_at is not None
    assert 60 <= (left.ended_at - left.started_at).total_seconds() <= 62, "from the router to its end"
    assert [c.spec.labels["tidegate.sha"] for c in house.engine.containers.values()] == [second]
    assert house.github.deployments[min(house.github.deployments)].states[-1].state == "inactive"


def test_the_same_tree_is_never_built_twice(house: House) -> None:
    repository = house.repository()
    files = {"stamp": "one"}
    house.push(repository, files)
    house.work()
    house.push(repository, {"stamp": "two"})
    house.work()
    reverted = house.push(repository, files, "Revert")
    house.work()

    assert house.status(repository, reverted) is Status.LIVE
    assert len(house.engine.orders) == 2
    (build,) = [p for p in house.store.phases.of(house.row(repository, reverted).id) if p.step == "build"]
    assert build.outcome == "skipped"


@pytest.mark.parametrize(
    ("message", "deployed"),
    [
        ("Update README [skip tidegate]", False),
        ("Update README\n\n[ Render Skip ]", False),
        ("Skip the render step", True),
    ],
)
def test_a_skip_phrase_in_the_head_commit_is_recorded_and_shown(house: House, message: str, deployed: bool) -> None:
    repository = house.repository()
    sha = house.push(repository, message=message)
    house.work()

    assert (house.status(repository, sha) is Status.LIVE) == deployed
    if not deployed:
        (run,) = house.github.check_runs.values()
        assert run.output.conclusion == "skipped"
        assert run.output.title.startswith("Skipped: the commit's message says")
        assert not house.github.deployments


def test_mode_off_never_deploys_by_itself(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": WEB + "    autoDeployTrigger: off\n"})
    house.work()
    assert house.status(repository, sha) is Status.SKIPPED


def test_filters_compare_once_against_what_is_live_however_many_services(house: House) -> None:
    services = "".join(f"  - name: s{n}\n    type: web\n    rootDir: s{n}\n" for n in range(5))
    repository = house.repository()
    house.push(
        repository, {"tidegate.yml": f"services:\n{services}"} | {f"s{n}/Dockerfile": DOCKERFILE for n in range(5)}
    )
    house.work()
    house.github.calls.clear()
    sha = house.push(repository, {"s1/page": "new"})
    house.work()

    told = {f"s{n}": house.status(repository, sha, f"s{n}") for n in range(5)}
    assert told == {f"s{n}": Status.SKIPPED for n in (0, 2, 3, 4)} | {"s1": Status.LIVE}
    assert house.github.calls["changes"] == 1


def test_a_change_that_was_skipped_is_seen_again_by_the_next_compare(house: House) -> None:
    """Only the last commit's files would miss it: the base is what is live, not what was pushed before."""
    repository = house.repository()
    house.push(repository, {"tidegate.yml": TWO, "api/Dockerfile": DOCKERFILE})
    house.work()
    skipped = house.push(repository, {"api/code": "new"}, "[skip cd]")
    after = house.push(repository, {"readme": "new"})
    house.work()

    assert house.status(repository, skipped, "api") is Status.SKIPPED
    assert house.status(repository, after, "api") is Status.LIVE


def test_a_broken_deploy_file_tells_every_mistake_at_its_line_and_the_old_version_serves(house: House) -> None:
    repository = house.repository()
    good = house.push(repository)
    house.work()
    bad = house.push(repository, {"tidegate.yml": "services:\n  - name: Web!\n    type: web\n    prot: 80\n"})
    house.work()

    assert house.serving() == good
    row = house.row(repository, bad, "tidegate.yml")
    assert (row.status, row.fault) == (Status.FAILED, Fault.USER)
    run = next(run for run in house.github.check_runs.values() if run.output.sha == bad)
    assert run.output.conclusion == "failure"
    assert [(a.path, a.line) for a in run.annotations] == [("tidegate.yml", 2), ("tidegate.yml", 4)]
    assert "`port`" in run.annotations[1].message


def test_no_deploy_file_opens_a_page_with_the_one_that_the_tree_suggests(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": None, "Dockerfile": f"{DOCKERFILE}EXPOSE 8080\n"})
    house.work()

    assert house.status(repository, sha, "tidegate.yml") is Status.SKIPPED
    (run,) = house.github.check_runs.values()
    assert run.output.conclusion == "skipped"
    page = f"{house.settings.github.web_url}/octo/web/new/main?filename=tidegate.yml&value="
    assert f"[Add the one that its files suggest]({page}" in run.output.summary
    assert "    port: 8080" in run.output.summary

    second = house.push(repository, {"README.md": "more"})
    house.work()
    assert "suggest" in house.github.check_runs[max(house.github.check_runs)].output.summary
    assert house.status(repository, second, "tidegate.yml") is Status.SKIPPED
    assert house.github.calls["paths"] == 1, "the tree is looked through once"


def test_no_deploy_file_in_a_tree_that_tells_nothing_shows_the_least_one(house: House) -> None:
    repository = house.repository()
    house.push(repository, {"tidegate.yml": None, "Dockerfile": None, "README.md": "x"})
    house.work()
    (run,) = house.github.check_runs.values()
    assert "Add one, with at least" in run.output.summary
    house.push(repository, {"Dockerfile": DOCKERFILE})
    house.work()
    assert "suggest" in house.github.check_runs[max(house.github.check_runs)].output.summary


def test_pushes_told_out_of_order_end_at_the_branch_tip(house: House) -> None:
    repository = house.repository()
    house.push(repository)
    house.work()
    older = house.commit(repository)
    newer = house.commit(repository)
    house.tell(house.pushed(repository, newer))
    house.tell(house.pushed(repository, older))
    house.work()

    assert house.serving() == newer
    assert house.status(repository, older) is Status.SUPERSEDED


def test_a_push_told_twice_is_deployed_once(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    house.tell(house.pushed(repository, sha))
    house.work()
    house.tell(house.pushed(repository, sha))
    house.work()

    assert len(house.store.deployments.of_commit(repository.id, sha)) == 1


def test_a_push_that_another_worker_is_deciding_is_told_again_later(house: House) -> None:
    repository = house.repository()
    sha = house.commit(repository)
    assert house.store.leases.take(f"push:{repository.id}", "another", 15, house.clock.now())
    with pytest.raises(Unavailable):
        house.tell(house.pushed(repository, sha))
    house.clock.advance(20)
    house.tell(house.pushed(repository, sha))
    house.work()
    assert house.serving() == sha


def test_a_branch_that_is_set_back_deploys_the_older_commit_again(house: House) -> None:
    repository = house.repository()
    old = house.push(repository)
    house.work()
    house.clock.advance(60)
    new = house.push(repository)
    house.work()
    house.clock.advance(60)
    house.github.set_branch(repository, "main", old)
    back = BranchPushed(repository.id, "main", new, old, forced=True, actor="octo")
    house.tell(back)
    house.work()
    assert house.serving() == old
    assert len(house.engine.orders) == 2, "its image is still there"

    house.tell(back)
    house.work()
    assert len(house.store.deployments.of_commit(repository.id, old)) == 2


def test_of_a_burst_only_the_newest_runs_and_the_others_say_by_what_they_were_superseded(house: House) -> None:
    repository = house.repository()
    shas = [house.push(repository) for _ in range(4)]
    house.work()

    assert house.serving() == shas[-1]
    rows = [house.row(repository, sha) for sha in shas]
    assert [row.status for row in rows] == [Status.SUPERSEDED] * 3 + [Status.LIVE]
    assert len(house.engine.orders) == 1
    shown = {run.output.sha: run.output.conclusion for run in house.github.check_runs.values()}
    assert [shown[sha] for sha in shas] == ["neutral"] * 3 + ["success"]


def test_a_deleted_branch_turns_auto_deploy_off_and_the_service_runs_on(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    house.work()
    house.github.delete_branch(repository, "main")
    house.tell(BranchDeleted(repository.id, "main", "octo"))

    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    assert service.auto_deploy_off is not None
    assert "main" in service.auto_deploy_off
    assert house.serving() == sha


def test_another_repository_cannot_take_a_name_that_serves(house: House) -> None:
    first, second = house.repository("octo/one"), house.repository("octo/two")
    sha = house.push(first)
    house.work()
    late = house.push(second)
    house.work()

    assert house.serving() == sha
    row = house.row(second, late)
    assert (row.status, row.fault) == (Status.FAILED, Fault.USER)
    assert "taken by `web` of octo/one" in row.reason


def test_github_down_leaves_the_push_for_later(house: House) -> None:
    repository = house.repository()
    sha = house.commit(repository)
    house.github.down()
    with pytest.raises(Unavailable):
        house.tell(house.pushed(repository, sha))
    house.github.up()
    house.tell(house.pushed(repository, sha))
    house.work()
    assert house.serving() == sha


def test_feature_branches_are_nobody_s_business(house: House) -> None:
    repository = house.repository()
    house.push(repository)
    house.work()
    feature = house.github.push(repository, {"x": "y"}, branch="feature")
    house.tell(house.pushed(repository, feature).__class__(repository.id, "feature", None, feature, False, "octo"))
    house.work()
    assert house.store.deployments.of_commit(repository.id, feature) == []


def test_gated_services_wait_as_rows_not_as_jobs(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": GATED})
    house.work()
    assert house.status(repository, sha) is Status.WAITING
    assert house.bell.rings == []
    assert house.store.environments.get(house.row(repository, sha).service_id, PRODUCTION) is not None
