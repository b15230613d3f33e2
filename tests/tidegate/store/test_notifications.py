"""What is to be sent comes with the entry of the timeline or not at all; addresses are kept sealed."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.tidegate.store.given import KEYS, NOON, REPOSITORY, a_deployment, a_service, after
from tidegate.deployment import IllegalMove, Move, Status
from tidegate.notification import Channel, Endpoint, Secrets, Wants
from tidegate.retry import Answer, outcome
from tidegate.store import CannotOpen, Store, open_store
from tidegate.store.database import Database
from tidegate.store.outgoing import Attempt

URL = "https://hooks.example.com/hush"


def an_endpoint(store: Store, number: int = 1, wants: Wants = Wants.ALL) -> Endpoint:
    secrets = Secrets("whsec_hush", "whsec_old", after(60))
    made = Endpoint(
        f"ep_{number}", REPOSITORY.repository_id, Channel.WEBHOOK, URL, wants, "ada", after(number), secrets
    )
    store.endpoints.add(made)
    return made


def test_an_address_is_kept_sealed_and_survives_a_new_key(store: Store, url: str) -> None:
    a_service(store)
    made = an_endpoint(store)
    assert store.endpoints.get(made.id) == made
    assert store.endpoints.of_repository(REPOSITORY.repository_id) == [made]
    with closing(Database(url)) as database, database.read() as connection:
        kept = connection.execute(text("SELECT sealed FROM endpoints")).scalar_one()
    assert b"hush" not in bytes(kept)
    newer = "a newer key, in front of the other"
    with closing(open_store(url, [newer, *KEYS])) as both:
        both.rotate()
    with closing(open_store(url, [newer])) as rotated:
        assert rotated.endpoints.get(made.id) == made
    with pytest.raises(CannotOpen, match="ep_1"):
        store.endpoints.get(made.id)


def test_what_did_not_happen_is_told_to_nobody(store: Store) -> None:
    service = a_service(store)
    made = an_endpoint(store)
    row = a_deployment(store, service, 1, Status.CANCELED)
    assert [each.type for each in store.outgoing.of_endpoint(made.id, 10)] == ["deploy.canceled", "deploy.started"]
    with pytest.raises(IllegalMove):
        store.deployments.move(row.id, Move(Status.FAILED, "too late"), NOON)
    assert len(store.outgoing.of_endpoint(made.id, 10)) == 2


def test_an_attempt_is_recorded_with_what_it_means_for_message_and_endpoint(store: Store) -> None:
    service = a_service(store)
    made = an_endpoint(store)
    a_deployment(store, service, 1, Status.SKIPPED)
    assert store.outgoing.waiting(after(-1)) == []
    assert store.outgoing.waiting(NOON) == [made.id]
    (message,) = store.outgoing.due(made.id, 10, NOON)
    down = Answer(ok=False, detail="503")
    attempt = Attempt(1, NOON, 0.25, ok=False, detail="503")
    store.outgoing.record(made, message, attempt, outcome(made, 1, down, 0.0, NOON))
    assert store.outgoing.waiting(NOON) == []
    assert store.outgoing.waiting(after(5)) == [made.id]
    failing = store.endpoints.get(made.id)
    assert failing is not None
    assert (failing.failing_since, failing.rests_until) == (NOON, after(5))
    (message,) = store.outgoing.due(made.id, 10, after(5))
    fine = Attempt(2, after(5), 0.1, ok=True, detail="200")
    store.outgoing.record(failing, message, fine, outcome(failing, 2, Answer(ok=True, detail="200"), 0.0, after(5)))
    assert store.endpoints.get(made.id) == made, "all is forgotten"
    (told,) = store.outgoing.of_endpoint(made.id, 10)
    assert (told.state, told.log) == ("delivered", (attempt, fine))
    store.outgoing.prune(after(5))
    assert len(store.outgoing.of_endpoint(made.id, 10)) == 1
    store.outgoing.prune(after(6))
    assert store.outgoing.of_endpoint(made.id, 10) == []


def test_one_that_is_removed_takes_its_log_along(store: Store) -> None:
    service = a_service(store)
    gone, other = an_endpoint(store), an_endpoint(store, 2)
    a_deployment(store, service, 1, Status.SKIPPED)
    (message,) = store.outgoing.due(gone.id, 10, NOON)
    answer = Answer(ok=False, detail="410 Gone", gone=True)
    late = NOON + timedelta(hours=1)
    attempt = Attempt(1, late, 0.1, ok=False, detail="410")
    store.outgoing.record(gone, message, attempt, outcome(gone, 1, answer, 0.0, late))
    kinds = [each.entry.kind for each in store.outgoing.of_endpoint(other.id, 10)]
    assert kinds == ["notifications-off", "skipped"], "the others hear of it"
    store.endpoints.delete(gone.id)
    store.endpoints.delete(gone.id)
    assert store.endpoints.get(gone.id) is None
    assert len(store.outgoing.of_endpoint(other.id, 10)) == 2
