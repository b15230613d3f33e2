"""Runs git for the fetch step: by nobody's configuration, with the token where only git sees it, and with git's many
ways to fail told in the ports' two words.

The token goes through the environment (GIT_CONFIG_COUNT, git-config(1)): arguments are for all to see, files stay.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies  # noqa: TID251 - reads settings, asks nothing

from worker.child import running
from worker.ports import Refused, Unavailable
from worker.until import PULSE, Until

#: Seconds without progress (1 kB/s) after which a transfer is given up.
_STALLED = 60
_CONFIGURATION = {
    # Only what repositories are served by: `file` or `ext` in a submodule's address would reach into this machine.
    "protocol.allow": "never",
    "protocol.http.allow": "always",
    "protocol.https.allow": "always",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": str(_STALLED),
    "core.hooksPath": "/dev/null",
    # A mirror is a cache: what a power cut spoils is fetched again, and nothing is worth waiting for the disk.
    "core.fsync": "none",
    "gc.auto": "0",
    "advice.detachedHead": "false",
}
_NO_TOKEN = re.compile(r"returned error: 40[13]|Authentication failed|could not read Username")
_GONE = re.compile(r"repository '.*' not found|returned error: 4(?:04|10)")
_NO_COMMIT = re.compile(r"not our ref|couldn't find remote ref|unadvertised object|no such remote ref")
_NETWORK = re.compile(
    r"Could not resolve|Failed to connect|Couldn't connect|Connection (?:refused|reset|timed out)|returned error: \d+"
    r"|early EOF|hung up|RPC failed|timed out|too slow|SSL|TLS|unable to access|Empty reply",
    re.IGNORECASE,
)
#: What no git writes by itself: a directory called .git, a link called .gitmodules.
_BAD_TREE = re.compile(r"invalid path '")
#: A checkout keeps the reason to itself where a write came up short.
_FULL = re.compile("No space left on device|Disk quota exceeded|unable to write file", re.IGNORECASE)


@dataclass(frozen=True)
class Remote:
    """An https (or http) URL without credentials, and the token for it, if any; `name` is what a user calls it."""

    name: str
    url: str
    token: str | None

    def credentials(self) -> dict[str, str]:
        """Configuration that sends the token to this host alone, with the very first request."""
        if self.token is None:
            return {}
        place = urlsplit(self.url)
        basic = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        return {f"http.{place.scheme}://{place.netloc}/.extraHeader": f"Authorization: Basic {basic}"}


class TokenRefused(Refused):
    """The other side doesn't take the token: it was revoked or has expired early, or its App may not read there."""


class Unexplained(Exception):
    """git failed, and neither the other side nor the disk is to blame: the mirror is broken."""


def git(*arguments: str, until: Until, remote: Remote | None = None, **variables: str) -> bytes:
    """What git printed. `variables` are added to its environment. Raises Refused, Unavailable or Unexplained, and what
    `until` raises."""
    credentials = {} if remote is None else remote.credentials()
    environment = {**_environment(), **_configured({**_CONFIGURATION, **credentials}), **variables}
    with running(["git", *arguments], environment) as process:
        output, errors = _ended(process, until)
    if process.returncode != 0:
        raise _verdict(errors.decode(errors="replace"), remote)
    return output


def _ended(process: subprocess.Popen[bytes], until: Until) -> tuple[bytes, bytes]:
    while True:
        try:
            return process.communicate(timeout=PULSE)
        except subprocess.TimeoutExpired:
            until.check()


def _environment() -> dict[str, str]:
    """No home, so neither .netrc nor .gitconfig; proxies are the machine's own matter and stay."""
    proxies = {f"{scheme}_proxy": address for scheme, address in getproxies().items()}
    return {
        **proxies,
        "PATH": os.pathsep.join(os.get_exec_path()),
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
    }


def _configured(values: Mapping[str, str]) -> dict[str, str]:
    environment = {"GIT_CONFIG_COUNT": str(len(values))}
    for index, (key, value) in enumerate(values.items()):
        environment[f"GIT_CONFIG_KEY_{index}"] = key
        environment[f"GIT_CONFIG_VALUE_{index}"] = value
    return environment


def _verdict(errors: str, remote: Remote | None) -> Exception:
    """git's last words, which never hold the token: it stands in no URL."""
    last = errors.strip().rpartition("\n")[2] or "git ended without a word"
    if _FULL.search(errors):
        return disk_full()
    if _BAD_TREE.search(errors):
        return Refused(f"git refuses what is in this commit: {last}")
    if remote is None:
        return Unexplained(last)
    if _NO_COMMIT.search(errors):
        return Refused(f"{remote.name} doesn't have this commit any more. Was the branch force-pushed? Push again.")
    if _NO_TOKEN.search(errors):
        return TokenRefused(
            f"GitHub refused our token for {remote.name}. Check that the App is installed for it with Contents: read"
            f" ({last})."
        )
    if _GONE.search(errors):
        return Refused(f"{remote.name} is gone, or the App has no access to it any more. Check the App's installation.")
    if _NETWORK.search(errors):
        return Unavailable(f"{remote.name} can't be fetched just now: {last}")
    return Unexplained(last)


def disk_full() -> Unavailable:
    return Unavailable("This machine's disk is full (TIDEGATE_DATA). Free some space; then redeploy.")
