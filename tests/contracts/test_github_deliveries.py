"""GitHub's list of what it couldn't send. Judged on the fake and on the real adapter alike."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.contracts.github_place import Place
from worker.ports import Refused


def test_deliveries_are_listed_oldest_first_with_their_payloads(place: Place) -> None:
    began = datetime.now(UTC) - timedelta(seconds=2)
    pushed = [place.push({"a": str(count)}) for count in range(3)]
    place.settle()
    listed = [each for each in place.github.deliveries(began) if each.event == "push"]
    payloads = [json.loads(place.github.payload(each.id)) for each in listed]
    ours = [payload["after"] for payload in payloads if payload["repository"]["id"] == place.repository.id]
    assert ours == pushed
    assert len({each.guid for each in listed}) == len(listed)
    assert all(began <= each.at <= datetime.now(UTC) + timedelta(seconds=1) for each in listed)
    assert place.github.deliveries(datetime.now(UTC) + timedelta(minutes=1)) == []


def test_a_delivery_that_is_not_kept_is_refused(place: Place) -> None:
    with pytest.raises(Refused):
        place.github.payload(1)
