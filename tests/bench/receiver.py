"""How fast webhooks are taken in, durable and deduplicated, against bare Flask that only checks their signature.

Both run under gunicorn with the product's own settings and are loaded in turns by wrk with 16 connections.
`python -m tests.bench.receiver` prints the result.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.webapp.product import ENVIRONMENT, SECRET_KEYS, redis_server, web_server
from tidegate.store import open_store
from webapp.signature import sign

CONNECTIONS = 16
#: Bytes of a push with a few commits, as GitHub sends it.
SIZE = 18_600


@dataclass(frozen=True)
class Run:
    rps: float
    p99_ms: float


def measure(runs: int = 5, seconds: int = 4) -> dict[str, float]:
    """Medians of `runs` interleaved runs of each. Raises where a request failed."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tidegate-bench-")))
        body = directory / "push.json"
        body.write_bytes(push(SIZE))
        bare = stack.enter_context(web_server("tests.bench.bare:app", ENVIRONMENT))
        environment = {
            **ENVIRONMENT,
            "DATABASE_URL": f"sqlite:///{directory}/tidegate.db",
            "REDIS_URL": stack.enter_context(redis_server(directory)),
        }
        store = open_store(environment["DATABASE_URL"], SECRET_KEYS)
        store.migrate()
        store.close()
        ours = stack.enter_context(web_server("webapp.wsgi:app", environment))
        load(bare, body, "warm-bare", 1)
        load(ours, body, "warm-ours", 1)
        pairs = [(load(bare, body, f"bare{n}", seconds), load(ours, body, f"ours{n}", seconds)) for n in range(runs)]
    return {
        "rps_bare": median(run.rps for run, _ in pairs),
        "rps_ours": median(run.rps for _, run in pairs),
        "p99_bare_ms": median(run.p99_ms for run, _ in pairs),
        "p99_ours_ms": median(run.p99_ms for _, run in pairs),
        "runs": runs,
    }


def push(size: int) -> bytes:
    """A push's payload in its outline, filled up with commits to `size` bytes or a little more."""
    commits: list[dict[str, object]] = []
    payload = {"ref": "refs/heads/main", "after": "0" * 40, "repository": {"id": 1}, "commits": commits}
    while len(made := json.dumps(payload, ensure_ascii=False).encode()) < size:
        number = len(commits)
        author = {"name": "Mona Lisa", "email": "mona@example.com", "username": "mona"}
        files = [f"services/api/src/module_{number}_{each}.py" for each in range(8)]
        commits.append({"id": f"{number:040x}", "message": f"Change № {number}", "author": author, "modified": files})
    return made


def load(base: str, body: Path, name: str, seconds: int) -> Run:
    """One run of wrk, in which every request must be answered with 2xx."""
    signature = sign(ENVIRONMENT["GITHUB_WEBHOOK_SECRET"].encode(), body.read_bytes())
    script = str(Path(__file__).with_name("webhooks.lua"))
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "--latency", "-s", script, base, "--"]
    done = subprocess.run([*command, str(body), signature, name], check=True, capture_output=True, text=True)
    result = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    rps, p99, _, failed = result.split()[1:]
    if int(failed):
        raise AssertionError(f"{failed} requests failed:\n{done.stdout}")
    return Run(float(rps), float(p99))


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
