"""What GitHub was told, so that a report is neither forgotten nor made twice."""

from __future__ import annotations

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_service, after
from tidegate.store import ReportState, Store


def test_a_report_is_kept_whole(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    assert store.reports.get(made.id) == ReportState(made.id)
    told = ReportState(made.id, 2**40, 2**41, True, True, "shown", "also", "and", 3, after(9), NOON)
    store.reports.save(told)
    assert store.reports.get(made.id) == told
    store.reports.save(ReportState(made.id, github_deployment=5))
    assert store.reports.get(made.id) == ReportState(made.id, github_deployment=5)


def test_a_check_run_leads_to_its_deployment(store: Store) -> None:
    service = a_service(store)
    first, second = a_deployment(store, service, 1), a_deployment(store, service, 2)
    store.reports.save(ReportState(first.id, check_run=10))
    store.reports.save(ReportState(second.id, check_run=20))
    assert store.reports.by_check_run(REPOSITORY.repository_id, 20) == second.id
    assert store.reports.by_check_run(REPOSITORY.repository_id, 30) is None
    assert store.reports.by_check_run(1, 20) is None, "the run of another repository"


def test_a_deployment_at_github_leads_to_ours(store: Store) -> None:
    made = a_deployment(store, a_service(store))
    store.reports.save(ReportState(made.id, github_deployment=10))
    assert store.reports.by_github_deployment(REPOSITORY.repository_id, 10) == made.id
    assert store.reports.by_github_deployment(REPOSITORY.repository_id, 11) is None
    assert store.reports.by_github_deployment(1, 10) is None, "that of another repository"
