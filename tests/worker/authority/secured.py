"""A service and a dashboard behind a real proxy that has its certificates from an authority."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

import httpx
from cryptography import x509

from tests.fakes.clock import FakeClock
from tests.worker.authority.pebble import Pebble
from tests.worker.router.origins import Origins
from tests.worker.router.proxy import Proxy, free_port
from tests.worker.router.service import Service
from tidegate.acme import Acme
from tidegate.certificate import Known
from tidegate.door import Tls
from worker.authority.client import Authority
from worker.authority.files import AuthorityFiles
from worker.authority.identity import account
from worker.authority.run import Pass
from worker.router.files import RouterFiles

DASHBOARD = "deploy.test"


class Secured:
    """`asked`: how often a client of the authority was made."""

    def __init__(self, data: Path, pebble: Pebble, servers: Origins, acme: Acme) -> None:
        self._pebble = pebble
        self._acme = acme
        address, port = servers.start("the dashboard")
        self.tls = Tls(f"127.0.0.1:{free_port()}", None, None, DASHBOARD, f"{address}:{port}", acme)
        self.port = int(self.tls.bind.rpartition(":")[2])
        self.proxy = Proxy(data, self.tls, pebble.http_port)
        self.files = AuthorityFiles(self.proxy.directory)
        self.clock = FakeClock(datetime.now(UTC))
        self.asked = 0
        self.proxy.start()
        self.service = Service(self.proxy, servers)
        self.service.deploy("one")

    def certify(self, *names: str) -> None:
        """One pass, and the router's next turn."""
        Pass(RouterFiles(self.proxy.directory, self.proxy.bind, self.tls), self._acme, self._ask, self.clock).run(names)
        self.service.apply()

    def known(self) -> Known:
        known = self.files.known(self._acme.directory)
        assert known is not None
        return known

    def served(self, host: str) -> int:
        """The serial number of the certificate that it is met with; ssl.SSLError where the authority's root doesn't
        stand for it."""
        return self._certificate(host, self._pebble.trusting()).serial_number

    def shown(self, host: str) -> str:
        """Whose certificate it is met with, whoever made it."""
        anyone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
        return self._certificate(host, anyone).subject.rfc4514_string()

    def ask(self, host: str) -> str:
        with httpx.Client(verify=self._pebble.trusting(), trust_env=False, timeout=20) as client:
            url = f"https://127.0.0.1:{self.port}/"
            return client.get(url, headers={"Host": host}, extensions={"sni_hostname": host}).text

    def _certificate(self, host: str, context: ssl.SSLContext) -> x509.Certificate:
        with (
            socket.create_connection(("127.0.0.1", self.port), 20) as plain,
            context.wrap_socket(plain, server_hostname=host) as met,
        ):
            told = met.getpeercert(binary_form=True)
        assert told
        return x509.load_der_x509_certificate(told)

    def _ask(self) -> Authority:
        self.asked += 1
        return Authority(self._acme, account(self.files))
