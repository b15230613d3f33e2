"""Load by `wrk` for tests and benches: how many requests, and how many of them failed in any way."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# wrk tells its script the sums at the end; its printed summary leaves out what is zero.
_SCRIPT = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.stderr:write(string.format(
    '{"requests": %d, "connect": %d, "read": %d, "write": %d, "timeout": %d, "status": %d, "p99": %d}',
    summary.requests, e.connect, e.read, e.write, e.timeout, e.status, latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Load:
    """Sums over all connections. `status` counts answers of 400 and above; `p99` is in microseconds."""

    requests: int
    connect: int
    read: int
    write: int
    timeout: int
    status: int
    p99: int

    @property
    def failed(self) -> int:
        return self.connect + self.read + self.write + self.timeout + self.status


class Running:
    """Under way; `result` may be asked once the `with` block has ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._result: Load | None = None

    @property
    def going(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> Load:
        """Until the duration is over."""
        if self._result is None:
            out, told = self._process.communicate()
            assert self._process.returncode == 0, out + told
            self._result = Load(**json.loads(told))
        return self._result


@contextmanager
def load(url: str, host: str, *, seconds: int, connections: int = 64, keep_alive: bool = True) -> Iterator[Running]:
    """GETs of `url` with the host name `host`, in the background; each request on a connection of its own unless
    `keep_alive`. The block's end waits for the load's."""
    headers = ["-H", f"Host: {host}"] + ([] if keep_alive else ["-H", "Connection: close"])
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "sums.lua"
        script.write_text(_SCRIPT)
        line = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script), *headers, url]
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            running = Running(process)
            try:
                yield running
                running.wait()
            finally:
                process.kill()
