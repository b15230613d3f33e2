"""`GET /api/v1/repositories/<id>/commits/<sha>/why`, for who may see the repository."""

from __future__ import annotations

import pytest

from tests.tidegate.store.given import REPOSITORY, a_deployment, a_service, sha
from tests.webapp.house import House
from tidegate.deployment import Status
from tidegate.permission import Permission

PATH = f"/api/v1/repositories/{REPOSITORY.repository_id}/commits"


def test_why_a_commit_is_not_live_is_told_for_each_service(open_house: House) -> None:
    web = a_service(open_house.store)
    a_service(open_house.store, "api")
    row = a_deployment(open_house.store, web, 7, Status.FAILED)
    mona = open_house.signed_in("mona", {"acme/shop": Permission.READ})
    told = mona.get(f"{PATH}/{sha(7)}/why").get_json()
    assert told["sha"] == sha(7)
    assert [(each["service"], each["kind"], each["live"]) for each in told["answers"]] == [
        ("api", "unknown", False),
        ("web", "failed", False),
    ]
    only = mona.get(f"{PATH}/{sha(7)}/why", query_string={"service": "web"}).get_json()["answers"]
    assert only == [
        {
            "service": "web",
            "environment": "production",
            "kind": "failed",
            "live": False,
            "headline": "Not live: to failed.",
            "evidence": ["Nothing is live there."],
            "todo": only[0]["todo"],
            "deployment": row.id,
        }
    ]
    assert "Redeploy" in only[0]["todo"]
    assert open_house.signed_in("eve", {}).get(f"{PATH}/{sha(7)}/why").status_code == 404


def test_a_short_sha_is_enough_for_a_commit_that_is_known(open_house: House) -> None:
    web = a_service(open_house.store)
    for number in (0xAB1 << 148, 0xAB2 << 148):
        a_deployment(open_house.store, web, number, Status.SKIPPED)
    mona = open_house.signed_in("mona", {"acme/shop": Permission.READ})
    assert mona.get(f"{PATH}/AB1000/why").get_json()["sha"] == sha(0xAB1 << 148)


@pytest.mark.parametrize(
    ("given", "status", "told"),
    [("ab", 400, "hexadecimal"), ("HEAD", 400, "hexadecimal"), ("0000", 409, "give more"), ("ffff", 404, "whole SHA")],
)
def test_what_is_no_known_commit(open_house: House, given: str, status: int, told: str) -> None:
    web = a_service(open_house.store)
    for number in (1, 2):
        a_deployment(open_house.store, web, number, Status.SKIPPED)
    mona = open_house.signed_in("mona", {"acme/shop": Permission.READ})
    answer = mona.get(f"{PATH}/{given}/why")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert told in answer.get_json()["detail"]
