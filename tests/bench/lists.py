"""Every page and list of a store with 1,000 services and 100,000 deployments, on SQLite and on PostgreSQL: whatever
answers a GET, as the app's own map of addresses has it, so that what is new is measured too."""

from __future__ import annotations

import gc
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from tests.bench.measurement import Measurement
from tests.bench.populated import Size, deployment_id, fill
from tests.tidegate.store import postgres
from tests.webapp import fake_github
from tests.webapp.house import SCRAPER, House, bearer, build
from tests.webapp.product import SECRET_KEYS
from tidegate.apitoken import Scope, Terms
from tidegate.deployment import Step
from tidegate.destination import Reach
from tidegate.notification import Channel, Wants
from tidegate.permission import OPERATOR, Permission
from tidegate.store import Store, open_store
from tidegate.store.database import Database
from tidegate.subscription import endpoint
from webapp.parts import KEY

LIMIT_MS, RUNS, _WARM = 150.0, 40, 3
#: Whose answer never ends, or that do something, or are only there while a server is set up.
_LEFT_OUT = ("/stream", "/static/", "/login/", "/setup", "/hooks/")
#: What an address is asked for with, where it takes something.
_QUERIES = {"/hosts/<name>/admission": "?admission=drained"}
_LOG_LINES = 2000
_MESSAGES = 500

#: Address → how long its answers took, in seconds, the shortest first.
Times = dict[str, list[float]]


def lists(size: Size | None = None, runs: int = RUNS) -> Measurement:
    """The slowest address by the 95th part of a hundred of its answers, on the slower of the two databases."""
    told = size or Size()
    slowest: dict[str, tuple[float, str]] = {}
    counted = 0
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tidegate-lists-")))
        for kind, url in (
            ("sqlite", f"sqlite:///{place}/tidegate.db"),
            ("postgresql", stack.enter_context(_server(place))),
        ):
            times = measured(place, url, told, runs)
            counted = len(times)
            slowest[kind] = max((_p95(each), address) for address, each in times.items())
            _print(kind, times)
    worst = max(slowest.values())
    details = {f"{kind}_ms": round(took * 1000, 1) for kind, (took, _) in slowest.items()}
    compared = f"p95 of the slowest of {counted} pages and lists, which is {worst[1]}"
    return Measurement("lists", worst[0] * 1000, LIMIT_MS, "ms", runs, compared, details=details)


def measured(place: Path, url: str, size: Size, runs: int) -> Times:
    """Fills the database and asks every address so many times."""
    now = datetime.now(UTC)
    store = open_store(url, SECRET_KEYS)
    store.migrate()
    database = Database(url)
    fill(database, size, now)
    database.close()
    _more(store, size, now)
    token = store.api_tokens.make(Terms("bench", OPERATOR, None, Scope.ADMIN, None, now + timedelta(days=1)), now)[1]
    store.close()
    names = {f"acme/shop-{number}": number for number in range(1, size.repositories + 1)}
    fake_github.IDS.update(names)
    with fake_github.fake_github() as github:
        house = build(place, github=github, told={"DATABASE_URL": url})
        # The client of the tests holds each answer to its description, which takes longer than the answer.
        house.app.test_client_class = FlaskClient
        try:
            house.app.extensions[KEY].workers.patience = 0.0  # there is none; what asks one says so
            person = house.signed_in("ada", dict.fromkeys(names, Permission.ADMIN))
            own = person.post("/api/v1/tokens", json={"name": "bench"}).get_json()["id"]
            gc.freeze()  # as webapp/server.py does once it has started
            return {each: _times(house, person, each, token, runs) for each in addresses(house.app, size, own)}
        finally:
            house.close()


def addresses(app: Flask, size: Size, own_token: int) -> Iterator[str]:
    """Of everything that answers a GET; KeyError for a parameter that isn't known here: give it a value, then."""
    service, last = 1, deployment_id(1, size.deployments - 1)
    middle = deployment_id(1, size.deployments // 2)
    values = {
        "deployment_id": last,
        "service_id": service,
        "repository_id": 1,
        "run_id": 1,
        "endpoint_id": "ep_bench",
        "message_id": "msg_bench",
        "token_id": own_token,
        "number": 7,
        "name": "local",
        "sha": size.sha(service, size.deployments // 2),
    }
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or any(part in rule.rule for part in _LEFT_OUT):
            continue
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), rule.rule)
        yield address + _QUERIES.get(rule.rule, "")
    for lists_all in ("/deployments", "/api/v1/deployments"):
        yield f"{lists_all}?before={middle}"
    yield f"/deployments?service={service}"
    yield "/api/v1/deployments?limit=100"
    # Nobody is called so, so that every entry is looked at.
    for log in ("/audit", "/api/v1/audit", "/api/v1/repositories/1/audit"):
        yield f"{log}?actor=zoe&action=freeze"
    yield "/audit?repository=1&actor=zoe"


def _times(house: House, person: FlaskClient, address: str, token: str, runs: int) -> list[float]:
    took = []
    for _ in range(_WARM + runs):
        headers = SCRAPER if address == "/metrics" else {"Accept": "text/html, application/json"}
        began = time.perf_counter()
        answer = person.get(address, headers=headers)
        if answer.status_code == HTTPStatus.FORBIDDEN or answer.status_code == HTTPStatus.UNAUTHORIZED:
            began = time.perf_counter()
            answer = house.client().get(address, headers=bearer(token))
        assert answer.data is not None
        took.append(time.perf_counter() - began)
        # There is no run, and no fork's preview to approve; else nothing may be missing.
        assert answer.status_code == HTTPStatus.OK or "/runs/" in address or address.endswith("/approve"), (
            f"{address}: {answer.status_code} {answer.text}"
        )
    return sorted(took[_WARM:])


def _more(store: Store, size: Size, now: datetime) -> None:
    """What is of one service or repository only."""
    store.hooks.put(1, "a key", "ada", now)
    for number in range(30):
        store.variables.set(1, "production", f"NAME_{number}", "x" * 100, "plain", now)
    last = deployment_id(1, size.deployments - 1)
    lines = [(now, f"line {number} of what a build says") for number in range(_LOG_LINES)]
    store.logs.append(last, Step.BUILD, 1, lines)
    made = endpoint(
        1, Channel.WEBHOOK, "https://example.com/", Wants.ALL, "ada", now, random=b"k" * 48, mails=False, reach=Reach()
    )
    made = replace(made, id="ep_bench")
    store.endpoints.add(made)
    for _ in range(_MESSAGES):
        store.outgoing.test(made, "a test", "ada", now)


def _p95(sorted_times: list[float]) -> float:
    return sorted_times[min(len(sorted_times) - 1, int(0.95 * len(sorted_times)))]


def _print(kind: str, times: Times) -> None:
    """The slowest ones, for whoever wants to know."""
    slow = sorted(((_p95(each), address) for address, each in times.items()), reverse=True)[:8]
    for took, address in slow:
        print(f"{kind} {took * 1000:7.1f} ms  {address}", file=sys.stderr)


@contextmanager
def _server(place: Path) -> Iterator[str]:
    with postgres.server(place) as directory:
        with psycopg.connect(host=directory, user="postgres", autocommit=True) as connection:
            connection.execute(b"CREATE DATABASE lists")
        yield postgres.url(directory, "lists")
