"""Certificates for tests, signed by an authority that the tests' clients trust."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_NOW = datetime.datetime.now(datetime.UTC)


class Authority:
    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "An authority for tests")])
        self._own = self._signed(self._name, self._key.public_key(), x509.BasicConstraints(ca=True, path_length=0))

    def pem(self, *names: str) -> bytes:
        """A new certificate for these host names, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        names_ = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        made = self._signed(x509.Name([]), key.public_key(), names_)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return made.public_bytes(Encoding.PEM) + private

    @property
    def certificate(self) -> bytes:
        """Its own, as PEM."""
        return self._own.public_bytes(Encoding.PEM)

    def trusting(self) -> ssl.SSLContext:
        """For a client."""
        return ssl.create_default_context(cadata=self.certificate.decode())

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, extension: x509.ExtensionType
    ) -> x509.Certificate:
        builder = x509.CertificateBuilder(self._name, subject, key, x509.random_serial_number())
        builder = builder.not_valid_before(_NOW - datetime.timedelta(days=1))
        builder = builder.not_valid_after(_NOW + datetime.timedelta(days=9))
        # Who has no name of their own is told by the extension, which then is critical: RFC 5280, 4.2.1.6.
        return builder.add_extension(extension, critical=True).sign(self._key, hashes.SHA256())


def serial(certificate: bytes) -> int:
    """Of a PEM's first certificate."""
    return x509.load_pem_x509_certificate(certificate).serial_number


def put(path: Path, text: bytes) -> None:
    """As a renewal does it: the file is never half there."""
    new = path.with_suffix(".new")
    new.write_bytes(text)
    new.replace(path)
