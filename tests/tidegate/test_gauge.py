"""What two looks at a container's counters say about the time between them."""

import pytest

from tests.tidegate.make import at
from tidegate.gauge import Counters, HostSeen, Reading, dump, dump_host, load, load_host, reading


@pytest.mark.parametrize(
    ("before", "now", "cpus"),
    [
        ((at(0), Counters(10.0, 1)), Counters(25.0, 7), 1.0),
        ((at(0), Counters(10.0, 1)), Counters(10.0, 7), 0.0),
        ((at(0), Counters(10.0, 1)), Counters(40.0, 7), 2.0),
        pytest.param(None, Counters(25.0, 7), None, id="the first look"),
        pytest.param((at(0), Counters(10.0, 1)), Counters(0.5, 7), None, id="started anew"),
        pytest.param((at(15), Counters(10.0, 1)), Counters(25.0, 7), None, id="no time has passed"),
    ],
)
def test_reading(before: tuple[object, Counters] | None, now: Counters, cpus: float | None) -> None:
    found = reading(before, at(15), now)  # type: ignore[arg-type]  # a table has no narrower type
    assert found == (None if cpus is None else Reading(at(15), cpus, 7))


def test_what_is_written_is_read_again() -> None:
    kept = Reading(at(1.5), 0.25, 123)
    assert load({name.encode(): text.encode() for name, text in dump(kept).items()}) == kept
    for seen in (HostSeen(at(1)), HostSeen(at(1), "no route to host")):
        assert load_host(dump_host(seen).encode()) == seen
