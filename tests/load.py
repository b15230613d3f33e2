"""Load by `wrk` for tests and benches: how many requests, and how many of them failed in any way."""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# wrk tells its script the sums at the end; what it prints itself leaves out the zeros.
_SCRIPT = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.stderr:write(string.format(
    '{"requests": %d, "seconds": %f, "p99": %f, "connect": %d, "read": %d, "write": %d, "timeout": %d, "status": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(99) / 1e6,
    e.connect, e.read, e.write, e.timeout, e.status))
end
"""


@dataclass(frozen=True)
class Load:
    """Sums over all connections; `seconds` it took, 99 % of answers within `p99` seconds.

    `connect`, `read` and `write` count socket errors, `timeout` answers later than 10 s, `status` those from 400 up.
    """

    requests: int
    seconds: float
    p99: float
    connect: int
    read: int
    write: int
    timeout: int
    status: int

    @property
    def failed(self) -> int:
        return self.connect + self.read + self.write + self.timeout + self.status


class LoadRun:
    """A load under way. `result` ends it if its time isn't over."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._load: Load | None = None

    def wait(self) -> Load:
        """Until its time is over."""
        if self._load is None:
            out, told = self._process.communicate()
            assert self._process.returncode == 0, out + told
            self._load = Load(**json.loads(told))
        return self._load

    def result(self) -> Load:
        """wrk ends early on SIGINT, with its sums."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        return self.wait()


@contextmanager
def load(
    url: str, host: str, *, connections: int = 64, keep_alive: bool = True, at_most: int = 600, pause: int = 0
) -> Iterator[LoadRun]:
    """GETs of `url` under the host name `host` in the background, until `result` is asked or `at_most` seconds passed.

    Each request has a connection of its own unless `keep_alive`. `pause`: milliseconds of each connection before each
    of its requests, where others need the machine as well.
    """
    headers = ["-H", f"Host: {host}"] + ([] if keep_alive else ["-H", "Connection: close"])
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "sums.lua"
        script.write_text(_SCRIPT + (f"delay = function() return {pause} end\n" if pause else ""))
        line = ["wrk", "-t2", f"-c{connections}", f"-d{at_most}s", "--timeout", "10s", "-s", str(script)]
        with subprocess.Popen([*line, *headers, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as wrk:
            try:
                yield LoadRun(wrk)
            finally:
                wrk.kill()
