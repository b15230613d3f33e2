"""The port `Engine`, judged on the fake and on a real Docker Engine alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from cli import base_image
from tests.contracts.engine_stage import Stage, ended, ignore, never, order, ours, sh, spec, stage
from tests.waiting import wait_until
from tidegate.container import ContainerSpec
from worker.ports import Away, BuildFailed, BuildOrder, Canceled, Engine, Refused, Unavailable

__all__ = ["stage"]


# Images


def test_what_was_built_is_found_by_its_name_and_runs(stage: Stage, tmp_path: Path) -> None:
    lines: list[str] = []
    todo = order(stage, tmp_path, "RUN echo building", 'CMD ["/bin/sh", "-c", "echo $PORT; exit 4"]')
    image_id = stage.engine.build(replace(todo, no_cache=True), lines.append, 60, never)
    assert image_id.startswith("sha256:")
    assert stage.engine.image_id(todo.image) == image_id
    assert "building" in lines
    own_command = replace(spec(stage, "", todo.image), command=None)
    said: list[str] = []
    assert stage.engine.run(own_command, said.append, 60, never) == 4
    assert said == ["3000"]


def test_the_same_tree_is_the_same_image(stage: Stage, tmp_path: Path) -> None:
    # A line of its own: an image that another run removes takes the layers with it that both were made of.
    todo = order(stage, tmp_path, f"RUN echo {uuid4()}")
    assert stage.engine.build(todo, ignore, 60, never) == stage.engine.build(todo, ignore, 60, never)


def test_an_image_that_is_not_there_has_no_id(stage: Stage) -> None:
    assert stage.engine.image_id("tidegate-test/nothing:1") is None


def test_a_command_that_fails_fails_the_build_with_its_line_and_code(stage: Stage, tmp_path: Path) -> None:
    todo = order(stage, tmp_path, "# two", "RUN echo doomed; exit 3", "RUN echo never")
    lines: list[str] = []
    with pytest.raises(BuildFailed) as failure:
        stage.engine.build(todo, lines.append, 60, never)
    assert (failure.value.line, failure.value.exit_code) == (3, 3)
    assert "RUN echo doomed; exit 3" in str(failure.value)
    assert "doomed" in lines
    assert stage.engine.image_id(todo.image) is None


def test_a_build_without_a_dockerfile_fails_as_the_users(stage: Stage, tmp_path: Path) -> None:
    todo = BuildOrder(tmp_path, Path("nowhere/Dockerfile"), "tidegate-test/built:none", stage.labels)
    with pytest.raises(BuildFailed, match="nowhere/Dockerfile"):
        stage.engine.build(todo, ignore, 60, never)


def test_a_build_that_is_stopped_leaves_no_image(stage: Stage, tmp_path: Path) -> None:
    todo = order(stage, tmp_path, "RUN echo begun; sleep 1000")
    begun: list[str] = []
    with pytest.raises(Canceled):
        stage.engine.build(todo, begun.append, 60, lambda: bool(begun))
    assert stage.engine.image_id(todo.image) is None


def test_a_build_that_takes_too_long_is_given_up(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        stage.engine.build(order(stage, tmp_path, "RUN sleep 1000"), ignore, 0.5, never)


def test_an_image_of_ours_is_removed_and_may_be_gone_already(stage: Stage, tmp_path: Path) -> None:
    todo = ours(stage, order(stage, tmp_path, "RUN echo ours"))
    stage.engine.build(todo, ignore, 60, never)
    for _ in range(2):
        stage.engine.remove_image(todo.image)
        assert stage.engine.image_id(todo.image) is None
    assert stage.engine.image_id(base_image.NAME) is not None, "what it was built on stays"


def test_a_strangers_image_is_never_removed(stage: Stage, tmp_path: Path) -> None:
    todo = order(stage, tmp_path, "RUN echo theirs")
    image_id = stage.engine.build(todo, ignore, 60, never)
    stage.engine.remove_image(todo.image)
    stage.engine.remove_image(base_image.NAME)
    assert stage.engine.image_id(todo.image) == image_id
    assert stage.engine.image_id(base_image.NAME) is not None


@pytest.mark.parametrize("script", ["sleep 1000", "exit 0"])
def test_an_image_stays_while_a_container_needs_it(stage: Stage, tmp_path: Path, script: str) -> None:
    """One that has ended, too: it may be started again."""
    todo = ours(stage, order(stage, tmp_path, "RUN echo ours"))
    image_id = stage.engine.build(todo, ignore, 60, never)
    container = stage.engine.start(spec(stage, script, todo.image))
    wait_until(lambda: script != "exit 0" or ended(stage, container.id))
    stage.engine.remove_image(todo.image)
    assert stage.engine.image_id(todo.image) == image_id
    stage.engine.remove(container.id)
    stage.engine.remove_image(todo.image)
    assert stage.engine.image_id(todo.image) is None


def test_images_of_ours_are_listed_by_their_names(stage: Stage, tmp_path: Path) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)
    # What comes from the cache is as old as the cache.
    todo = replace(ours(stage, order(stage, tmp_path, "RUN echo ours")), no_cache=True)
    theirs = replace(todo, image=f"{todo.image}-theirs", labels=stage.labels)
    for each in (todo, theirs):
        stage.engine.build(each, ignore, 60, never)
    (held,) = [each for each in stage.engine.held_images() if each.deployment == stage.labels["tidegate.deployment"]]
    assert held.name == todo.image
    assert before < held.created_at
    assert held.size > 0
    stage.engine.remove_image(todo.image)
    assert todo.image not in {each.name for each in stage.engine.held_images()}


def test_what_is_listed_once_for_each_name_is_removed_name_by_name(stage: Stage, tmp_path: Path) -> None:
    todo = ours(stage, order(stage, tmp_path, "RUN echo ours"))
    other = replace(todo, image=f"{todo.image}-2")
    for each in (todo, other):
        stage.engine.build(each, ignore, 60, never)
    names = {todo.image, other.image}
    assert names <= {each.name for each in stage.engine.held_images()}
    stage.engine.remove_image(todo.image)
    assert names & {each.name for each in stage.engine.held_images()} == {other.image}


# Disk


def test_the_build_cache_has_a_size_and_what_is_within_the_limit_stays(stage: Stage) -> None:
    size = stage.engine.build_cache()
    assert size is not None
    assert stage.engine.prune_build_cache(size + 10**12) == 0


def test_what_is_free_is_seen(stage: Stage) -> None:
    free = stage.engine.free_space()
    assert free is not None
    assert free > 0


def test_it_tells_what_it_is(stage: Stage) -> None:
    about = stage.engine.about()
    assert about.version.split(".")[0].isdigit()
    assert about.cgroup in {"1", "2"}
    assert about.free is not None
    assert about.buildkit


# Containers


def test_a_container_starts_once_however_often_it_is_asked_for(stage: Stage) -> None:
    wanted = spec(stage, "exec httpd -f -p $PORT")
    first = stage.engine.start(wanted)
    assert first.running
    assert first.address
    assert first.exit_code is None
    assert first.labels == {**first.labels, **stage.labels}
    assert stage.engine.start(wanted) == first
    assert stage.engine.inspect(wanted.name) == first
    assert stage.engine.owned(stage.labels) == [first]


def test_one_that_ended_is_started_again(stage: Stage) -> None:
    wanted = spec(stage, "sleep 1000")
    stage.engine.stop(stage.engine.start(wanted).id, "SIGKILL")
    wait_until(lambda: ended(stage, wanted.name))
    assert stage.engine.start(wanted).running


def test_how_a_process_ended_can_be_seen(stage: Stage) -> None:
    container = stage.engine.start(spec(stage, "exit 7"))
    wait_until(lambda: ended(stage, container.id))
    seen = stage.engine.inspect(container.id)
    assert seen is not None
    assert (seen.running, seen.exit_code, seen.oom_killed, seen.address) == (False, 7, False, None)
    assert stage.engine.owned(stage.labels) == [seen]


def test_only_what_carries_every_label_is_owned(stage: Stage) -> None:
    container = stage.engine.start(spec(stage, "sleep 1000"))
    assert [c.id for c in stage.engine.owned(stage.labels)] == [container.id]
    assert stage.engine.owned({**stage.labels, "tidegate.role": "other"}) == []


def test_what_a_running_instance_uses_is_counted(stage: Stage) -> None:
    wanted = spec(stage, "sleep 1000")
    container = stage.engine.start(replace(wanted, labels={**wanted.labels, "tidegate.role": "instance"}))
    counted = stage.engine.counters()[container.id]
    assert counted.cpu >= 0.0
    assert counted.memory >= 0
    stage.engine.stop(container.id, "SIGKILL")
    wait_until(lambda: ended(stage, container.id))
    assert container.id not in stage.engine.counters()


def test_a_polite_signal_and_one_that_cannot_be_ignored(stage: Stage) -> None:
    polite = stage.engine.start(spec(stage, "sleep 1000"))
    deaf = stage.engine.start(spec(stage, "trap '' TERM; echo ready; sleep 1000"))
    heard: list[str] = []
    stage.engine.logs(deaf.id, heard.append, lambda: bool(heard))
    stage.engine.stop(polite.id, "SIGTERM")
    stage.engine.stop(deaf.id, "SIGTERM")
    wait_until(lambda: ended(stage, polite.id))
    assert not ended(stage, deaf.id)
    stage.engine.stop(deaf.id, "SIGKILL")
    wait_until(lambda: ended(stage, deaf.id))


def test_what_is_gone_can_be_stopped_and_removed_again(stage: Stage) -> None:
    container = stage.engine.start(spec(stage, "sleep 1000"))
    for _ in range(2):
        stage.engine.remove(container.id)
        stage.engine.stop(container.id, "SIGTERM")
    assert stage.engine.inspect(container.id) is None
    assert stage.engine.owned(stage.labels) == []


def test_a_strangers_container_is_never_touched(stage: Stage) -> None:
    wanted = spec(stage, "sleep 1000")
    stranger = stage.stranger(wanted.name)
    touches = (
        lambda: stage.engine.remove(stranger),
        lambda: stage.engine.stop(stranger, "SIGKILL"),
        lambda: stage.engine.start(wanted),
    )
    for touch in touches:
        with pytest.raises(Refused):
            touch()
    assert stage.engine.inspect(stranger) is not None
    assert stranger not in [container.id for container in stage.engine.owned({})]


@pytest.mark.parametrize("broken", [{"image": "tidegate-test/nothing:1"}, {"network": "tidegate-test-nowhere"}])
def test_a_description_that_cannot_be_started_is_refused_and_leaves_nothing(
    stage: Stage, broken: Mapping[str, str]
) -> None:
    wanted = spec(stage, "exit 0", **broken)
    with pytest.raises(Refused):
        stage.engine.start(wanted)
    assert stage.engine.inspect(wanted.name) is None


def test_a_network_is_made_once(stage: Stage) -> None:
    for _ in range(2):
        stage.engine.ensure_network(stage.network, stage.labels)
    assert stage.engine.start(spec(stage, "sleep 1000")).address


def test_a_network_of_ours_is_removed_and_may_be_gone_already(stage: Stage) -> None:
    name, labels = f"{stage.network}-own", {**stage.labels, "tidegate.role": "network"}
    stage.engine.ensure_network(name, labels)
    for _ in range(2):
        stage.engine.remove_network(name)
    with pytest.raises(Refused):
        stage.engine.start(spec(stage, "sleep 1000", network=name))
    stage.engine.ensure_network(name, labels)
    assert stage.engine.start(spec(stage, "sleep 1000", network=name)).address, "and can be made again"


def test_networks_of_ours_are_listed(stage: Stage) -> None:
    name = f"{stage.network}-listed"
    stage.engine.ensure_network(name, {"tidegate.role": "network"})
    listed = stage.engine.held_networks()
    assert name in listed
    assert stage.network not in listed, "has no label of ours"
    stage.engine.remove_network(name)
    assert name not in stage.engine.held_networks()


def test_a_strangers_network_is_never_removed(stage: Stage) -> None:
    stage.engine.remove_network(stage.network)
    assert stage.engine.start(spec(stage, "sleep 1000")).address


def test_a_network_stays_while_a_container_runs_in_it(stage: Stage) -> None:
    name = f"{stage.network}-own"
    stage.engine.ensure_network(name, {**stage.labels, "tidegate.role": "network"})
    container = stage.engine.start(spec(stage, "sleep 1000", network=name))
    with pytest.raises(Unavailable, match=f"{name} still has a container"):
        stage.engine.remove_network(name)
    stage.engine.stop(container.id, "SIGKILL")
    wait_until(lambda: ended(stage, container.id))
    stage.engine.remove_network(name)
    with pytest.raises(Refused):
        stage.engine.start(spec(stage, "exit 0", network=name))


# One-off commands


def test_a_one_off_command_runs_to_its_end_and_leaves_nothing(stage: Stage) -> None:
    wanted, lines = spec(stage, "echo one; echo two; exit 5"), list[str]()
    assert stage.engine.run(wanted, lines.append, 60, never) == 5
    assert lines == ["one", "two"]
    assert stage.engine.inspect(wanted.name) is None


def test_a_one_off_command_begins_anew_where_an_old_one_was_left_behind(stage: Stage) -> None:
    left = spec(stage, "echo old; sleep 1000")
    stage.engine.start(left)
    lines: list[str] = []
    assert stage.engine.run(replace(left, command=sh("echo new")), lines.append, 60, never) == 0
    assert lines == ["new"]


def test_a_one_off_command_can_be_stopped_and_has_a_time_limit(stage: Stage) -> None:
    wanted, said = spec(stage, "echo begun; sleep 1000"), list[str]()
    with pytest.raises(Canceled):
        stage.engine.run(wanted, said.append, 60, lambda: bool(said))
    with pytest.raises(TimeoutError):
        stage.engine.run(wanted, ignore, 0.2, never)
    assert stage.engine.inspect(wanted.name) is None


# What containers say


def test_logs_come_from_the_start_until_the_end(stage: Stage) -> None:
    container = stage.engine.start(spec(stage, "echo one; echo two"))
    wait_until(lambda: ended(stage, container.id))
    lines: list[str] = []
    stage.engine.logs(container.id, lines.append, never)
    assert lines == ["one", "two"]


def test_logs_of_a_running_container_end_when_told(stage: Stage) -> None:
    container = stage.engine.start(spec(stage, "echo one; sleep 1000"))
    lines, enough = list[str](), threading.Event()
    follower = threading.Thread(target=lambda: stage.engine.logs(container.id, lines.append, enough.is_set))
    follower.start()
    wait_until(lambda: lines == ["one"])
    assert follower.is_alive()
    enough.set()
    follower.join(10)
    assert not follower.is_alive()


def test_logs_may_begin_later(stage: Stage) -> None:
    container = stage.engine.start(spec(stage, "echo one; echo two"))
    wait_until(lambda: ended(stage, container.id))
    lines: list[str] = []
    stage.engine.logs(container.id, lines.append, never, datetime.now(UTC))
    assert lines == []


def test_logs_of_what_is_gone_are_empty(stage: Stage) -> None:
    lines: list[str] = []
    stage.engine.logs("tidegate-test-nothing", lines.append, never)
    assert lines == []


def test_the_ports_that_a_container_listens_on(stage: Stage) -> None:
    serving = stage.engine.start(spec(stage, "exec httpd -f -p $PORT"))
    silent = stage.engine.start(spec(stage, "sleep 1000"))
    wait_until(lambda: list(stage.engine.listening_ports(serving.id)) == [3000])
    assert list(stage.engine.listening_ports(silent.id)) == []
    assert list(stage.engine.listening_ports("tidegate-test-nothing")) == []


# Names


def test_a_container_is_found_by_the_names_that_it_has_now_at_the_address_that_it_had(stage: Stage) -> None:
    made = stage.engine.start(spec(stage, "exec httpd -f -p 3000"))
    assert (made.aliases, bool(made.address)) == (frozenset(), True)
    for aliases in (frozenset({"api"}), frozenset({"api", "peer"}), frozenset[str]()):
        named = stage.engine.alias(made.id, aliases, made.address or "")
        assert named is not None
        assert (named.aliases, named.address, named.running) == (aliases, made.address, True)
        assert stage.engine.inspect(made.id) == named


def test_one_that_ended_can_lose_its_name_and_what_is_gone_has_none(stage: Stage) -> None:
    wanted = spec(stage, "sleep 1000")
    made = stage.engine.start(wanted)
    stage.engine.alias(made.id, frozenset({"api"}), made.address or "")
    stage.engine.stop(made.id, "SIGKILL")
    wait_until(lambda: ended(stage, made.id))
    nameless = stage.engine.alias(made.id, frozenset(), made.address or "")
    assert nameless is not None
    assert (nameless.aliases, nameless.running) == (frozenset(), False)
    again = stage.engine.start(wanted)
    assert (again.id, again.aliases, bool(again.address)) == (made.id, frozenset(), True)
    stage.engine.remove(made.id)
    assert stage.engine.alias(made.id, frozenset({"api"}), made.address or "") is None


# What happens to containers


def test_what_happens_to_our_instances_is_told_at_once(stage: Stage) -> None:
    labels = {**stage.labels, "tidegate.role": "instance"}
    wanted = replace(spec(stage, "sleep 1000"), labels=labels)
    told: list[str] = []
    enough = threading.Event()

    def listen() -> None:
        with suppress(Canceled):
            stage.engine.events(told.append, enough.is_set, 60)

    listener = threading.Thread(target=listen)
    listener.start()
    # Nobody says when the line is open: something is made to happen until it is heard.
    wait_until(lambda: _happens(stage, wanted) and wanted_id(stage, wanted) in told)
    container = wanted_id(stage, wanted)
    for happen in (
        lambda: stage.engine.stop(container, "SIGKILL"),
        lambda: stage.engine.start(wanted),
        lambda: stage.engine.remove(container),
    ):
        heard = len(told)
        happen()
        wait_until(lambda heard=heard: container in told[heard:])  # type: ignore[misc]  # bound at once
    enough.set()
    listener.join(10)
    assert not listener.is_alive()


def _happens(stage: Stage, wanted: ContainerSpec) -> bool:
    """Started, and started again."""
    seen = stage.engine.inspect(wanted.name)
    if seen is not None and seen.running:
        stage.engine.stop(seen.id, "SIGKILL")
        wait_until(lambda: ended(stage, wanted.name))
    return stage.engine.start(wanted).running


def wanted_id(stage: Stage, wanted: ContainerSpec) -> str:
    seen = stage.engine.inspect(wanted.name)
    return seen.id if seen else ""


def test_a_line_on_which_nothing_happens_is_given_up(stage: Stage) -> None:
    with pytest.raises(TimeoutError):
        stage.engine.events(ignore, never, 0.2)


def test_one_that_ended_keeps_its_container_when_it_is_started_again(stage: Stage) -> None:
    wanted = spec(stage, "echo once; sleep 1000")
    first = stage.engine.start(wanted)
    stage.engine.stop(first.id, "SIGKILL")
    wait_until(lambda: ended(stage, first.id))
    again = stage.engine.start(wanted)
    assert (again.id, again.exit_code, again.oom_killed) == (first.id, None, False)
    assert again.address


# Bad days


CALLS: Mapping[str, Callable[[Engine, Stage, Path], object]] = {
    "image_id": lambda engine, stage, path: engine.image_id("x"),
    "build": lambda engine, stage, path: engine.build(order(stage, path), ignore, 60, never),
    "held_images": lambda engine, stage, path: engine.held_images(),
    "held_networks": lambda engine, stage, path: engine.held_networks(),
    "build_cache": lambda engine, stage, path: engine.build_cache(),
    "prune_build_cache": lambda engine, stage, path: engine.prune_build_cache(0),
    "remove_image": lambda engine, stage, path: engine.remove_image("x"),
    "remove_network": lambda engine, stage, path: engine.remove_network("n"),
    "ensure_network": lambda engine, stage, path: engine.ensure_network("n", {}),
    "start": lambda engine, stage, path: engine.start(spec(stage, "exit 0")),
    "run": lambda engine, stage, path: engine.run(spec(stage, "exit 0"), ignore, 60, never),
    "inspect": lambda engine, stage, path: engine.inspect("x"),
    "alias": lambda engine, stage, path: engine.alias("x", frozenset(), ""),
    "owned": lambda engine, stage, path: engine.owned({}),
    "stop": lambda engine, stage, path: engine.stop("x", "SIGTERM"),
    "remove": lambda engine, stage, path: engine.remove("x"),
    "events": lambda engine, stage, path: engine.events(ignore, never, 60),
    "logs": lambda engine, stage, path: engine.logs("x", ignore, never),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_engine_that_is_down_is_unavailable_whatever_is_asked(stage: Stage, name: str, tmp_path: Path) -> None:
    with pytest.raises(Away, match="can't be reached"):
        CALLS[name](stage.unreachable, stage, tmp_path)
