"""What a watcher is sent, and when they are sent away."""

import json
from collections.abc import Iterator
from itertools import takewhile

import pytest

from tests.tidegate.store.given import NOON, a_deployment, a_lane, a_service
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import SCRAPER, House
from tidegate.deployment import Move, Status
from tidegate.permission import Permission
from tidegate.store import LogLine, StoreDown
from webapp import livelog, stream
from webapp.livelog import LiveLog
from webapp.parts import KEY
from webapp.places import PLACES

MINE = {"acme/shop": Permission.WRITE}


class Log(LiveLog):
    """Tells what a story has put in."""

    def __init__(self, *news: list[LogLine] | StoreDown) -> None:
        self.left = list(news)

    def news(self) -> list[LogLine]:
        now = self.left.pop(0) if self.left else []
        if isinstance(now, StoreDown):
            raise now
        return now


class Watch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def line(n: int, text: str = "hello") -> LogLine:
    return LogLine(n, "build", NOON, text)


def parsed(sent: Iterator[str] | list[str]) -> list[tuple[str, str, object]]:
    """(event, id, data) of each; comments and the retry time left out."""
    events = []
    for each in sent:
        fields = dict(row.split(": ", 1) for row in each.strip().splitlines() if not row.startswith(":"))
        if "event" in fields:
            events.append((fields["event"], fields.get("id", ""), json.loads(fields["data"])))
    return events


def test_lines_then_the_end() -> None:
    log = Log([line(1), line(2, "\x1b[1mbold\x1b[0m\nand a line break")], [])
    sent = parsed(stream.events(log, lambda: (1, "<p>done</p>", True), lambda: False))
    assert [event for event, _, _ in sent] == ["status", "line", "end"]
    assert sent[0][2] == "<p>done</p>"
    assert sent[1][1] == "2"
    told = sent[1][2]
    assert told == [
        {"n": 1, "step": "build", "at": NOON.isoformat(), "text": "hello"},
        {"n": 2, "step": "build", "at": NOON.isoformat(), "text": "bold\nand a line break"},
    ]


def test_a_status_is_sent_when_it_changes() -> None:
    looks = iter([(1, "building", False), (1, "building", False), (2, "starting", False), (3, "failed", True)])
    sent = parsed(stream.events(Log(), lambda: next(looks), lambda: False))
    assert [data for event, _, data in sent if event == "status"] == ["building", "starting", "failed"]
    assert sent[-1][0] == "end"


def test_a_deployment_that_is_gone_has_ended() -> None:
    assert [event for event, _, _ in parsed(stream.events(Log(), lambda: None, lambda: False))] == ["end"]


@pytest.mark.parametrize("why", ["time", "shutdown", "store"])
def test_a_watcher_that_is_sent_away_comes_back(why: str) -> None:
    """No `end`: the browser connects again, with the number of its last line."""
    watch = Watch()
    log = Log([line(1)], *[StoreDown("gone")] * (why == "store"))
    sent = stream.events(log, lambda: (1, "live", False), lambda: why == "shutdown" and not log.left, watch)
    assert next(sent).startswith("retry: ")
    if why == "shutdown":
        log.left.clear()
    seen = []
    for each in sent:
        seen.append(each)
        watch.now += stream.LIFETIME if why == "time" and "event: line" in each else 0.0
    assert "end" not in [event for event, _, _ in parsed(seen)]


def test_silence_is_broken_now_and_then() -> None:
    watch = Watch()

    def look() -> tuple[object, str, bool]:
        watch.now += 5
        return 1, "live", False

    sent = list(stream.events(Log(), look, lambda: False, watch))
    beats = [each for each in sent if each.startswith(":")]
    assert len(beats) == pytest.approx(stream.LIFETIME / 20, abs=1)


def test_a_page_is_kept_up_to_date(open_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(livelog, "PAUSE", 0.01)
    store = open_house.store
    queued = a_deployment(store, a_service(store))
    lane = a_lane(store, queued)
    store.logs.append(queued.id, "build", 1, [(NOON, "one"), (NOON, "two")])
    client = open_house.signed_in("ada", MINE)
    answer = client.get(f"/deployments/{queued.id}/log/stream?after=1", buffered=False)
    assert answer.content_type.startswith("text/event-stream")
    chunks = (chunk.decode() if isinstance(chunk, bytes) else chunk for chunk in answer.response)
    until_line = [*takewhile(lambda each: "event: line" not in each, chunks)]
    assert parsed(until_line)[0][0] == "status"
    assert "Initializing" in str(parsed(until_line)[0][2])
    store.deployments.move(queued.id, Move(Status.FAILED, "it broke"), NOON, lane)
    rest = parsed(list(chunks))
    assert [event for event, _, _ in rest] == ["status", "end"]
    assert "It broke" in str(rest[0][2])
    answer.close()


def test_a_reconnecting_browser_gets_what_it_missed(open_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(livelog, "PAUSE", 0.01)
    store = open_house.store
    done = a_deployment(store, a_service(store), 1, Status.FAILED)
    store.logs.append(done.id, "build", 1, [(NOON, text) for text in ("one", "two", "three")])
    client = open_house.signed_in("ada", MINE)
    answer = client.get(f"/deployments/{done.id}/log/stream?after=0", headers={"Last-Event-ID": "2"})
    (line,) = [data for event, _, data in parsed([*answer.text.split("\n\n")]) if event == "line"]
    assert [each["n"] for each in line] == [3]  # type: ignore[attr-defined]
    assert client.get(f"/deployments/{done.id}/log/stream?after=-1").status_code == 400


def test_a_program_hears_the_same_with_the_deployment_as_the_api_has_it(
    open_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(livelog, "PAUSE", 0.01)
    store = open_house.store
    done = a_deployment(store, a_service(store), 1, Status.FAILED)
    store.logs.append(done.id, "build", 1, [(NOON, text) for text in ("one", "two")])
    client, path = open_house.signed_in("ada", MINE), f"/api/v1/deployments/{done.id}/logs/stream"
    heard = parsed([*client.get(path, query_string={"after": 1}).text.split("\n\n")])
    assert [event for event, _, _ in heard] == ["status", "line", "end"]
    told = client.get(f"/api/v1/deployments/{done.id}").get_json()
    assert heard[0][2] == {name: told[name] for name in told.keys() - {"repository", "steps", "instances"}}
    assert heard[1][1:] == ("2", [{"n": 2, "step": "build", "at": NOON.isoformat(), "text": "two"}])
    for query in ({"after": "soon"}, {"from": "1"}):
        assert client.get(path, query_string=query).status_code == 400


def test_places_are_bounded_and_given_back(open_house: House, github: FakeGitHub) -> None:
    store = open_house.store
    live = a_deployment(store, a_service(store), 1, Status.LIVE)
    client = open_house.signed_in("ada", MINE)
    path = f"/deployments/{live.id}/log/stream"
    # Some leave before their first event, some after it.
    watching = [client.get(path, buffered=False) for _ in range(PLACES)]
    for each in watching[::2]:
        next(iter(each.response))
    refused = client.get(path)
    assert (refused.status_code, refused.content_type) == (503, "application/problem+json")
    assert f"tidegate_log_streams {PLACES}.0" in client.get("/metrics", headers=SCRAPER).text
    for each in watching:
        each.close()
    client.get(path, buffered=False).close()
    assert "tidegate_log_streams 0.0" in client.get("/metrics", headers=SCRAPER).text


def test_a_stopping_server_lets_watchers_go(open_house: House) -> None:
    live = a_deployment(open_house.store, a_service(open_house.store), 1, Status.LIVE)
    places = open_house.app.extensions[KEY].places
    places.stopping = lambda: True
    answer = open_house.signed_in("ada", MINE).get(f"/deployments/{live.id}/log/stream")
    assert parsed([*answer.text.split("\n\n")]) == []
