"""A snapshot is read as it was written, whatever is in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidegate.snapshot import Snapshot

VALUES = st.dictionaries(st.text(), st.text())


@given(VALUES, VALUES)
def test_it_is_read_as_it_was_written_and_hides_its_secrets(shown: dict[str, str], hidden: dict[str, str]) -> None:
    snapshot = Snapshot({**shown, **hidden}, frozenset(hidden))
    assert Snapshot.load(snapshot.dump()) == snapshot
    assert snapshot.secrets == set(hidden.values())
