"""One push is followed through our own logs, from GitHub's delivery through web and worker to what became of it."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.webapp.beside import beside
from tests.webapp.house import build, deliver
from tests.worker.house import DOCKERFILE
from tidegate import logline
from worker import jobs, journal

GUID = "11111111-2222-3333-4444-555555555555"


class Journal:
    def __init__(self) -> None:
        self.text = io.StringIO()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.getvalue().splitlines()]


@pytest.fixture
def told() -> Iterator[Journal]:
    """What was written as JSON, by structlog or by Python's own logging."""
    made, ours = Journal(), [logging.getLogger(name) for name in ("tidegate", "webapp", "worker")]
    handler = logging.StreamHandler(made.text)
    handler.setFormatter(logline.Lines(as_json=True))
    journal.route()
    for each in ours:
        each.addHandler(handler)
        each.setLevel(logging.INFO)
    yield made
    for each in ours:
        each.removeHandler(handler)
        each.setLevel(logging.NOTSET)
    structlog.reset_defaults()


def test_a_push_is_followed_by_its_delivery(told: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web = build(tmp_path)
    with beside(tmp_path) as workers:
        monkeypatch.setattr(jobs, "parts", lambda: workers.parts)
        repository = workers.repository("octo/web")
        sha = workers.commit(repository, {"Dockerfile": f"{DOCKERFILE}RUN exit 1\n"})
        ids = {"id": repository.id, "full_name": "octo/web", "name": "web", "owner": {"login": "octo"}}
        push = {"ref": "refs/heads/main", "before": "0" * 40, "after": sha, "forced": False, "deleted": False}
        body = {**push, "repository": {**ids, "default_branch": "main", "private": True}, "sender": {"login": "octo"}}
        answer = deliver(web.client(), json.dumps({**body, "installation": {"id": 1}}).encode())
        assert answer.status_code == 202
        workers.clock.advance(1_000_000_000)  # the web goes by the real clock
        jobs.drain()
        workers.bell.answer(
            {"consider": jobs.consider, "deploy": jobs.deploy, "report": jobs.report, "build_ahead": jobs.build_ahead}
        )
        row = workers.row(repository, sha)
    web.close()

    of_delivery = [line for line in told.lines() if line.get("delivery") == GUID]
    taken, *handled = of_delivery
    assert (taken["event"], taken["logger"]) == ("a webhook was taken", "webapp.webhooks")
    assert {line["job"] for line in handled} == {"drain"}
    (recorded,) = [line for line in handled if line["event"] == "a deployment is recorded"]
    assert (recorded["deployment_id"], recorded["sha"]) == (row.id, sha)
    of_deploy = [line for line in told.lines() if line.get("job") == "deploy"]
    assert {line.get("deployment_id") for line in of_deploy} == {row.id}, "every line of its job"
    assert of_deploy[-1]["status"] == "failed"


def test_lines_of_other_threads_belong_to_what_started_them(told: Journal) -> None:
    log = structlog.get_logger("worker.test")
    with logline.bound(deployment_id="d1"):
        logline.bind(step="build")
        thread = threading.Thread(target=logline.carried(log.info), args=("said beside it",))
        thread.start()
        thread.join()
    log.info("afterwards")
    beside_it, afterwards = told.lines()
    assert (beside_it["deployment_id"], beside_it["step"]) == ("d1", "build")
    assert "deployment_id" not in afterwards


def test_a_line_takes_whatever_it_is_told(told: Journal) -> None:
    log = structlog.get_logger("worker.test")
    try:
        raise ValueError("no %s")
    except ValueError:
        log.exception("it broke at 100 %", message="taken", name="x", args=(1,), at_all=Path("/x"))
    (line,) = told.lines()
    assert (line["level"], line["event"], line["message"], line["at_all"]) == (
        "error",
        "it broke at 100 %",
        "taken",
        "/x",
    )
    assert "ValueError: no %s" in line["exception"]


def test_for_people_it_is_one_line_with_words() -> None:
    record = logging.makeLogRecord({"name": "worker", "levelname": "INFO", "msg": "moved", "created": 0.5})
    record.fields = {"status": "live", "reason": 'it says "hello"', "none": ""}
    text = logline.Lines(as_json=False).format(record)
    assert text == '1970-01-01T00:00:00.500Z info    moved status=live reason="it says \\"hello\\"" none=""'


def test_libraries_are_heard_from_warnings_on_and_we_from_information_on(capfd: pytest.CaptureFixture[str]) -> None:
    root, handlers = logging.getLogger(), logging.getLogger().handlers[:]
    try:
        logline.configure(as_json=True)
        logging.getLogger("httpx").info("POST https://hooks.example.com/hush")
        logging.getLogger("worker.x").info("ours")
    finally:
        root.handlers[:] = handlers
        root.setLevel(logging.WARNING)
    written = capfd.readouterr().err
    assert "hush" not in written
    assert json.loads(written)["event"] == "ours"
