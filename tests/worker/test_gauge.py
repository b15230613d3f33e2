"""What instances use is read of those that run; a host that is down is told of and holds up nothing."""

from __future__ import annotations

from pathlib import Path

from redis import Redis

from tests.webapp.product import redis_server
from tests.worker.house import House
from tidegate.gauge import EVERY, Counters, Reading
from tidegate.instance import Instance
from webapp import readings as read
from worker.gauge import Gauge
from worker.gauges import RedisGauges
from worker.watch import Watch


def live(house: House) -> Gauge:
    house.push(house.repository())
    house.work()
    house.tend()
    return Gauge(house.parts, "local")


def test_two_looks_make_a_reading(house: House) -> None:
    gauge = live(house)
    (container,) = house.engine.containers.values()
    house.engine.used[container.id] = Counters(1.0, 50)
    gauge.turn()
    assert not house.gauges.readings, "nothing to compare with"
    house.clock.advance(EVERY)
    house.engine.used[container.id] = Counters(1.0 + EVERY / 2, 70)
    gauge.turn()
    ((reading,),) = house.gauges.readings.values()
    assert (reading.cpus, reading.memory, reading.at) == (0.5, 70, house.clock.now())


def test_a_host_that_is_down_is_told_of(house: House) -> None:
    gauge = live(house)
    gauge.turn()
    assert house.gauges.hosts["local"].trouble == ""
    house.engine.trouble = "no route to host"
    gauge.turn()
    assert "no route to host" in house.gauges.hosts["local"].trouble
    house.engine.trouble = None
    gauge.turn()
    assert house.gauges.hosts["local"].trouble == ""


def test_only_who_leads_reads(house: House) -> None:
    watch = Watch(house.parts)
    watch.read(*watch.gauges)
    assert not house.gauges.hosts
    watch.ring()
    watch.read(*watch.gauges)
    assert house.gauges.hosts


def read_twice(house: House) -> tuple[list[Instance], list[Reading]]:
    """A deployment's instances, and what was kept of the first."""
    gauge = live(house)
    gauge.turn()
    house.clock.advance(EVERY)
    gauge.turn()
    ((deployment, _), kept) = next(iter(house.gauges.readings.items()))
    instances = house.store.instances.of(deployment)
    return instances, kept


def test_readings_go_by_redis_to_the_page(house: House, tmp_path: Path) -> None:
    instances, kept = read_twice(house)
    with redis_server(tmp_path) as url, Redis.from_url(url) as redis:
        assert read.readings(redis, instances) == [[]]
        there = RedisGauges(redis)
        there.keep([(instances[0], kept[0])])
        there.seen("local", house.gauges.hosts["local"])
        assert read.readings(redis, instances) == [kept]
        assert read.hosts_seen(redis, ["local", "other"], house.clock.now()) == house.gauges.hosts


def test_without_redis_nothing_is_missed(house: House) -> None:
    instances, kept = read_twice(house)
    with Redis.from_url("redis://127.0.0.1:1/0") as redis:
        RedisGauges(redis).keep([(instances[0], kept[0])])
        RedisGauges(redis).seen("local", house.gauges.hosts["local"])
        assert read.readings(redis, instances) == [[]]
        assert read.hosts_seen(redis, ["local"], house.clock.now()) == {}
