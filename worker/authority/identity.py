"""Who we are to the authority, and what the proxy shows where it has no certificate: made once, and kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from josepy.b64 import b64encode
from josepy.jwk import JWKEC

from worker.authority.files import AuthorityFiles
from worker.authority.place import ACCOUNT, NONE, THUMBPRINT

#: Says to whom it is shown what is the matter.
_SAYS = "Tidegate has no certificate for this name yet"


def ensure(files: AuthorityFiles) -> None:
    """Makes what is missing."""
    if not (files.directory / ACCOUNT).exists():
        files.write(ACCOUNT, new_key())
    if not (files.directory / NONE).exists():
        files.write(NONE, _self_signed())
    files.write(THUMBPRINT, b64encode(account(files).thumbprint()))


def account(files: AuthorityFiles) -> JWKEC:
    """Its key. FileNotFoundError before ensure()."""
    key = load_pem_private_key((files.directory / ACCOUNT).read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey), "it is ours"
    return JWKEC(key=key)


def new_key() -> bytes:
    """As PEM."""
    return _pem(ec.generate_private_key(ec.SECP256R1()))


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _self_signed() -> bytes:
    """Nobody trusts it, and it is good for no name; so its end is far away."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _SAYS)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=3650))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM) + _pem(key)
