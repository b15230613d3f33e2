"""The way to one Docker Engine, and what its errors mean to us.

Clients are made lazily and one a thread, and never cross a fork: a connection that two processes share mixes answers.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import requests
import urllib3
from docker import APIClient
from docker.errors import APIError, DockerException
from docker.tls import TLSConfig

from worker.hosts.tunnel import Tunnel
from worker.ports import Away, Refused, Unavailable

#: Seconds for one answer. Streams (builds, logs) have no limit of their own; their callers do.
ANSWER_TIMEOUT = 60

#: Seconds to connect and for an answer over a network: a link that is cut says nothing, and who waits for it holds
#: others up. After such a silence everybody is told at once that the host can't be reached, for so many seconds.
_AFAR = (5, 30)
_SILENCE = 5.0

_UNIX = "unix://"
_FULL = "no space left on device"
#: What a container's start is refused with for reasons in its own image or command; the engine files some under 5xx.
_USERS_FAULT = (
    "oci runtime create failed",
    "executable file not found",
    "exec format error",
    "no such file or directory",
)


class _Client(APIClient):
    """docker-py without `requests`' trust in the environment: REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, HTTP_PROXY and .netrc
    are about the web, and silently override the certificates of a Docker host."""

    @property
    def trust_env(self) -> bool:
        return False

    @trust_env.setter
    def trust_env(self, value: bool) -> None:
        """requests.Session sets this while it is made."""


class Connection:
    """Clients of the engine at `url` (unix://, tcp:// or ssh://), called `name` in messages; `address`, `certificates`
    and `tunnel` as DockerEngine has them."""

    def __init__(
        self,
        name: str,
        url: str,
        *,
        address: str | None = None,
        certificates: str | None = None,
        tunnel: Tunnel | None = None,
    ) -> None:
        self.name = name
        self.url = url
        self.address = address
        self.certificates = certificates
        self._tunnel = tunnel
        self._opening = threading.Lock()
        self._threads = threading.local()
        #: Where the engine keeps everything, on its own machine; noted by whoever has asked.
        self.root: str | None = None
        self._version: str | None = None
        self._silent_until = 0.0
        self._silence = ""

    @property
    def local(self) -> bool:
        """Whether the engine runs on this machine, so that its containers' addresses and processes are in reach."""
        return self.url.startswith(_UNIX)

    def client(self) -> APIClient:
        """This thread's client. Raises Unavailable where the engine doesn't answer."""
        self.entrance()
        mine: tuple[int, APIClient] | None = getattr(self._threads, "client", None)
        if mine is None or mine[0] != os.getpid():
            mine = (os.getpid(), self.fresh_client())
            self._threads.client = mine
        return mine[1]

    def fresh_client(self, answer: float | None = None) -> APIClient:
        """A client for one use, whose connections may be cut without harm to others. The caller closes it. `answer`:
        seconds for one that takes longer than others, and for each piece of what is sent."""
        url = self.entrance()
        with self.translated():
            if url.startswith(_UNIX):
                # docker-py forgets a socket that doesn't connect, and wraps the reason three times.
                with socket.socket(socket.AF_UNIX) as attempt:
                    attempt.connect(url.removeprefix(_UNIX))
            client = _Client(
                base_url=url,
                # An answer that may take long is asked for on a connection that the version was asked for on: a host
                # that isn't there is found as soon as otherwise.
                version=self._version if self._version and answer is None else "auto",
                timeout=self._patience(),  # type: ignore[arg-type]  # requests' own pair
                tls=self._tls() or False,
            )
            self._version = client.api_version
            if answer is not None:
                # No pair: urllib3 sends under the first of it, and 1 MiB takes a slow link longer than it connects.
                client.timeout = answer  # type: ignore[assignment]  # stubbed as an int
            return client

    def entrance(self) -> str:
        """The URL at which a client on this machine gets to the engine. Raises Unavailable where there is no way."""
        self._check_silence()
        if self._tunnel is None:
            return self.url
        with self._opening:  # who waits while another finds that there is no way is told so, too
            self._check_silence()
            with self.translated():
                return self._tunnel.open()

    def _patience(self) -> float | tuple[float, float]:
        if self.local:
            return ANSWER_TIMEOUT
        connect, answer = _AFAR
        return (connect, answer) if self._tunnel is None else answer

    def _tls(self) -> TLSConfig | None:
        """Both sides prove who they are."""
        if self.certificates is None:
            return None
        ca, certificate, key = (str(Path(self.certificates, name)) for name in ("ca.pem", "cert.pem", "key.pem"))
        return TLSConfig(client_cert=(certificate, key), ca_cert=ca, verify=True)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turns every error of docker-py and of the transport below it into the ports' own two."""
        try:
            yield
        except APIError as error:
            raise self.verdict(str(error.explanation or error), error.status_code) from error
        except (DockerException, requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            self._silence = f"{type(error).__name__}: {error}"
            if not self.local:
                self._silent_until = monotonic() + _SILENCE
            raise self.verdict(self._silence, None) from error

    def _check_silence(self) -> None:
        if monotonic() < self._silent_until:
            raise self.verdict(self._silence, None)

    def verdict(self, explanation: str, status: int | None) -> Refused | Unavailable:
        """What the engine's words mean. `status` is the HTTP status, None where there was no answer at all."""
        if _FULL in explanation.lower():
            return self.full()
        if status is None:
            where = f"Docker host {self.name} at {self.url} can't be reached ({explanation}). Is it running?"
            return Away(f"Docker host {self.name} can't be reached. Is it running?", detail=where)
        users_fault = status < 500 or any(sign in explanation.lower() for sign in _USERS_FAULT)
        if users_fault:
            return Refused(f"Docker host {self.name} refused: {explanation}")
        return Unavailable(f"Docker host {self.name} failed: {explanation}")

    def full(self) -> Unavailable:
        return Unavailable(
            f"Docker host {self.name} is out of disk space. Make room there: `tidegate clean --urgent` removes what"
            " Tidegate can do without, and `docker system df` tells what else there is. Then redeploy."
        )
