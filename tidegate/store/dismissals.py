"""Services that are removed by hand: each of their environments is marked, and forgotten once nothing of it runs."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, select, update

from tidegate.repository import Environment, TimelineEntry
from tidegate.store.asked_tables import deploy_hooks
from tidegate.store.database import Database
from tidegate.store.deployment_table import IS_UNFINISHED, deployments
from tidegate.store.environments import as_environment
from tidegate.store.tables import environments, group_variables, services, snapshots, variables
from tidegate.store.timeline import add_entry
from tidegate.store.upsert import insert_new


class Dismissals:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._make = insert_new(database, environments, ("service_id", "name"))

    def begin(self, service_id: int, reason: str, entry: TimelineEntry, disks: Collection[str] | None = None) -> bool:
        """Marks all environments of the service, in which whatever is deployed from now on takes the mark away. False:
        there are none that aren't marked. `disks`: they go, too, and so they do in these environments, whether the
        service is still there or was removed without them; None: they stay."""
        mine = environments.c.service_id == service_id
        values = {"removed": reason} if disks is None else {"removed": reason, "disks_go": True}
        with self._database.write() as connection:
            for name in disks or ():
                connection.execute(self._make, {"service_id": service_id, "name": name})
            # One that is being removed without its disks may still lose them.
            unmarked = environments.c.removed.is_(None) if disks is None else environments.c.disks_go.is_(None)
            if not connection.execute(update(environments).where(mine, unmarked).values(values)).rowcount:
                return False
            add_entry(connection, entry)
        return True

    def under_way(self) -> list[Environment]:
        """Those that are marked."""
        marked = select(environments).where(environments.c.removed.is_not(None)).order_by(environments.c.id)
        with self._database.read() as connection:
            return [as_environment(row) for row in connection.execute(marked)]

    def finish(self, service_id: int, name: str, *, disks_go: bool = False) -> bool:
        """Forgets the environment, with its variables; not what was deployed there. `disks_go`: as it said when that
        was seen to. False: it says otherwise now, somebody deploys there again, or something of it is still under
        way."""
        place = environments.c.service_id == service_id, environments.c.name == name
        theirs = deployments.c.service_id == service_id, deployments.c.environment == name
        busy = select(deployments.c.seq).where(*theirs, IS_UNFINISHED).limit(1)
        with self._database.write(synced=True) as connection:
            as_seen = environments.c.disks_go.is_not(None) if disks_go else environments.c.disks_go.is_(None)
            marked = select(environments.c.id).where(*place, environments.c.removed.is_not(None), as_seen)
            found = connection.execute(marked.with_for_update()).first()
            if found is None or connection.execute(busy).first() is not None:
                return False
            ids = select(deployments.c.id).where(*theirs)
            connection.execute(delete(snapshots).where(snapshots.c.deployment_id.in_(ids)))
            mine = variables.c.service_id == service_id, variables.c.environment == name
            connection.execute(delete(variables).where(*mine))
            connection.execute(delete(environments).where(*place))
            _forget_what_nobody_has(connection, service_id, name)
        return True


def _forget_what_nobody_has(connection: Connection, service_id: int, name: str) -> None:
    """The deploy hook goes with the service's last environment, the groups' values with the environment's last."""
    mine = select(environments.c.id).where(environments.c.service_id == service_id).limit(1)
    if connection.execute(mine).first() is None:
        connection.execute(delete(deploy_hooks).where(deploy_hooks.c.service_id == service_id))
    repository = connection.execute(select(services.c.repository_id).where(services.c.id == service_id)).scalar_one()
    others = (
        select(environments.c.id)
        .join_from(environments, services)
        .where(services.c.repository_id == repository, environments.c.name == name)
        .limit(1)
    )
    if connection.execute(others).first() is None:
        of_groups = group_variables.c.repository_id == repository, group_variables.c.environment == name
        connection.execute(delete(group_variables).where(*of_groups))
