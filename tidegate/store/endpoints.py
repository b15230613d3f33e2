"""Addresses that a repository's news are sent to, and what each of its services wants to have told.

A person who set one won't be asked again, so it is on the disk before that is said to be done.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Update, delete, insert, select, update

from tidegate.notification import Channel, Endpoint, Secrets, Wants
from tidegate.store.database import Database
from tidegate.store.notification_tables import endpoints, notification_choices, outgoing, outgoing_attempts
from tidegate.store.seal import Seal
from tidegate.store.upsert import upsert


class Endpoints:
    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._choose = upsert(database, notification_choices, key=["repository_id", "service"])

    def add(self, new: Endpoint) -> None:
        row = {
            "id": new.id,
            "repository_id": new.repository_id,
            "channel": new.channel,
            "sealed": self._close(new.address, new.secrets),
            "wants": new.wants,
            "created_by": new.created_by,
            "created_at": new.created_at,
        }
        with self._database.write(synced=True) as connection:
            connection.execute(insert(endpoints).values(**row))

    def get(self, endpoint_id: str) -> Endpoint | None:
        """Raises CannotOpen."""
        with self._database.read() as connection:
            row = connection.execute(select(endpoints).where(endpoints.c.id == endpoint_id)).one_or_none()
        return None if row is None else self._open(row)

    def of_repository(self, repository_id: int) -> list[Endpoint]:
        """The oldest first. Raises CannotOpen."""
        found = select(endpoints).where(endpoints.c.repository_id == repository_id).order_by(endpoints.c.created_at)
        with self._database.read() as connection:
            rows = connection.execute(found).all()
        return [self._open(row) for row in rows]

    def want(self, endpoint_id: str, wants: Wants) -> None:
        self._update(_of(endpoint_id).values(wants=wants))

    def enable(self, endpoint_id: str) -> None:
        """As if nothing had failed; what was given up stays so."""
        self._update(_of(endpoint_id).values(disabled=None, failing_since=None, rests_until=None))

    def replace_secret(self, endpoint_id: str, secret: str, until: datetime) -> bool:
        """Signed with both until then. False: there is no such webhook. Raises CannotOpen."""
        locked = select(endpoints).where(endpoints.c.id == endpoint_id).with_for_update()
        with self._database.write(synced=True) as connection:
            row = connection.execute(locked).one_or_none()
            before = None if row is None else self._open(row)
            if before is None or before.secrets is None:
                return False
            both = Secrets(secret, before.secrets.current, until)
            connection.execute(_of(endpoint_id).values(sealed=self._close(before.address, both)))
        return True

    def delete(self, endpoint_id: str) -> None:
        """With all that was sent there or was to be."""
        its = select(outgoing.c.id).where(outgoing.c.endpoint_id == endpoint_id)
        with self._database.write(synced=True) as connection:
            connection.execute(delete(outgoing_attempts).where(outgoing_attempts.c.message_id.in_(its)))
            connection.execute(delete(outgoing).where(outgoing.c.endpoint_id == endpoint_id))
            connection.execute(delete(endpoints).where(endpoints.c.id == endpoint_id))

    def choices(self, repository_id: int) -> dict[str, Wants]:
        """By service, of those that don't leave it to the addresses."""
        found = select(notification_choices).where(notification_choices.c.repository_id == repository_id)
        with self._database.read() as connection:
            return {row.service: row.wants for row in connection.execute(found)}

    def choose(self, repository_id: int, service: str, wants: Wants | None) -> None:
        """None leaves it to the addresses."""
        its = notification_choices.c.repository_id == repository_id, notification_choices.c.service == service
        with self._database.write(synced=True) as connection:
            if wants is None:
                connection.execute(delete(notification_choices).where(*its))
            else:
                row = {"repository_id": repository_id, "service": service, "wants": wants}
                connection.execute(self._choose, row)

    def _update(self, change: Update) -> None:
        with self._database.write(synced=True) as connection:
            connection.execute(change)

    def _close(self, address: str, secrets: Secrets | None) -> bytes:
        told: dict[str, Any] = {"address": address}
        if secrets is not None:
            until = secrets.previous_until
            told["secrets"] = [secrets.current, secrets.previous, until.isoformat() if until else None]
        return self._seal.close(json.dumps(told))

    def _open(self, row: Row[Any]) -> Endpoint:
        told = json.loads(self._seal.open(row.sealed, f"address {row.id} of notifications"))
        secrets = None
        if "secrets" in told:
            current, previous, until = told["secrets"]
            secrets = Secrets(current, previous, datetime.fromisoformat(until) if until else None)
        return Endpoint(
            id=row.id,
            repository_id=row.repository_id,
            channel=Channel(row.channel),
            address=told["address"],
            wants=row.wants,
            created_by=row.created_by,
            created_at=row.created_at,
            secrets=secrets,
            failing_since=row.failing_since,
            rests_until=row.rests_until,
            disabled=row.disabled,
        )


def _of(endpoint_id: str) -> Update:
    return update(endpoints).where(endpoints.c.id == endpoint_id)
