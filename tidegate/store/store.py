"""The store: everything that must survive a restart, one attribute a noun."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import select

from tidegate.howfar import At, unwatched
from tidegate.store import rotation
from tidegate.store.answers import Answers
from tidegate.store.api_tokens import ApiTokens
from tidegate.store.audit import AuditLog
from tidegate.store.commits import Commits
from tidegate.store.cron_runs import CronRuns
from tidegate.store.database import Database, StoreDown
from tidegate.store.deliveries import Deliveries
from tidegate.store.deployments import Deployments
from tidegate.store.dismissals import Dismissals
from tidegate.store.endpoints import Endpoints
from tidegate.store.environments import Environments
from tidegate.store.freezes import Freezes
from tidegate.store.glances import Glances
from tidegate.store.group_variables import GroupVariables
from tidegate.store.history import History
from tidegate.store.hooks import Hooks
from tidegate.store.hosts import Hosts
from tidegate.store.idempotency import Idempotency
from tidegate.store.images import Images
from tidegate.store.instances import Instances
from tidegate.store.leases import Leases
from tidegate.store.logs import Logs
from tidegate.store.measures import Measures, measure
from tidegate.store.metadata import REVISION, versions
from tidegate.store.outgoing import Outgoing
from tidegate.store.own_app import OwnApps
from tidegate.store.phases import Phases
from tidegate.store.previews import Previews
from tidegate.store.pulled_images import PulledImages
from tidegate.store.registry_credentials import RegistryCredentials
from tidegate.store.replies import Replies
from tidegate.store.reports import Reports
from tidegate.store.repositories import Repositories
from tidegate.store.retirements import Retirements
from tidegate.store.schedules import Schedules
from tidegate.store.seal import Seal
from tidegate.store.services import Services
from tidegate.store.sessions import Sessions
from tidegate.store.snapshots import Snapshots
from tidegate.store.stop_first import StopFirst
from tidegate.store.timeline import Timeline
from tidegate.store.tokens import Tokens
from tidegate.store.variables import Variables
from tidegate.store.wellbeing import Wellbeings


class Store:
    """Every method of every noun is one transaction of its own, may be called from any thread, and may raise StoreDown.

    Times come in and go out aware, in UTC; the store has no clock.
    """

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self.deliveries = Deliveries(database)
        self.repositories = Repositories(database)
        self.services = Services(database)
        self.environments = Environments(database)
        self.dismissals = Dismissals(database)
        self.history = History(database)
        self.deployments = Deployments(database)
        self.commits = Commits(database)
        self.glances = Glances(database)
        self.wellbeing = Wellbeings(database)
        self.phases = Phases(database)
        self.timeline = Timeline(database)
        self.instances = Instances(database)
        self.hosts = Hosts(database)
        self.images = Images(database)
        self.pulled_images = PulledImages(database)
        self.retirements = Retirements(database)
        self.stop_first = StopFirst(database)
        self.logs = Logs(database)
        self.variables = Variables(database, seal)
        self.group_variables = GroupVariables(database, seal)
        self.snapshots = Snapshots(database, seal)
        self.registry_credentials = RegistryCredentials(database, seal)
        self.own_app = OwnApps(database, seal)
        self.reports = Reports(database)
        self.leases = Leases(database)
        self.tokens = Tokens(database, seal)
        self.api_tokens = ApiTokens(database)
        self.sessions = Sessions(database)
        self.audit = AuditLog(database)
        self.idempotency = Idempotency(database, seal)
        self.previews = Previews(database)
        self.replies = Replies(database)
        self.freezes = Freezes(database)
        self.hooks = Hooks(database, seal)
        self.answers = Answers(database)
        self.schedules = Schedules(database)
        self.cron_runs = CronRuns(database)
        self.endpoints = Endpoints(database, seal)
        self.outgoing = Outgoing(database)

    def together(self) -> AbstractContextManager[None]:
        """What this thread reads and writes within is one transaction: all of it is kept, on the disk, or nothing."""
        return self._database.together()

    def migrate(self) -> None:
        """Brings the schema up to date; safe when several processes start at once."""
        # Not before it is needed: Alembic takes 9 MB of every process that loads it.
        from tidegate.store import schema

        schema.migrate(self._database)

    def ready(self) -> bool:
        """Whether it can be queried and has this code's schema."""
        try:
            with self._database.read() as connection:
                return connection.execute(select(versions)).scalar() == REVISION
        except StoreDown:
            return False

    def measure(self, at: datetime) -> Measures:
        """What operators watch."""
        return measure(self._database, at)

    def rotate(self, at: At = unwatched) -> None:
        """Encrypts all anew with the first key, all or none; raises CannotOpen. Older keys can be dropped after it."""
        with self._database.write(synced=True) as connection:
            rotation.rotate(connection, self._seal, at)

    def close(self) -> None:
        self._database.close()


def open_store(url: str, secret_keys: Sequence[str]) -> Store:
    """`url` as SQLAlchemy takes it: sqlite:////a/file, or postgresql+psycopg://user@host/name. Connects on first use.

    `secret_keys` as in TIDEGATE_SECRET_KEY: the first encrypts, all decrypt; each at least 16 characters.
    """
    return Store(Database(url), Seal(secret_keys))
