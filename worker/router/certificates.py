"""Certificates from files: the good ones are held beside the proxy's configuration, so that a file which is torn, or
half renewed, takes nothing from what is served, nor keeps the proxy from starting again.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import structlog

_ENDING = ".pem"

log = structlog.get_logger(__name__)


class Unusable(Exception):
    """There is no certificate to serve with. The message says what is wrong, and with which file."""


def renew(source: Path, held: Path) -> bool:
    """Brings the directory `held` to the good files of `source`; whether anything changed. A file that isn't good, and
    a directory that is empty, changes nothing of what is held. Raises Unusable where nothing is held at the end."""
    held.mkdir(mode=0o700, parents=True, exist_ok=True)
    found, trouble = _read(source)
    changed = [name for name, text in found.items() if _taken(held, name, text, trouble)]
    if found:
        gone = [each for each in held.glob(f"*{_ENDING}") if each.name not in found]
        for each in gone:
            each.unlink()
        changed += [each.name for each in gone]
    if not any(held.glob(f"*{_ENDING}")):
        raise Unusable(f"{source} (TIDEGATE_TLS) has no certificate: {'; '.join(trouble) or f'no file *{_ENDING}'}")
    for why in trouble:
        log.warning("a certificate is left as it was", why=why)
    return bool(changed)


def ends(source: Path) -> dict[str, datetime | str]:
    """When the certificate of each file ends, or why the file can't be used, by its name. For the check-up."""
    from cryptography.x509 import load_pem_x509_certificate  # here, for memory: every worker has this module

    found, trouble = _read(source)
    told: dict[str, datetime | str] = {str(source): each for each in trouble}
    for name in found:
        why = _wrong(source / name)
        # Of a whole file the first certificate is the server's own.
        told[name] = why or load_pem_x509_certificate(found[name]).not_valid_after_utc
    return told


def seen(held: Path) -> str:
    """By what a change of the good files is known."""
    if not held.is_dir():
        return ""
    stats = ((each.name, each.stat()) for each in sorted(held.glob(f"[!.]*{_ENDING}")))
    return " ".join(f"{name}:{stat.st_mtime_ns}:{stat.st_size}" for name, stat in stats)


def good(held: Path) -> list[bytes]:
    return [each.read_bytes() for each in sorted(held.glob(f"[!.]*{_ENDING}"))]


def _read(source: Path) -> tuple[dict[str, bytes], list[str]]:
    """By file name; and what could not be read."""
    found: dict[str, bytes] = {}
    trouble: list[str] = []
    try:
        for path in sorted(source.glob(f"[!.]*{_ENDING}")):
            found[path.name] = path.read_bytes()
    except OSError as error:
        trouble.append(f"{error.filename}: {error.strerror}")
        return {}, trouble
    return found, trouble


def _taken(held: Path, name: str, text: bytes, trouble: list[str]) -> bool:
    """Whether it is good, and new."""
    place = held / name
    with suppress(FileNotFoundError):
        if place.read_bytes() == text:
            return False
    # HAProxy leaves files alone whose names begin with a full stop.
    new = held / f".{name}.new"
    new.touch(mode=0o600)
    new.write_bytes(text)
    why = _wrong(new)
    if why is not None:
        new.unlink()
        trouble.append(f"{name}: {why}")
        return False
    new.replace(place)
    return True


def _wrong(file: Path) -> str | None:
    """None where it holds a certificate with the key that belongs to it."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(file, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as error:
        return _why(error)
    return None


def _no_password() -> str:
    """A key that is encrypted can't be used: nobody is there to type."""
    raise ValueError("its key is encrypted")


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    if reason == "KEY_VALUES_MISMATCH":
        return "key and certificate don't belong together"
    return str(reason or error) if str(error) != "" else "it holds no certificate with its key"
