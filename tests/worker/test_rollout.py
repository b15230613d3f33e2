"""A rollout that goes wrong, is canceled, or is killed midway: the old version serves, nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.engine import FakeContainer
from tests.waiting import wait_until
from tests.worker.house import DOCKERFILE, WEB, House, Killed
from tidegate import wording
from tidegate.deployment import Fault, Lane, Status, Trigger
from tidegate.logs import MASK
from tidegate.repository import Repository
from worker import reporter
from worker.ports import Canceled
from worker.run import Run


@pytest.fixture
def live(house: House) -> tuple[House, Repository, str]:
    """A first version that serves."""
    repository = house.repository()
    sha = house.push(repository)
    house.work()
    assert house.serving() == sha
    return house, repository, sha


def settled(house: House, repository: Repository, sha: str, good: str) -> None:
    """After a failure: only the good version has anything."""
    assert house.serving() == good
    assert {c.spec.labels["tidegate.sha"] for c in house.engine.containers.values()} == {good}
    row = house.row(repository, sha)
    assert not [host for host, target in house.router.table.hosts.items() if target == row.id]


FAILURES: list[tuple[str, dict[str, str], Fault, str]] = [
    ("build", {"Dockerfile": "FROM scratch\nRUN exit 7\n"}, Fault.USER, "exit code 7"),
    (
        "no Dockerfile",
        {"tidegate.yml": WEB + "    dockerfilePath: Dockerfile.prod\n"},
        Fault.USER,
        "no `Dockerfile.prod`",
    ),
    ("no context", {"tidegate.yml": WEB + "    rootDir: site\n"}, Fault.USER, "no directory `site`"),
    ("exits", {"Dockerfile": 'FROM scratch\nCMD ["/bin/sh", "-c", "echo oops; exit 3"]\n'}, Fault.USER, "code 3"),
    ("never answers", {"Dockerfile": 'FROM scratch\nCMD ["/bin/sh", "-c", "sleep 1000"]\n'}, Fault.USER, "timed out"),
    (
        "wrong port",
        {"Dockerfile": 'FROM scratch\nCMD ["/bin/sh", "-c", "exec httpd -f -p 8080"]\n'},
        Fault.USER,
        "the container listens on 8080: set `port: 8080`",
    ),
    ("pre-deploy", {"tidegate.yml": WEB + "    preDeployCommand: echo no; exit 4\n"}, Fault.USER, "exited with code 4"),
]


@pytest.mark.parametrize(
    ("files", "fault", "words"), [case[1:] for case in FAILURES], ids=[case[0] for case in FAILURES]
)
def test_what_the_user_got_wrong_fails_with_its_reason(
    live: tuple[House, Repository, str], files: dict[str, str], fault: Fault, words: str
) -> None:
    house, repository, good = live
    sha = house.push(repository, files)
    house.work()

    row = house.row(repository, sha)
    assert (row.status, row.fault) == (Status.FAILED, fault)
    assert words in row.reason
    settled(house, repository, sha, good)
    assert house.status(repository, good) is Status.LIVE
    run = next(run for run in house.github.check_runs.values() if run.output.sha == sha)
    assert run.output.conclusion in {"failure", "timed_out"}
    assert house.github.commit_statuses[-1].state == "failure"


def test_a_failing_build_is_annotated_at_the_dockerfile_s_line(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    sha = house.push(repository, {"Dockerfile": "FROM scratch\n\n# why\nRUN echo compiling; exit 7\n"})
    house.work()
    run = next(run for run in house.github.check_runs.values() if run.output.sha == sha)
    assert [(a.path, a.line) for a in run.annotations] == [("Dockerfile", 4)]
    assert "compiling" in run.output.text


def annotated(house: House, sha: str) -> list[tuple[str, int, str]]:
    run = next(run for run in house.github.check_runs.values() if run.output.sha == sha)
    return [(each.path, each.line, each.message) for each in run.annotations]


def test_the_lines_that_a_failing_build_s_output_names_are_annotated_after_the_dockerfile_s(
    live: tuple[House, Repository, str],
) -> None:
    house, repository, _ = live
    told = (
        "echo src/x.c:3:5: error: no; echo /app/web/a.ts(7,1): error TS1: bad; echo gone.c:1: error: elsewhere; exit 2"
    )
    files = {"src/x.c": "", "web/a.ts": "", "Dockerfile": f"FROM scratch\nRUN {told}\n"}
    sha = house.push(repository, files)
    house.work()
    found = annotated(house, sha)
    assert found[0][:2] == ("Dockerfile", 2)
    assert found[1:] == [("src/x.c", 3, "no"), ("web/a.ts", 7, "bad")]


def test_only_files_that_went_into_the_image_are_annotated(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    files = {
        "tidegate.yml": WEB + "    rootDir: web\n",
        "web/Dockerfile": "FROM scratch\nRUN echo a.c:3: error: no; echo b.c:4: error: no; exit 2\n",
        **dict.fromkeys(("a.c", "b.c", "web/a.c"), ""),
    }
    sha = house.push(repository, files)
    house.work()
    assert [each[:2] for each in annotated(house, sha)] == [("web/Dockerfile", 2), ("web/a.c", 3)]


def test_a_failing_pre_deploy_command_s_output_is_annotated(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    command = "echo /app/migrate.go:10:2: undefined: x; exit 1"
    sha = house.push(repository, {"migrate.go": "", "tidegate.yml": WEB + f"    preDeployCommand: '{command}'\n"})
    house.work()
    assert annotated(house, sha) == [("migrate.go", 10, "undefined: x")]


def test_without_its_files_a_pre_deploy_command_fails_all_the_same(
    live: tuple[House, Repository, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, repository, good = live
    run = house.engine.run

    def cut_off(*arguments: Any) -> int:
        house.source.trouble = "no route to GitHub"
        return run(*arguments)

    monkeypatch.setattr(house.engine, "run", cut_off)
    sha = house.push(repository, {"tidegate.yml": WEB + "    preDeployCommand: 'echo a.go:1:2: x; exit 4'\n"})
    house.work()
    row = house.row(repository, sha)
    assert (row.status, row.fault, row.findings) == (Status.FAILED, Fault.USER, ())
    assert "exited with code 4" in row.reason
    settled(house, repository, sha, good)


def test_a_secret_that_a_command_prints_is_not_in_its_annotation(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    command = "echo app.go:1:2: cannot reach postgres://me:hush@db/; exit 1"
    sha = house.push(repository, {"app.go": "", "tidegate.yml": WEB + f"    preDeployCommand: '{command}'\n"})
    house.work()
    assert annotated(house, sha) == [("app.go", 1, f"cannot reach postgres://{MASK}@db/")]


def test_an_unhealthy_answer_is_no_success(live: tuple[House, Repository, str]) -> None:
    house, repository, good = live
    house.prober.answer = lambda container, path: HTTPStatus.SERVICE_UNAVAILABLE
    sha = house.push(repository)
    house.work()
    assert "503" in house.row(repository, sha).reason
    settled(house, repository, sha, good)


def test_a_probe_that_goes_on_failing_is_told_until_it_succeeds(live: tuple[House, Repository, str]) -> None:
    """In the log, beside the instance, as the deployment's reason, and so on GitHub."""
    house, repository, _ = live
    seen: list[tuple[float, str, str]] = []
    titles: set[str] = set()
    sha, began = "", house.clock.now()

    def answer(container: FakeContainer, path: str) -> HTTPStatus:
        row, passed = house.row(repository, sha), (house.clock.now() - began).total_seconds()
        seen.append((passed, row.reason, house.store.instances.of(row.id)[0].reason))
        reporter.report(house.parts)
        titles.update(run.output.title for run in house.github.check_runs.values() if run.output.sha == sha)
        return HTTPStatus.OK if passed > 60 else HTTPStatus.BAD_GATEWAY if passed > 20 else HTTPStatus.NOT_FOUND

    sha = house.push(repository, {"tidegate.yml": WEB + "    healthCheckPath: /no\n"})
    house.prober.answer = answer
    house.work()

    missing, bad = (
        f"instance 1 is not healthy yet: GET /no on port 3000: {how}" for how in ("404 Not Found", "502 Bad Gateway")
    )
    assert {why for passed, _, why in seen if passed <= 5} == {""}, "a start may take a moment"
    assert list(dict.fromkeys(why for *_, why in seen)) == ["", missing, bad]
    assert all(reason == (f"{wording.STARTING}; {why}" if why else wording.STARTING) for _, reason, why in seen)
    assert {f"Starting the new instances; {why}" for why in (missing, bad)} <= titles
    row = house.row(repository, sha)
    assert (row.status, row.reason) == (Status.LIVE, wording.LIVE)
    assert [each.reason for each in house.store.instances.of(row.id)] == [""], "it is healthy"
    told = [line.text for line in house.store.logs.tail(row.id, 100) if "not healthy yet" in line.text]
    assert told == [f"{missing}; it is tried again for 15 min more", f"{bad}; it is tried again for 14 min more"]


def test_what_a_killed_worker_had_told_does_not_outlive_it(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    sha = house.push(repository)

    def killed(container: FakeContainer, path: str) -> HTTPStatus:
        if "not healthy yet" in house.row(repository, sha).reason:
            raise Killed
        return HTTPStatus.NOT_FOUND

    seen: list[str] = []

    def well(container: FakeContainer, path: str) -> HTTPStatus:
        seen.append(house.row(repository, sha).reason)
        return HTTPStatus.OK

    house.prober.answer = killed
    with pytest.raises(Killed):
        house.work()
    house.restart_worker()
    house.prober.answer = well
    house.watch(60)
    assert house.status(repository, sha) is Status.LIVE
    assert seen[0] == wording.STARTING


@pytest.mark.parametrize(
    ("break_it", "fault"),
    [
        (lambda house: setattr(house.source, "refusal", "the repository is gone"), Fault.USER),
        (lambda house: setattr(house.source, "trouble", "no route to GitHub"), Fault.PLATFORM),
        (lambda house: setattr(house.engine, "refusal", "invalid memory"), Fault.USER),
        (lambda house: setattr(house.router, "down", True), Fault.PLATFORM),
    ],
    ids=["repository gone", "network", "engine refuses", "router down"],
)
def test_trouble_with_a_part_fails_with_whose_fault_it_was(
    live: tuple[House, Repository, str], break_it: Callable[[House], None], fault: Fault
) -> None:
    house, repository, good = live
    sha = house.push(repository)
    break_it(house)
    house.work()
    row = house.row(repository, sha)
    assert (row.status, row.fault) == (Status.FAILED, fault)
    house.router.come_back()
    house.watch(12)
    settled(house, repository, sha, good)


def test_a_docker_host_that_is_down_is_waited_for_and_then_said(live: tuple[House, Repository, str]) -> None:
    house, repository, good = live
    sha = house.push(repository)
    house.engine.trouble = "The Docker host local can't be reached."
    house.work()
    row = house.row(repository, sha)
    assert (row.status, row.fault) == (Status.FAILED, Fault.PLATFORM)
    assert "can't be reached" in row.reason
    house.engine.trouble = None
    house.watch(12)
    settled(house, repository, sha, good)


def test_cancel_during_the_build_leaves_nothing(live: tuple[House, Repository, str]) -> None:
    house, repository, good = live
    sha = house.push(repository, {"Dockerfile": "FROM scratch\nRUN sleep 1000\n"})
    build = house.engine.build

    def canceled_meanwhile(order: Any, on_line: Any, timeout: float, stop: Callable[[], bool]) -> str:
        assert house.store.deployments.ask_cancel(house.row(repository, sha).id, "mona", house.clock.now())
        wait_until(stop)
        return build(order, on_line, timeout, stop)

    house.engine.build = canceled_meanwhile  # type: ignore[method-assign]
    house.work()
    row = house.row(repository, sha)
    assert (row.status, row.reason) == (Status.CANCELED, "canceled by mona")
    settled(house, repository, sha, good)
    run = next(run for run in house.github.check_runs.values() if run.output.sha == sha)
    assert run.output.conclusion == "cancelled"


def test_who_waits_hears_soon_that_it_was_canceled(
    live: tuple[House, Repository, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, repository, good = live
    row = house.row(repository, good)
    run = Run(house.parts, Lane(row.id, row.service_id, row.environment, "worker", 1), row, repository)
    began = house.clock.now()

    def canceled_meanwhile(seconds: float) -> None:
        house.clock.advance(seconds)
        run.heart.canceled_by = "mona"

    monkeypatch.setattr(house.clock, "sleep", canceled_meanwhile)
    with pytest.raises(Canceled):
        run.pause(60)
    assert (house.clock.now() - began).total_seconds() < 1


def test_cancel_of_a_queued_one_is_at_once(live: tuple[House, Repository, str]) -> None:
    house, repository, good = live
    sha = house.push(repository)
    assert house.store.deployments.ask_cancel(house.row(repository, sha).id, "mona", house.clock.now())
    house.work()
    assert house.status(repository, sha) is Status.CANCELED
    settled(house, repository, sha, good)


KILLS = [
    ("source", "export"),
    ("engine", "build"),
    ("engine", "ensure_network"),
    ("engine", "start"),
    ("prober", "probe"),
    ("router", "apply"),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("part", "call"), KILLS, ids=[f"{part}.{call}" for part, call in KILLS])
def test_a_worker_killed_anywhere_is_resumed_by_another(
    live: tuple[House, Repository, str], part: str, call: str, after: bool
) -> None:
    house, repository, good = live
    target = getattr(house, part)
    real = getattr(target, call)

    def killed(*arguments: Any) -> Any:
        setattr(target, call, real)
        if after:
            real(*arguments)
        raise Killed

    sha = house.push(repository)
    setattr(target, call, killed)
    with pytest.raises(Killed):
        house.work()
    row = house.row(repository, sha)
    assert row.status not in {Status.LIVE, Status.FAILED}
    assert house.serving() in {good, sha}

    house.bell.lose_all()
    house.restart_worker()
    house.watch(40)
    assert house.status(repository, sha) is Status.LIVE
    assert house.serving() == sha
    running = [c for c in house.engine.containers.values() if c.spec.labels["tidegate.sha"] == sha]
    assert len(running) == 1, "the one that was started before is found again"


def test_the_worker_that_was_thought_dead_changes_nothing_when_it_wakes(live: tuple[House, Repository, str]) -> None:
    house, repository, _ = live
    sha = house.push(repository)
    slow = house.parts
    real = house.engine.start

    def sleeps_meanwhile(spec: Any) -> Any:
        house.engine.start = real  # type: ignore[method-assign]
        house.clock.advance(60)
        house.restart_worker()
        taken = house.store.deployments.claim(house.row(repository, sha).id, house.parts.owner, 20, house.clock.now())
        assert taken is not None
        return real(spec)

    house.engine.start = sleeps_meanwhile  # type: ignore[method-assign]
    house.work()
    assert slow.owner != house.parts.owner
    assert house.status(repository, sha) is Status.DEPLOYING, "its successor will go on from here"
    house.watch(40)
    assert house.status(repository, sha) is Status.LIVE


def test_losing_all_of_redis_loses_nothing(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository)
    house.bell.lose_all()
    house.watch(12)
    assert house.status(repository, sha) is Status.LIVE
    assert house.github.commit_statuses[-1].state == "success"


def test_three_instances_all_serve(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": WEB + "    numInstances: 3\n"})
    house.work()
    backend = house.router.table.backends[house.row(repository, sha).id]
    assert len(set(backend.servers)) == 3


def test_variables_are_given_generated_once_and_never_shown(house: House) -> None:
    variables = (
        "    envVars:\n      - key: GREETING\n        value: hello\n      - key: TOKEN\n        generateValue: true\n"
    )
    repository = house.repository()
    prints = 'FROM scratch\nCMD ["/bin/sh", "-c", "echo $TOKEN; exec httpd -f -p $PORT"]\n'
    first = house.push(repository, {"tidegate.yml": WEB + variables, "Dockerfile": prints})
    house.work()
    (container,) = house.engine.containers.values()
    token = container.spec.environment["TOKEN"]
    assert container.spec.environment["GREETING"] == "hello"
    assert container.spec.environment["TIDEGATE_COMMIT"] == first
    log = [line.text for line in house.store.logs.read(house.row(repository, first).id)]
    assert "••••••" in log
    assert not [line for line in log if token in line]

    second = house.push(repository)
    house.work()
    newest = next(c for c in house.engine.containers.values() if c.spec.labels["tidegate.sha"] == second)
    assert newest.spec.environment["TOKEN"] == token


def test_redeploy_restart_and_rollback_buttons(live: tuple[House, Repository, str]) -> None:
    house, repository, good = live
    bad = house.push(repository, {"page": "broken"})
    house.work()
    assert house.serving() == bad

    house.press(repository, house.row(repository, bad), Trigger.ROLLBACK)
    house.work()
    assert house.serving() == good
    assert len(house.engine.orders) == 2, "a rollback builds nothing"
    service = house.store.services.by_name(repository.id, "web")
    assert service is not None
    assert service.auto_deploy_off is not None
    assert "mona" in service.auto_deploy_off
    later = house.push(repository)
    house.work()
    assert house.row(repository, later).reason == service.auto_deploy_off

    house.press(repository, house.row(repository, bad), Trigger.REDEPLOY)
    house.work()
    assert house.serving() == bad
    before = set(house.engine.containers)
    house.press(repository, house.row(repository, bad), Trigger.RESTART)
    house.work()
    assert house.serving() == bad
    assert len(set(house.engine.containers) - before) == 1
    assert len(house.engine.orders) == 2


def test_names_that_nobody_has_touched_stay_untouched(live: tuple[House, Repository, str]) -> None:
    """Clean-up is by our labels, and only of deployments that this installation knows."""
    house, _, _ = live
    (ours,) = house.engine.containers.values()
    spec = ours.spec.__class__(
        **{**vars(ours.spec), "name": "other", "labels": {**ours.spec.labels, "tidegate.deployment": "of-another"}}
    )
    house.engine.start(spec)
    house.watch(12)
    assert {c.spec.name for c in house.engine.containers.values()} == {ours.spec.name, "other"}


def test_a_service_that_needs_a_file_deeper_down_finds_its_dockerfile(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": WEB + "    rootDir: site\n", "site/Dockerfile": DOCKERFILE})
    house.work()
    assert house.status(repository, sha) is Status.LIVE


def test_a_link_out_of_the_tree_is_not_built(live: tuple[House, Repository, str], tmp_path: Path) -> None:
    house, repository, good = live
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    export = house.source.export

    def with_link(repository: Repository, sha: str, into: Path, timeout: float, stop: Callable[[], bool]) -> None:
        export(repository, sha, into, timeout, stop)
        (into / "site").symlink_to(tmp_path / "secrets")

    house.source.export = with_link  # type: ignore[method-assign]
    sha = house.push(repository, {"tidegate.yml": WEB + "    rootDir: site\n"})
    house.work()
    assert "leads out of the repository" in house.row(repository, sha).reason
    settled(house, repository, sha, good)


def test_a_limit_of_an_hour_holds_no_worker_and_fails_no_deploy(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": WEB + "    rootDir: app\n", "app/Dockerfile": DOCKERFILE})
    house.github.limited(3600, method="subtree")
    began = house.clock.now()
    house.work()
    assert house.status(repository, sha) is Status.INITIALIZING
    assert (house.clock.now() - began).total_seconds() < 60, "nobody slept for it"
    house.github.up()
    house.watch(600, every=60)
    assert house.status(repository, sha) is Status.INITIALIZING, "not before GitHub may be asked again"
    house.watch(3600, every=60)
    assert house.status(repository, sha) is Status.LIVE


def test_one_that_is_put_off_for_an_hour_can_be_canceled_meanwhile(house: House) -> None:
    repository = house.repository()
    sha = house.push(repository, {"tidegate.yml": WEB + "    rootDir: app\n", "app/Dockerfile": DOCKERFILE})
    house.github.limited(3600, method="subtree")
    house.work()
    house.watch(20)
    assert house.status(repository, sha) is Status.INITIALIZING
    assert house.store.deployments.ask_cancel(house.row(repository, sha).id, "mona", house.clock.now())
    house.watch(10)
    assert house.status(repository, sha) is Status.CANCELED
    next_one = house.push(repository, {"tidegate.yml": WEB})
    house.work()
    assert house.status(repository, next_one) is Status.LIVE, "its lane is free"


def test_no_old_instance_is_told_to_end_before_the_router_knows(house: House) -> None:
    """The router is down as its overlap ends, and for longer than the store needs to be told."""
    repository = house.repository()
    old = house.push(repository)
    house.work()
    house.push(repository)
    house.work()
    (leaving,) = [each for each in house.engine.containers.values() if each.spec.labels["tidegate.sha"] == old]
    house.router.down = True
    house.watch(70)
    assert leaving.signals == []
    house.router.down = False
    house.watch(2)
    assert leaving.signals == ["SIGTERM"]
