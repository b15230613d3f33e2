"""One pass: what is due is asked for, one name after the other, each kept as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tidegate.acme import Acme
from tidegate.certificate import AUTHORITY, Held, Known, covers, due
from worker.authority.client import Away, Declined
from worker.authority.files import AuthorityFiles
from worker.ports import Clock
from worker.router.files import RouterFiles

#: Told of a name where the order was cut short, by a kill or a crash.
CUT_SHORT = "it was being asked for when that was cut short"
_KEY = b"-----BEGIN PRIVATE KEY"

_log = structlog.get_logger(__name__)


class Giver(Protocol):
    """client.Authority."""

    def certificate(self, name: str) -> bytes: ...


class Pass:
    """`ask` makes the authority's client, when something is due."""

    def __init__(self, router: RouterFiles, acme: Acme, ask: Callable[[], Giver], clock: Clock) -> None:
        self._router = router
        self._acme = acme
        self._ask = ask
        self._clock = clock
        self._files = AuthorityFiles(router.directory)
        self._known = Known()
        self._giver: Giver | None = None

    def run(self, wanted: Sequence[str]) -> None:
        """Nothing, where another process is at it."""
        with self._files.turn() as ours:
            if not ours:
                return
            self._look(frozenset(wanted))
            for name in due(wanted, self._known, self._clock.now()):
                if not self._asked_for(name):
                    break

    def _look(self, wanted: frozenset[str]) -> None:
        """Files tell what is there. What a certificate from a file covers is the file's, and what nobody wants goes
        when it has ended."""
        now = self._clock.now()
        before = self._files.known(self._acme.directory) or Known()
        seen = self._router.certificates_seen()  # before they are read: what changes meanwhile is looked at again
        files = frozenset(name for text in self._router.certificates() for name in _names(text))
        known = Known(files=files, seen=seen, failures=before.failures, orders=before.orders)
        held: dict[str, Held] = {}
        for name, pem in self._files.certificates().items():
            times = _times_if_good(name, pem)
            if times is None or known.covered(name) or (name not in wanted and now >= times.ends):
                with self._router.changing_certificates():
                    self._files.remove(name)
            elif pem.startswith(_origin(self._acme)):
                held[name] = times
        failures = {name: each for name, each in before.failures.items() if name in {*wanted, AUTHORITY}}
        self._note(replace(known, held=held, failures=failures))

    def _asked_for(self, name: str) -> bool:
        """Whether the authority is there for more."""
        before = self._known
        self._note(before.asking(name, self._clock.now(), CUT_SHORT))
        try:
            if self._giver is None:
                self._giver = self._ask()
            pem = _origin(self._acme) + self._giver.certificate(name)
            times = _times(name, pem)
        except Away as trouble:
            _log.warning("the authority can't be asked for certificates", why=str(trouble))
            self._note(replace(before, orders=self._known.orders).failed(AUTHORITY, self._clock.now(), str(trouble)))
            return False
        except Declined as refusal:
            _log.warning("the authority gives no certificate", name=name, why=str(refusal))
            self._note(self._known.because(name, str(refusal), limited=refusal.limited))
            return True
        with self._router.changing_certificates():
            self._files.put(name, pem)
        self._note(self._known.gained(name, times))
        _log.info("the authority gave a certificate", name=name)
        return True

    def _note(self, known: Known) -> None:
        self._known = known
        self._files.note(known, self._acme.directory)


def _origin(acme: Acme) -> bytes:
    """A line before the certificate, which whoever reads PEM passes over: another authority's is to be replaced."""
    return f"From {acme.directory}\n".encode()


def _times(name: str, pem: bytes) -> Held:
    """Of a whole file the first certificate is the server's own. Raises Declined where it isn't good: it would keep the
    proxy from starting."""
    try:
        certificate, *_ = x509.load_pem_x509_certificates(pem)
        key = load_pem_private_key(pem[pem.find(_KEY) :], None)
    except ValueError as trouble:
        raise Declined(f"what it gave can't be read: {trouble}") from trouble
    if certificate.public_key() != key.public_key() or not any(covers(each, name) for each in _names(pem)):
        raise Declined("what it gave is another's certificate")
    return Held(certificate.not_valid_before_utc, certificate.not_valid_after_utc)


def _times_if_good(name: str, pem: bytes) -> Held | None:
    try:
        return _times(name, pem)
    except Declined as trouble:
        _log.error("a certificate is broken, and asked for again", name=name, why=str(trouble))
        return None


def _names(pem: bytes) -> list[str]:
    extensions = x509.load_pem_x509_certificate(pem).extensions
    try:
        told = extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return [name.lower() for name in told.value.get_values_for_type(x509.DNSName)]
