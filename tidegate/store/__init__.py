"""The store: what Tidegate remembers, in SQLite or PostgreSQL. The one impure room of `tidegate`."""

from tidegate.store.database import StoreDown
from tidegate.store.deployments import NewDeployment
from tidegate.store.logs import LogLine
from tidegate.store.reports import ReportState
from tidegate.store.seal import CannotOpen
from tidegate.store.store import Store, open_store

__all__ = [
    "CannotOpen",
    "LogLine",
    "NewDeployment",
    "ReportState",
    "Store",
    "StoreDown",
    "open_store",
]
