"""Keys of deploy hooks: whoever has a service's key may have it deployed."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Select, select

from tidegate.store.asked_tables import deploy_hooks
from tidegate.store.database import Database
from tidegate.store.seal import Seal
from tidegate.store.upsert import upsert

#: As long as a digest, and none of any key that is known.
_NO_DIGEST = "0" * 64


class Hooks:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._put = upsert(database, deploy_hooks, key=["service_id"])

    def put(self, service_id: int, key: str, by: str, at: datetime) -> None:
        """From now on this key alone opens the service's hook. On the disk when this returns: it is handed out."""
        row = {
            "service_id": service_id,
            "digest": _digest(key),
            "sealed": self._seal.close(key),
            "made_at": at,
            "made_by": by,
        }
        with self._database.write(synced=True) as connection:
            connection.execute(self._put, row)

    def key(self, service_id: int) -> str | None:
        """None: the service has no hook. Raises CannotOpen."""
        with self._database.read() as connection:
            sealed = connection.execute(_of(deploy_hooks.c.sealed, service_id)).scalar()
        return None if sealed is None else self._seal.open(sealed, f"deploy hook of service {service_id}")

    def holds(self, service_id: int, key: str) -> bool:
        """Whether `key` opens the service's hook.

        Takes as long for a key that is nearly right as for one that is all wrong, and for a service without a hook.
        """
        with self._database.read() as connection:
            digest: str | None = connection.execute(_of(deploy_hooks.c.digest, service_id)).scalar()
        return hmac.compare_digest(digest or _NO_DIGEST, _digest(key))


def _of(column: Column[Any], service_id: int) -> Select[Any]:
    return select(column).where(deploy_hooks.c.service_id == service_id)


def _digest(key: str) -> str:
    # Keys are long and random: nobody finds one from its digest. Replaced, since a key from outside can be any text.
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
