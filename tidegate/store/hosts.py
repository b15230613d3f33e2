"""Docker hosts that take nothing new, or are to be left: what somebody has asked for. The rest is in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from tidegate.placement import Admission
from tidegate.store.database import Database
from tidegate.store.tables import hosts
from tidegate.store.upsert import upsert


@dataclass(frozen=True)
class Closed:
    """Never OPEN. `actor` has asked for it at `at`."""

    name: str
    admission: Admission
    actor: str
    at: datetime


class Hosts:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = upsert(database, hosts, key=["name"])

    def closed(self) -> Mapping[str, Closed]:
        """By name; those that are not in it are open."""
        with self._database.read() as connection:
            rows = connection.execute(select(hosts.c.name, hosts.c.admission, hosts.c.actor, hosts.c.at))
            return {row.name: Closed(*row) for row in rows}

    def admit(self, name: str, admission: Admission, actor: str, at: datetime) -> None:
        """From now on the host takes that, whatever it took before."""
        with self._database.write() as connection:
            if admission is Admission.OPEN:
                connection.execute(delete(hosts).where(hosts.c.name == name))
            else:
                connection.execute(self._put, vars(Closed(name, admission, actor, at)))
