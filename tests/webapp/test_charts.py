"""Charts as numbers: where their points are, and what is said beside them."""

from datetime import timedelta

from tests.tidegate.make import NOON
from tidegate.gauge import Reading
from webapp.pages.charts import cpu, memory, size


def readings(*cpus: float, memory: int = 0) -> list[Reading]:
    """Each a quarter of an hour after the one before, the last one now."""
    times = [NOON - timedelta(minutes=15 * number) for number in range(len(cpus))][::-1]
    return [Reading(at, value, memory) for at, value in zip(times, cpus, strict=True)]


def test_one_reading_is_no_line() -> None:
    assert cpu(readings(0.5), NOON) is None
    assert memory([], None, NOON) is None


def test_a_quiet_instance_is_drawn_to_the_scale_of_one_cpu() -> None:
    drawn = cpu(readings(0.0, 0.5), NOON)
    assert drawn is not None
    assert (drawn.points, drawn.words) == ("75.0,34.0 100.0,18.0", "50%")


def test_nothing_is_drawn_of_the_time_before_it_was_read() -> None:
    drawn = cpu(readings(0.5, 0.5), NOON)
    assert drawn is not None
    assert drawn.area == "75.0,34 75.0,18.0 100.0,18.0 100.0,34"


def test_more_than_one_cpu_fits() -> None:
    drawn = cpu(readings(2.0, 1.0), NOON)
    assert drawn is not None
    assert (drawn.points, drawn.words) == ("75.0,2.0 100.0,18.0", "100%")


def test_memory_is_drawn_to_its_limit_where_there_is_one() -> None:
    read = readings(0, 0, memory=128_000_000)
    limited, free = memory(read, 512_000_000, NOON), memory(read, None, NOON)
    assert limited is not None
    assert free is not None
    assert (limited.points, limited.words) == ("75.0,26.0 100.0,26.0", "128 MB of 512 MB")
    assert (free.points, free.words) == ("75.0,2.0 100.0,2.0", "128 MB")


def test_what_is_older_than_an_hour_stays_at_the_edge() -> None:
    drawn = cpu([Reading(NOON - timedelta(hours=9), 1.0, 0), *readings(1.0)], NOON)
    assert drawn is not None
    assert drawn.points.startswith("0.0,")


def test_sizes() -> None:
    assert [size(each) for each in (0, 1_500_000, 2_340_000_000)] == ["0 MB", "2 MB", "2.3 GB"]
