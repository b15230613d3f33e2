"""The plan, carried out on a model of the proxy: right at the end, and never wrong on the way."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.worker.router.model import Answer, Model
from tidegate.routing import Backend, RoutingTable
from worker.router.layout import NOT_ANSWERING, NOTHING_LIVE, Layout, Running, Server
from worker.router.plan import assign, legal, steps

DEPLOYMENTS = [f"dep-{letter}" for letter in "abcdef"]
HOSTS = [f"{letter}.test" for letter in "uvwxyz"]

backends = st.dictionaries(
    st.sampled_from(DEPLOYMENTS), st.lists(st.tuples(st.just("10.0.0.1"), st.integers(3000, 3002)), max_size=3)
).map(lambda found: {key: Backend(key, tuple(servers)) for key, servers in found.items()})


@st.composite
def tables(draw: st.DrawFn) -> RoutingTable:
    found = draw(backends)
    deployments = st.sampled_from([*found, None])
    return RoutingTable(draw(st.dictionaries(st.sampled_from(HOSTS), deployments)), found)


@given(st.lists(tables(), min_size=1, max_size=6), st.integers(1, 3), st.randoms(use_true_random=False))
def test_any_sequence_of_tables_is_reached_without_a_wrong_answer(
    sequence: list[RoutingTable], slots: int, random: Random
) -> None:
    model, saved = Model(slots, busy=lambda: random.random() < 0.3), Layout(slots=slots)
    before = RoutingTable({}, {})
    for table in sequence:
        layout = assign(table, model.running, saved)
        if layout.slots > model.running.slots:
            model.reload(layout)
        plan = steps(model.running, layout)
        for command in (*plan.pending, *plan.remove):
            model.execute(command)
            for host in table.hosts:
                assert _right(model.answer(host), before, table, host), command
        assert {host: model.answer(host) for host in HOSTS} == {host: _answer(table, host) for host in HOSTS}
        assert not steps(model.running, layout).pending
        before, saved = table, layout


def _right(answer: Answer, before: RoutingTable, after: RoutingTable, host: str) -> bool:
    """The old or the new answer; within a deployment, any instance of before or after, but never none."""
    if not isinstance(answer, tuple):
        return answer in {_answer(before, host), _answer(after, host)}
    deployment, ports = answer
    servers = [table.backends[deployment].servers for table in (before, after) if deployment in table.backends]
    wanted = deployment in {before.hosts.get(host), after.hosts.get(host)}
    return wanted and ports <= {port for found in servers for _, port in found}


def _answer(table: RoutingTable, host: str) -> Answer:
    """What a visitor of `host` gets: the deployment and the ports that take turns, or the proxy's own page."""
    if host not in table.hosts:
        return "unknown"
    deployment = table.hosts[host]
    if deployment is None:
        return NOTHING_LIVE
    ports = frozenset(port for _, port in table.backends[deployment].servers)
    return (deployment, ports) if ports else NOT_ANSWERING


@given(tables())
def test_a_table_that_is_reached_needs_no_command(table: RoutingTable) -> None:
    model = Model(64, busy=lambda: False)
    layout = assign(table, model.running, Layout())
    plan = steps(model.running, layout)
    for command in (*plan.pending, *plan.remove):
        model.execute(command)
    again = assign(table, model.running, layout)
    assert again == layout
    assert steps(model.running, again).pending == steps(model.running, again).remove == ()


def table(hosts: dict[str, str | None], *deployments: str) -> RoutingTable:
    return RoutingTable(hosts, {key: Backend(key, (("10.0.0.1", 3000),)) for key in deployments})


def test_a_switch_is_in_then_over_then_out() -> None:
    running = Running(4, {"shop.test": "slot_0"}, {0: {"old_10.0.0.1:3000": True}})
    plan = steps(running, assign(table({"shop.test": "new"}, "new"), running, Layout(slots=4, cursor=1)))
    assert (*plan.pending, *plan.remove) == (
        "add server slot_1/new_10.0.0.1:3000 10.0.0.1:3000 pool-purge-delay 200ms",
        "set server slot_1/new_10.0.0.1:3000 state ready",
        "set map hosts.map shop.test slot_1",
        "set server slot_0/old_10.0.0.1:3000 state maint",
        "del server slot_0/old_10.0.0.1:3000",
    )


def test_a_slot_with_a_leaving_server_or_a_host_name_is_not_free() -> None:
    running = Running(4, {"shop.test": "slot_1"}, {0: {"old_10.0.0.1:3000": False}})
    assert assign(table({}, "new"), running, Layout(slots=4)).servers.keys() == {2}


def test_a_slot_is_reused_as_late_as_possible() -> None:
    layout = Layout(slots=4)
    chosen: list[int] = []
    for deployment in ("a", "b", "c", "d", "e"):
        layout = assign(table({}, deployment), Running(4), layout)
        chosen += layout.servers
    assert chosen == [0, 1, 2, 3, 0]


def test_slots_double_until_all_have_one_and_stay() -> None:
    many = table({}, *(f"d{number}" for number in range(9)))
    grown = assign(many, Running(2), Layout(slots=2))
    assert grown.slots == 16
    assert assign(table({}), Running(2), grown).slots == 16


def test_a_server_that_somebody_else_added_is_taken_out() -> None:
    running = Running(4, {}, {0: {"by-hand": True}})
    plan = steps(running, assign(table({}), running, Layout(slots=4)))
    assert plan.leave == ("set server slot_0/by-hand state maint",)


def test_a_slot_is_a_deployments_own_or_is_left() -> None:
    running = Running(4, {}, {0: {"by-hand": True, "a_10.0.0.1:3000": True}})
    assert assign(table({}, "a"), running, Layout(slots=4)).servers.keys() == {1}


def test_version_6_addresses_are_told_from_their_ports() -> None:
    assert Server("a", "fd00::1", 80).definition.startswith("[fd00::1]:80 ")


def test_what_cannot_be_written_down_is_left_out_with_its_reason() -> None:
    good = ("shop.test", "a", "my_shop.example.com", "127.0.0.1", "x" * 63 + ".test")
    bad = ("", "Shop.test", "shop.test:80", "a b", "a;b", "a\n", "a..b", ".a", "ü.test", "x" * 64, "a." * 127 + "aa")
    servers = (("10.0.0.1", 80), ("fd00::1", 80), ("name.test", 80), ("10.0.0.1", 0), ("fe80::1%eth0", 80))
    asked = RoutingTable(
        dict.fromkeys((*good, *bad), "one"), {"one": Backend("one", servers), "t w o": Backend("t w o", ())}
    )
    kept, left_out = legal(asked)
    assert tuple(kept.hosts) == good
    assert kept.backends == {"one": Backend("one", servers[:2])}
    assert len(left_out) == len(bad) + 1 + 3
    assert "'a;b' is not a host name" in left_out
