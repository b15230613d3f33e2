"""Lines are what was printed, whatever the chunks; and a pump gives up at once, whoever is slow."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.hosts.streams import LONGEST_LINE, Lines, Pump
from worker.ports import Canceled
from worker.until import Until


def lines_of(chunks: list[bytes]) -> list[str]:
    found: list[str] = []
    lines = Lines(found.append)
    for chunk in chunks:
        lines.feed(chunk)
    lines.close()
    return found


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1)), st.data())
def test_lines_come_out_whole_however_the_chunks_are_cut(texts: list[str], data: st.DataObject) -> None:
    raw = "".join(f"{text}\n" for text in texts).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)))))
    chunks = [raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert lines_of(chunks) == texts


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ([b"one\r\ntwo\r\n"], ["one", "two"]),
        ([b"no newline at the end"], ["no newline at the end"]),
        ([b"\n\n"], ["", ""]),
        ([b"a\xffb\n"], ["a\ufffdb"]),
        ([b"\xc3", b"\xa9\n"], ["é"]),
        ([b"x" * (LONGEST_LINE + 3) + b"\n"], ["x" * LONGEST_LINE, "xxx"]),
        ([b"x" * LONGEST_LINE] * 3, ["x" * LONGEST_LINE] * 3),
        ([], []),
    ],
)
def test_lines_at_the_edges(chunks: list[bytes], lines: list[str]) -> None:
    assert lines_of(chunks) == lines


def test_a_stream_without_newlines_is_never_gathered_whole() -> None:
    found: list[str] = []
    lines = Lines(found.append)
    for _ in range(10):
        lines.feed(b"x" * LONGEST_LINE)
    assert len(found) >= 9


def test_everything_arrives_in_order_in_the_callers_thread() -> None:
    taken: list[tuple[int, int]] = []
    Pump(range(1000), lambda: None).run(
        lambda item: taken.append((item, threading.get_ident())), Until(lambda: False, 30)
    )
    assert taken == [(number, threading.get_ident()) for number in range(1000)]


def test_the_sources_error_is_the_callers() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    taken: list[int] = []
    with pytest.raises(ValueError, match="broken"):
        Pump(source(), lambda: None).run(taken.append, Until(lambda: False))
    assert taken == [1]


class Blocked:
    """A source that says one thing and then nothing, until it is cut."""

    def __init__(self) -> None:
        self.is_cut = threading.Event()
        self.ended = threading.Event()

    def __iter__(self) -> Iterator[int]:
        yield 1
        self.is_cut.wait(30)
        self.ended.set()


def test_stop_cuts_a_source_that_is_silent() -> None:
    source, taken = Blocked(), list[int]()
    with pytest.raises(Canceled):
        Pump(source, source.is_cut.set).run(taken.append, Until(lambda: bool(taken)))
    assert source.ended.wait(30)


def test_time_cuts_a_source_that_is_silent() -> None:
    source = Blocked()
    with pytest.raises(TimeoutError):
        Pump(source, source.is_cut.set).run(lambda item: None, Until(lambda: False, 0.1))
    assert source.ended.wait(30)


def test_stop_ends_a_source_that_never_stops_talking() -> None:
    talking, over = threading.Event(), threading.Event()

    def source() -> Iterator[int]:
        try:
            while True:
                yield 1
                talking.set()
        finally:
            over.set()

    with pytest.raises(Canceled):
        Pump(source(), lambda: None).run(lambda item: None, Until(talking.is_set))
    assert over.wait(30)


def test_a_consumer_that_fails_cuts_the_source_too() -> None:
    source = Blocked()

    def take(item: int) -> None:
        raise KeyError(item)

    with pytest.raises(KeyError):
        Pump(source, source.is_cut.set).run(take, Until(lambda: False))
    assert source.ended.wait(30)


def test_what_is_stopped_already_reads_nothing() -> None:
    """And is cut: whatever the source comes from has begun already."""
    happened: list[str] = []

    def source() -> Iterator[int]:
        happened.append("read")
        yield 1

    with pytest.raises(Canceled):
        Pump(source(), lambda: happened.append("cut")).run(lambda item: None, Until(lambda: True))
    assert happened == ["cut"]
