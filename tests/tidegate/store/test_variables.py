"""Values are encrypted with the first key, and readable by whoever has the key that sealed them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.tidegate.store.given import KEYS, NOON, TTL, a_deployment, a_service, after
from tidegate.registry import Login
from tidegate.repository import PRODUCTION, Service
from tidegate.snapshot import Snapshot
from tidegate.store import CannotOpen, Store, open_store

SECRET = "hunter2-hunter2-hunter2"
NEW_KEY = "a newer key, put in front"


def a_snapshot(store: Store, service: Service, snapshot: Snapshot) -> str:
    """Of a deployment that begins; its id."""
    made = a_deployment(store, service)
    lane = store.deployments.claim(made.id, "worker", TTL, NOON)
    assert lane is not None
    store.snapshots.take(lane, snapshot)
    return made.id


def test_variables_are_of_one_service_in_one_environment(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    store.variables.set(web.id, PRODUCTION, "B", "b", "plain", NOON)
    store.variables.set(web.id, PRODUCTION, "A", "ä\n\x00", "secret", NOON)
    store.variables.set(web.id, "pr-1", "A", "preview", "generated", NOON)
    assert store.variables.of(web.id, PRODUCTION) == {"A": ("secret", "ä\n\x00"), "B": ("plain", "b")}
    assert store.variables.of(web.id, "pr-1") == {"A": ("generated", "preview")}
    assert store.variables.of(api.id, PRODUCTION) == {}


def test_a_variable_is_changed_and_deleted(store: Store) -> None:
    service = a_service(store)
    store.variables.set(service.id, PRODUCTION, "A", "1", "plain", NOON)
    store.variables.set(service.id, PRODUCTION, "A", "2", "secret", after(1))
    assert store.variables.of(service.id, PRODUCTION) == {"A": ("secret", "2")}
    store.variables.delete(service.id, PRODUCTION, "A")
    store.variables.delete(service.id, PRODUCTION, "A")
    assert store.variables.of(service.id, PRODUCTION) == {}


def test_what_is_generated_is_made_once_whoever_asks_first(store: Store) -> None:
    service = a_service(store)
    assert store.variables.generate(service.id, PRODUCTION, "SALT", "one", NOON) == "one"
    assert store.variables.generate(service.id, PRODUCTION, "SALT", "two", after(1)) == "one"
    assert store.variables.generate(service.id, "pr-1", "SALT", "three", NOON) == "three"
    assert store.variables.of(service.id, PRODUCTION) == {"SALT": ("generated", "one")}


def test_no_value_token_or_hook_can_be_read_from_the_database(store: Store, url: str) -> None:
    service = a_service(store)
    for kind in ("plain", "secret", "generated"):
        store.variables.set(service.id, PRODUCTION, kind.upper(), SECRET, kind, NOON)
    store.tokens.put("installation 8", SECRET, after(3600))
    store.hooks.put(service.id, SECRET, "ada", NOON)
    store.registry_credentials.put(Login("team", "registry.example.com", "puller", SECRET), NOON)
    a_snapshot(store, service, Snapshot({"PASSWORD": SECRET}))
    store.close()
    assert SECRET.encode() not in _everything(url)
    assert b"SECRET" in _everything(url), (
        "the name of a variable is no secret, and shows that this looks in the right place"
    )


def _everything(url: str) -> bytes:
    """All bytes of SQLite's files, or all rows of PostgreSQL's tables with what they hold spelled out."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(str(parsed.database))
        return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [
            *connection.execute(text("SELECT name, encode(sealed, 'escape') FROM variables")),
            *connection.execute(text("SELECT key, encode(sealed, 'escape') FROM tokens")),
            *connection.execute(text("SELECT digest, encode(sealed, 'escape') FROM deploy_hooks")),
            *connection.execute(text("SELECT deployment_id, encode(sealed, 'escape') FROM snapshots")),
            *connection.execute(text("SELECT name, encode(sealed, 'escape') FROM registry_credentials")),
        ]
    engine.dispose()
    return repr(rows).encode()


def test_with_an_environment_all_its_variables_go(store: Store) -> None:
    web, api = a_service(store), a_service(store, "api")
    for service in (web, api):
        for environment in (PRODUCTION, "pr-1"):
            for name in ("A", "B"):
                store.variables.set(service.id, environment, name, "1", "plain", NOON)
    store.variables.delete_environment(web.id, "pr-1")
    store.variables.delete_environment(web.id, "pr-1")
    assert store.variables.of(web.id, "pr-1") == {}
    assert all(len(store.variables.of(*kept)) == 2 for kept in ((web.id, PRODUCTION), (api.id, "pr-1")))


def test_rotation_needs_no_pause(store: Store, url: str) -> None:
    """With a new key in front old values open and new ones take it; rotate() seals all with it; the old one can go."""
    service = a_service(store)
    store.variables.set(service.id, PRODUCTION, "OLD", SECRET, "secret", NOON)
    store.hooks.put(service.id, SECRET, "ada", NOON)
    started = a_snapshot(store, service, Snapshot({"OLD": SECRET}, frozenset({"OLD"})))
    with_both = open_store(url, [NEW_KEY, *KEYS])
    with_both.variables.set(service.id, PRODUCTION, "NEW", "fresh", "secret", NOON)
    assert with_both.variables.of(service.id, PRODUCTION) == {"NEW": ("secret", "fresh"), "OLD": ("secret", SECRET)}
    with_both.rotate()
    with_both.close()
    with_new = open_store(url, [NEW_KEY])
    assert with_new.variables.of(service.id, PRODUCTION) == {"NEW": ("secret", "fresh"), "OLD": ("secret", SECRET)}
    assert with_new.hooks.key(service.id) == SECRET
    assert with_new.snapshots.of(started) == Snapshot({"OLD": SECRET}, frozenset({"OLD"}))
    with_new.close()
    with pytest.raises(CannotOpen, match="variable NEW was encrypted with a key that is not in TIDEGATE_SECRET_KEY"):
        store.variables.of(service.id, PRODUCTION)


def test_a_rotation_that_meets_a_foreign_value_changes_nothing(store: Store, url: str) -> None:
    service = a_service(store)
    store.variables.set(service.id, PRODUCTION, "A", "1", "secret", NOON)
    stranger = open_store(url, ["the key of somebody else"])
    stranger.variables.set(service.id, PRODUCTION, "B", "2", "secret", NOON)
    stranger.close()
    both = open_store(url, [NEW_KEY, *KEYS])
    with pytest.raises(CannotOpen, match="variable B"):
        both.rotate()
    both.close()
    store.variables.delete(service.id, PRODUCTION, "B")
    assert store.variables.of(service.id, PRODUCTION) == {"A": ("secret", "1")}


@pytest.mark.parametrize(("keys", "trouble"), [([], "no key"), (["k" * 16, "short"], "key 2 .* shorter than 16")])
def test_keys_that_protect_nothing_are_refused(tmp_path: Path, keys: list[str], trouble: str) -> None:
    with pytest.raises(ValueError, match=trouble):
        open_store(f"sqlite:///{tmp_path}/store.db", keys)
