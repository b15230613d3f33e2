"""A change of secret keys: all that is to be kept is sealed anew, so that the old key can be dropped.

Not tokens: they expire within the hour, and are fetched again.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, select, update

from tidegate.howfar import At
from tidegate.store.asked_tables import deploy_hooks
from tidegate.store.notification_tables import endpoints
from tidegate.store.own_app import own_app
from tidegate.store.seal import Seal
from tidegate.store.tables import group_variables, registry_credentials, snapshots, variables

#: Each table with a column `sealed`, and what its rows are called.
_SEALED: tuple[tuple[Table, str], ...] = (
    (variables, "variable {name}"),
    (group_variables, "variable {name} of group {group}"),
    (snapshots, "snapshot of {deployment_id}"),
    (registry_credentials, "registry credential {name}"),
    (deploy_hooks, "deploy hook of service {service_id}"),
    (own_app, "what the GitHub App signs with"),
    (endpoints, "address {id} of notifications"),
)


def rotate(connection: Connection, seal: Seal, at: At) -> None:
    """Seals every value with the first key. Raises CannotOpen."""
    for table, name in _SEALED:
        rows = connection.execute(select(table).with_for_update()).mappings().all()
        for number, row in enumerate(rows, 1):
            at(f"encrypting {table.name.replace('_', ' ')}", number, len(rows))
            sealed = seal.close(seal.open(row["sealed"], name.format_map(row)))
            same = (column == row[column] for column in table.primary_key)
            connection.execute(update(table).where(*same).values(sealed=sealed))
