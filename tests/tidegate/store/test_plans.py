"""No question that is asked often reads a whole table: SQLite's own plan for each says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from tests.tidegate.store.given import NOON, REPOSITORY, TTL, a_deployment, a_service, sha
from tidegate.repository import PRODUCTION
from tidegate.store import Store
from tidegate.store.metadata import metadata

SERVICE, DEPLOYMENT = 1, "a-deployment"
RID = REPOSITORY.repository_id

ASKED: dict[str, Callable[[Store], object]] = {
    "deliveries.claim": lambda s: s.deliveries.claim(10, "worker", TTL, NOON),
    "deliveries.handled": lambda s: s.deliveries.handled(["guid"], NOON),
    "deliveries.pending": lambda s: s.deliveries.pending(NOON),
    "deliveries.seen": lambda s: s.deliveries.seen("guid"),
    "deliveries.prune": lambda s: s.deliveries.prune(NOON),
    "repositories.by_name": lambda s: s.repositories.by_name("acme", "shop"),
    "repositories.installation_gone": lambda s: s.repositories.installation_gone(1, "x", NOON),
    "services.of_repository": lambda s: s.services.of_repository(RID),
    "services.by_name": lambda s: s.services.by_name(RID, "web"),
    "environments.get": lambda s: s.environments.get(SERVICE, PRODUCTION),
    "deployments.get": lambda s: s.deployments.get(DEPLOYMENT),
    "deployments.of_commit": lambda s: s.deployments.of_commit(RID, sha(1)),
    "deployments.of_environment": lambda s: s.deployments.of_environment(RID, "pr-1", 10),
    "deployments.pending_or_active": lambda s: s.deployments.pending_or_active(RID, None),
    "deployments.pending_or_active of one": lambda s: s.deployments.pending_or_active(RID, "pr-1"),
    "deployments.unfinished": lambda s: s.deployments.unfinished(RID),
    "deployments.images_in_use": lambda s: s.deployments.images_in_use(["an image", "another"], RID, "pr-1"),
    "deployments.all_waiting": lambda s: s.deployments.all_waiting(),
    "deployments.newest": lambda s: s.deployments.newest(SERVICE, PRODUCTION, sha(1)),
    "deployments.last": lambda s: s.deployments.last(SERVICE, PRODUCTION),
    "deployments.pending": lambda s: s.deployments.pending(SERVICE, PRODUCTION),
    "deployments.active": lambda s: s.deployments.active(SERVICE, PRODUCTION),
    "deployments.live": lambda s: s.deployments.live(SERVICE, PRODUCTION),
    "deployments.all_live": lambda s: s.deployments.all_live(RID),
    "deployments.all_live of one": lambda s: s.deployments.all_live(RID, PRODUCTION),
    "deployments.all_active": lambda s: s.deployments.all_active(RID),
    "deployments.running": lambda s: s.deployments.running(SERVICE, PRODUCTION),
    "instances.bearers": lambda s: s.instances.bearers(),
    "instances.tended": lambda s: s.instances.tended(),
    "deployments.crowded": lambda s: s.deployments.crowded(),
    "deployments.newer_than": lambda s: s.deployments.newer_than(s.deployments.page(None, 1)[0]),
    "deployments.due": lambda s: s.deployments.due(NOON),
    "deployments.closed_gates of one": lambda s: s.deployments.closed_gates(repository_id=RID),
    "deployments.next_due": lambda s: s.deployments.next_due(),
    "deployments.orphans": lambda s: s.deployments.orphans(NOON),
    "deployments.queued": lambda s: s.deployments.queued(NOON),
    "deployments.unreported": lambda s: s.deployments.unreported(10, NOON),
    "deployments.previous_live": lambda s: s.deployments.previous_live(
        SERVICE, PRODUCTION, s.deployments.page(None, 1)[0]
    ),
    "deployments.page": lambda s: s.deployments.page(DEPLOYMENT, 10),
    "deployments.page of a service": lambda s: s.deployments.page(DEPLOYMENT, 10, SERVICE),
    "endpoints.of_repository": lambda s: s.endpoints.of_repository(RID),
    "outgoing.due": lambda s: s.outgoing.due("ep_1", 10, NOON),
    "outgoing.of_endpoint": lambda s: s.outgoing.of_endpoint("ep_1", 10, before=99),
    "outgoing.prune": lambda s: s.outgoing.prune(NOON),
    "deployments.live_before": lambda s: s.deployments.live_before(s.deployments.page(None, 1)[0]),
    "deployments.of_commits": lambda s: s.deployments.of_commits(SERVICE, PRODUCTION, [sha(1), sha(2)]),
    "glances.proposed": lambda s: s.glances.proposed([RID], 5),
    "glances.serving": lambda s: s.glances.serving([SERVICE, 2]),
    "glances.coming": lambda s: s.glances.coming([SERVICE, 2]),
    "glances.last": lambda s: s.glances.last([SERVICE, 2]),
    "glances.previews": lambda s: s.glances.previews([RID]),
    "glances.of_previews": lambda s: s.glances.of_previews(SERVICE),
    "wellbeing.of_repository": lambda s: s.wellbeing.of_repository(RID),
    "timeline.page": lambda s: s.timeline.page(RID, "web", PRODUCTION, 10, 99, ["live"]),
    "timeline.of_repository": lambda s: s.timeline.of_repository(RID, 10),
    "timeline.of_service": lambda s: s.timeline.of_service(RID, "web", 10),
    "timeline.of_deployment": lambda s: s.timeline.of_deployment(DEPLOYMENT),
    "phases.of": lambda s: s.phases.of(DEPLOYMENT),
    "phases.metered_of": lambda s: s.phases.metered_of([SERVICE, 2], NOON),
    "instances.of": lambda s: s.instances.of(DEPLOYMENT),
    "previews.get": lambda s: s.previews.get(RID, 1),
    "previews.of_repository": lambda s: s.previews.of_repository(RID),
    "previews.present": lambda s: s.previews.present(),
    "previews.unclean": lambda s: s.previews.unclean(),
    "previews.comments_due": lambda s: s.previews.comments_due(),
    "replies.get": lambda s: s.replies.get(RID, 1),
    "replies.due": lambda s: s.replies.due(),
    "freezes.of_repository": lambda s: s.freezes.of_repository(RID),
    "hooks.holds": lambda s: s.hooks.holds(SERVICE, "key"),
    "answers.get": lambda s: s.answers.get("request"),
    "answers.prune": lambda s: s.answers.prune(NOON),
    "logs.read": lambda s: list(s.logs.read(DEPLOYMENT, after=5)),
    "logs.tail": lambda s: s.logs.tail(DEPLOYMENT, 5),
    "logs.next_line": lambda s: s.logs.next_line(DEPLOYMENT),
    "logs.trim": lambda s: s.logs.trim(100),
    "images.needed": lambda s: s.images.needed("an image"),
    "variables.of": lambda s: s.variables.of(SERVICE, PRODUCTION),
    "reports.get": lambda s: s.reports.get(DEPLOYMENT),
    "reports.by_check_run": lambda s: s.reports.by_check_run(RID, 1),
    "reports.by_github_deployment": lambda s: s.reports.by_github_deployment(RID, 1),
    "environments.of_repository": lambda s: s.environments.of_repository(RID, "pr-1"),
    "environments.of_service": lambda s: s.environments.of_service(SERVICE),
    "environments.routes": lambda s: s.environments.routes(),
}
#: Small by their nature: one row a service that is deployed. The routing table is made from all of them.
WHOLE = {"environments", "services", "repositories"}


#: Hold only the rows that are asked for, so they may be read from end to end.
PARTIAL = {
    index.name
    for table in metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
SCAN = re.compile(r"SCAN (?P<table>\w+)(?: USING (?:COVERING )?INDEX (?P<index>\w+))?")


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("asked", ASKED)
def test_no_hot_query_reads_a_whole_table(store: Store, asked: str) -> None:
    a_deployment(store, a_service(store))
    for statement, plan in _plans(store, lambda: ASKED[asked](store)):
        # Without an index: by number, from the end, and no further than the limit.
        pages = "ORDER BY deployments.seq DESC" in statement and "LIMIT" in statement
        for scan in filter(None, map(SCAN.fullmatch, plan)):
            allowed = scan["index"] in PARTIAL or (
                asked in {"environments.routes", "previews.unclean"} and scan["table"] in WHOLE
            )
            assert allowed or (pages and scan["index"] is None), (statement, plan)


def _plans(store: Store, ask: Callable[[], object]) -> list[tuple[str, list[str]]]:
    """What was executed, with SQLite's plan for it: https://www.sqlite.org/eqp.html"""
    engine = store._database._engine
    executed: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool) -> None:
        executed.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    ask()
    event.remove(engine, "before_cursor_execute", note)
    asked = [each for each in executed if not each[0].startswith(("BEGIN", "PRAGMA"))]
    assert asked
    with engine.connect() as connection:
        return [
            (statement, [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)])
            for statement, parameters in asked
        ]


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("deployments.newest", "deployments_sha"),
        ("deployments.of_commit", "deployments_sha"),
        ("deployments.pending", "deployments_pending"),
        ("deployments.active", "deployments_one_active"),
        ("deployments.live", "deployments_serving"),
        ("deployments.due", "deployments_due"),
        ("deployments.orphans", "deployments_leases"),
        ("deployments.of_environment", "deployments_environment"),
        ("deployments.pending_or_active", "deployments_unfinished"),
        ("deployments.pending_or_active of one", "deployments_unfinished"),
        ("deployments.unfinished", "deployments_unfinished"),
        ("deployments.images_in_use", "deployments_images"),
        ("deployments.page of a service", "deployments_service"),
    ],
)
def test_a_long_lane_is_not_searched_for_a_few_rows(store: Store, asked: str, index: str) -> None:
    """A lane may have thousands of rows, all but a few of them finished."""
    a_deployment(store, a_service(store))
    ((_, plan),) = _plans(store, lambda: ASKED[asked](store))
    assert f"INDEX {index} " in plan[0], plan
