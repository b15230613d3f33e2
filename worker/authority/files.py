"""What was had from the authority, in a directory beside the proxy's configuration. Each file is whole at any time."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tidegate.certificate import Failure, Held, Known
from worker.authority.place import CERTIFICATES, PLACE

_ENDING = ".pem"
_KNOWN = "known.json"


class AuthorityFiles:
    """`router`: the proxy's directory. Only the owner can read what is here."""

    def __init__(self, router: Path) -> None:
        self.directory = router / PLACE

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether nobody else is asking the authority now; if so, until the end of the block."""
        self.made()
        with (self.directory / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def known(self, directory: str) -> Known | None:
        """As it was noted last; None where nothing was (that can be read), or about another authority."""
        try:
            noted = json.loads((self.directory / _KNOWN).read_text())
            if noted["directory"] != directory:
                return None
            return Known(
                held={name: Held(*map(datetime.fromisoformat, times)) for name, times in noted["held"].items()},
                files=frozenset(noted["files"]),
                seen=noted["seen"],
                failures={name: _failure(*told) for name, told in noted["failures"].items()},
                orders=tuple(map(datetime.fromisoformat, noted["orders"])),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note(self, known: Known, directory: str) -> None:
        noted = {
            "directory": directory,
            "held": {name: [each.begins.isoformat(), each.ends.isoformat()] for name, each in known.held.items()},
            "files": sorted(known.files),
            "seen": known.seen,
            "failures": {
                name: [each.count, each.at.isoformat(), each.why, each.limited] for name, each in known.failures.items()
            },
            "orders": [each.isoformat() for each in known.orders],
        }
        self.write(_KNOWN, json.dumps(noted).encode())

    def made(self) -> Path:
        """Its directories are there; that of the certificates."""
        place = self.directory / CERTIFICATES
        for each in (self.directory, place):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    def certificates(self) -> dict[str, bytes]:
        """Those that the authority gave, by name."""
        place = self.made()
        return {each.name.removesuffix(_ENDING): each.read_bytes() for each in place.glob(f"[!.]*{_ENDING}")}

    def has(self, names: Iterable[str]) -> bool:
        """A certificate for each."""
        return all((self.directory / CERTIFICATES / f"{name}{_ENDING}").exists() for name in names)

    def put(self, name: str, pem: bytes) -> None:
        self.write(f"{CERTIFICATES}/{name}{_ENDING}", pem)

    def remove(self, name: str) -> None:
        (self.directory / CERTIFICATES / f"{name}{_ENDING}").unlink(missing_ok=True)

    def write(self, name: str, text: bytes) -> None:
        self.made()
        place = self.directory / name
        # HAProxy leaves files alone whose names begin with a full stop.
        new = place.with_name(f".{place.name}.new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(place)


def _failure(count: int, at: str, why: str, limited: object) -> Failure:
    return Failure(count, datetime.fromisoformat(at), why, limited=bool(limited))
