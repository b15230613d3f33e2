"""How quickly webhooks are answered while a push to a repository of many services is decided on the same store.

The web process runs as it does in production, on the SQLite file that the decisions write to; webhooks come from a
process of its own at a steady pace, each one new, as they do from a busy organization.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx

from standin.client import StandIn
from standin.process import running
from tests.bench.decisions import PROMISED, RUNS, Monorepo
from tests.bench.measurement import Measurement
from tests.bench.receiver import SIZE, push
from tests.contracts.github_places import StandInPlace
from tests.standin.receiver import receiving
from tests.webapp.product import ENVIRONMENT, redis_server, web_server
from webapp.signature import sign

#: Webhooks a second.
_PACE = 50


def answers(base: str, seconds: float) -> list[float]:
    """Seconds that each webhook's answer took."""
    body, took = push(SIZE), []
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "push",
        "X-Hub-Signature-256": sign(ENVIRONMENT["GITHUB_WEBHOOK_SECRET"].encode(), body),
    }
    began = time.monotonic()
    with httpx.Client(base_url=base, trust_env=False) as client:
        while (now := time.monotonic()) < began + seconds:
            client.post(
                "/webhooks/github", content=body, headers={**headers, "X-GitHub-Delivery": str(uuid4())}
            ).raise_for_status()
            took.append(time.monotonic() - now)
            time.sleep(max(0.0, 1 / _PACE - took[-1]))
    return took


@contextmanager
def _monorepo(place: Path) -> Iterator[Monorepo]:
    with receiving() as (url, receiver), running(place / "standin", "--no-limits", "--webhook-url", url) as credentials:
        control = StandIn(credentials["url"])
        made = Monorepo(place / "data", StandInPlace(control, credentials), receiver, PROMISED)
        try:
            yield made
        finally:
            made.close()
            control.close()


def answer_while_deciding() -> Measurement:
    """99 of 100 answers are quicker than that, in each of the runs' medians."""
    with (
        TemporaryDirectory(prefix="tidegate-bench-") as directory,
        _monorepo(Path(directory)) as repo,
        redis_server(Path(directory)) as redis,
        web_server("webapp.wsgi:app", {**ENVIRONMENT, "DATABASE_URL": repo.database_url, "REDIS_URL": redis}) as base,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere,
    ):
        at_rest, at_work = [], []
        elsewhere.submit(answers, base, 1).result()
        for run in range(RUNS):
            at_rest.append(_p99(elsewhere.submit(answers, base, 2).result()))
            told = elsewhere.submit(answers, base, 3)
            decided = 0
            while not told.done():
                repo.decide({f"s{number}/page": f"run {run} {decided}" for number in range(0, PROMISED, 2)})
                decided += 1
            assert decided, "nothing was decided meanwhile"
            at_work.append(_p99(told.result()))
    details = {"at_rest_ms": round(median(at_rest), 1), "pace": _PACE}
    compared = f"p99 of the answers to {_PACE} webhooks a second, while pushes to {PROMISED} services are decided"
    return Measurement("answer_while_deciding", median(at_work), 50, "ms", RUNS, compared, details=details)


def _p99(took: list[float]) -> float:
    return quantiles(took, n=100)[-1] * 1000
