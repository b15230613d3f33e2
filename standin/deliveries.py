"""Webhooks on their way: signed, sent once in the background with a 10 s limit, never retried, kept for three days.

Each thread keeps its connection open, so that a webhook costs a millisecond and their order is roughly kept.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import itertools
import json
import queue
import select
import threading
import time
import uuid
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from standin.clock import stamp
from standin.faults import Faults, Post
from standin.records import App, Installation, Json

LIMIT = 10.0  # seconds, https://docs.github.com/webhooks/using-webhooks/best-practices-for-using-webhooks
KEPT = 3 * 86_400  # seconds
THREADS = 4
# A connection idle for longer may be closed by the receiver just as we write to it.
IDLE = 1.0


@dataclass(frozen=True)
class Delivery:
    """One attempt. `guid` is the event's, shared by its redeliveries; `seconds` is how long the answer took."""

    id: int
    guid: str
    app: App
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None
    payload: bytes
    redelivery: bool = False
    at: float = field(default_factory=time.time)
    seconds: float = 0.0
    status: str = ""
    code: int = 0
    request_headers: dict[str, str] = field(default_factory=dict)
    response_headers: dict[str, str] = field(default_factory=dict)
    response: str = ""

    def item(self) -> Json:
        """A hook-delivery-item."""
        return {
            "id": self.id,
            "guid": self.guid,
            "delivered_at": stamp(self.at),
            "redelivery": self.redelivery,
            "duration": round(self.seconds, 3),
            "status": self.status,
            "status_code": self.code,
            "event": self.event,
            "action": self.action,
            "installation_id": self.installation_id,
            "repository_id": self.repository_id,
            "throttled_at": None,
        }

    def full(self) -> Json:
        """A hook-delivery, with its payload and the answer."""
        return {
            **self.item(),
            "url": self.app.webhook_url,
            "request": {"headers": self.request_headers, "payload": json.loads(self.payload)},
            "response": {"headers": self.response_headers, "payload": self.response},
        }


class Courier:
    """Sends deliveries and remembers them, newest last, per App."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._ids = itertools.count(20_001)
        self._kept: dict[int, deque[Delivery]] = defaultdict(lambda: deque(maxlen=20_000))
        self._queue: queue.SimpleQueue[tuple[Delivery, Post | None]] = queue.SimpleQueue()
        self._held: list[Delivery] = []
        self._lock = threading.Condition()
        self._unsent = 0
        for number in range(THREADS):
            threading.Thread(target=self._carry, name=f"courier-{number}", daemon=True).start()

    def post(
        self, app: App, event: str, payload: Json, installation: Installation | None, repository_id: int | None
    ) -> None:
        """Hand over an event; an App without an address for webhooks gets none."""
        if not app.webhook_url:
            return
        body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
        number = installation.id if installation else None
        made = Delivery(
            next(self._ids), str(uuid.uuid4()), app, event, payload.get("action"), number, repository_id, body
        )
        self._send(made, self._faults.astray(event, repository_id))

    def again(self, app: App, number: int) -> bool:
        """Redeliver by the id of an attempt, with the same GUID; False when it isn't known."""
        found = self.find(app, number)
        if found is None:
            return False
        self._send(replace(found, id=next(self._ids), redelivery=True, at=time.time()), None)
        return True

    def release(self) -> None:
        """Send what a reorder still holds back."""
        with self._lock:
            held, self._held = self._held, []
            self._unsent += len(held)
        for each in held:
            self._queue.put((each, None))

    def find(self, app: App, number: int) -> Delivery | None:
        with self._lock:
            return next((each for each in self._kept[app.id] if each.id == number), None)

    def listed(self, app: App) -> list[Delivery]:
        """Newest first."""
        oldest = time.time() - KEPT
        with self._lock:
            kept = [each for each in self._kept[app.id] if each.at > oldest]
        return sorted(kept, key=lambda each: each.id, reverse=True)

    def wait_idle(self, seconds: float) -> bool:
        """Until everything handed over has been answered or given up."""
        with self._lock:
            return self._lock.wait_for(lambda: self._unsent == 0, seconds)

    def _send(self, made: Delivery, fate: Post | None) -> None:
        kind = fate.kind if fate else ""
        with self._lock:
            if kind == "reorder":
                self._held.append(made)
                return
            if kind == "lose":
                if fate and fate.recorded:
                    self._kept[made.app.id].append(replace(made, status="failed to connect to host", code=502))
                return
            batch = [made, made] if kind == "duplicate" else [made, *self._freed(made.repository_id)]
            self._unsent += len(batch)
        for each in batch:
            self._queue.put((each, fate if kind == "slow" else None))

    def _freed(self, repository: int | None) -> list[Delivery]:
        """What was held back of a repository, and is no longer."""
        freed = [each for each in self._held if each.repository_id == repository]
        self._held = [each for each in self._held if each.repository_id != repository]
        self._faults.shuffle(freed)
        return freed

    def _carry(self) -> None:
        wire = Wire()
        while True:
            made, fate = self._queue.get()
            if fate is not None:
                time.sleep(fate.seconds)
            done = wire.deliver(made)
            with self._lock:
                self._kept[made.app.id].append(done)
                self._unsent -= 1
                self._lock.notify_all()


class Wire:
    """One thread's connection to the receiver."""

    def __init__(self) -> None:
        self._connection: http.client.HTTPConnection | None = None
        self._address = ""
        self._used = 0.0

    def deliver(self, made: Delivery) -> Delivery:
        """The delivery with what came of it; every failure is an outcome, never an exception."""
        headers = _headers(made)
        began = time.perf_counter()
        outcome: dict[str, Any]
        try:
            answer, body = self._ask(made.app.webhook_url, made.payload, headers)
        except TimeoutError:
            outcome = {"status": "timed out", "code": 504}
            self._close()
        except (OSError, http.client.HTTPException):
            outcome = {"status": "failed to connect to host", "code": 502}
            self._close()
        else:
            good = 200 <= answer.status < 300
            word = "OK" if good else f"Invalid HTTP Response: {answer.status}"
            shown = {"response_headers": dict(answer.getheaders()), "response": body[:65_536].decode(errors="replace")}
            outcome = {"status": word, "code": answer.status, **shown}
        return replace(made, request_headers=headers, seconds=time.perf_counter() - began, **outcome)

    def _ask(self, url: str, payload: bytes, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
        parts = urlsplit(url)
        connection = self._connected(f"{parts.scheme}://{parts.netloc}")
        connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else "") or "/", payload, headers)
        answer = connection.getresponse()
        body = answer.read()
        self._used = time.monotonic()
        return answer, body

    def _connected(self, address: str) -> http.client.HTTPConnection:
        kept = self._connection
        fresh = kept is not None and address == self._address and time.monotonic() - self._used < IDLE
        # A readable idle socket is one that the other side has closed.
        if kept is not None and fresh and kept.sock is not None and not select.select([kept.sock], [], [], 0)[0]:
            return kept
        self._close()
        parts = urlsplit(address)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=LIMIT)
        self._address = address
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _headers(made: Delivery) -> dict[str, str]:
    headers = {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": f"GitHub-Hookshot/{made.app.slug[:7]}",
        "X-GitHub-Delivery": made.guid,
        "X-GitHub-Event": made.event,
        "X-GitHub-Hook-ID": str(made.app.id),
        "X-GitHub-Hook-Installation-Target-ID": str(made.app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
    }
    secret = made.app.webhook_secret.encode()
    if secret:
        headers["X-Hub-Signature"] = "sha1=" + hmac.new(secret, made.payload, hashlib.sha1).hexdigest()
        headers["X-Hub-Signature-256"] = "sha256=" + hmac.new(secret, made.payload, hashlib.sha256).hexdigest()
    return headers
