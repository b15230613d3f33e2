"""What people see: their repositories' deployments and nothing else, safe whatever a commit or a log says."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.tidegate.store.given import NOON, REPOSITORY, a_deployment, a_lane, a_service, after, new
from tests.webapp.fake_github import FakeGitHub
from tests.webapp.house import PAGE, House
from tidegate import wording
from tidegate.deployment import Deployment, Fault, Finding, Move, Status, Step
from tidegate.events import RepositorySeen
from tidegate.permission import Permission

MINE = {"acme/shop": Permission.WRITE}
ONLY_READING = {"acme/shop": Permission.READ}


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == status, answer.text
    return answer.text


def built(house: House) -> Deployment:
    """Failed in its build, with a log."""
    store = house.store
    queued = store.deployments.create(new(a_service(store)), NOON)
    lane = a_lane(store, queued)
    store.phases.begin(lane, Step.FETCH, NOON)
    store.phases.end(lane, Step.FETCH, "ok", after(0.25))
    store.deployments.move(queued.id, Move(Status.BUILDING, "building the image"), after(0.25), lane)
    store.phases.begin(lane, Step.BUILD, after(0.25))
    store.phases.end(lane, Step.BUILD, "failed", after(12), "`make` ended with 2")
    store.logs.append(queued.id, "fetch", 1, [(NOON, "fetching acme/shop")])
    store.logs.append(
        queued.id, "build", 2, [(after(n), f"\x1b[1mline {n}\x1b[0m <script>alert(1)</script>") for n in (1, 2)]
    )
    finding = Finding("Dockerfile", 3, "build failed", "`make` ended with 2")
    failed = Move(Status.FAILED, "build failed: `make` ended with 2", fault=Fault.USER, findings=(finding,))
    return store.deployments.move(queued.id, failed, after(12), lane)


def test_the_list_tells_what_came_of_each_push(open_house: House) -> None:
    service = a_service(open_house.store)
    live = a_deployment(open_house.store, service, 1, Status.LIVE)
    waiting = a_deployment(open_house.store, service, 2, Status.WAITING)
    text = page(open_house.signed_in("ada", MINE), "/deployments")
    assert text.index(waiting.id) < text.index(live.id), "newest first"
    for told in ("Live", "Waiting", "Change 1", "Change 2", live.sha[:7], "Reason 2", "main", "ada", "production"):
        assert told in text
    assert "With a body" not in text


def test_a_hundred_mistakes_leave_room_for_the_rest_of_the_page(open_house: House) -> None:
    queued = open_house.store.deployments.create(new(a_service(open_house.store)), NOON)
    lane = a_lane(open_house.store, queued)
    findings = tuple(Finding("src/x.c", line, "Error", "std::vector<S> has no &amp;") for line in range(1, 101))
    failed = Move(Status.FAILED, "build failed", fault=Fault.USER, findings=findings)
    open_house.store.deployments.move(queued.id, failed, after(1), lane)
    text = page(open_house.signed_in("ada", MINE), f"/deployments/{queued.id}")
    assert text.count("src/x.c:") == 25
    assert "and 75 more, annotated on GitHub" in text
    assert "vector&lt;S&gt; has no &amp;amp;" in text


def test_nobody_sees_what_github_does_not_let_them_read(open_house: House) -> None:
    mine = a_deployment(open_house.store, a_service(open_house.store))
    other = RepositorySeen(99, 8, "acme", "secret", "main", private=True)
    open_house.store.repositories.see(other, NOON)
    hidden = open_house.store.services.ensure(99, "vault", {"name": "vault"})
    theirs = open_house.store.deployments.create(replace(new(hidden), message="the secret plan"), NOON)
    open_house.store.logs.append(theirs.id, "build", 1, [(NOON, "secret output")])
    client = open_house.signed_in("ada", MINE)
    text = page(client, "/")
    assert mine.id in text
    assert "vault" not in text
    assert "secret" not in text
    for path in (
        f"/deployments/{theirs.id}",
        f"/deployments/{theirs.id}/log",
        f"/deployments/{theirs.id}/log/stream",
        f"/services/{hidden.id}",
        f"/api/v1/deployments/{theirs.id}",
        f"/api/v1/deployments/{theirs.id}/logs",
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert answer.data == client.get("/deployments/none").data, "as if it did not exist"
    assert client.post(f"/api/v1/deployments/{theirs.id}/cancel").status_code == 404
    assert theirs.id not in client.get("/api/v1/deployments").text


@pytest.mark.parametrize(
    "path", ["/", "/deployments/d1", "/deployments/d1/log", "/deployments/d1/log/stream", "/services/1"]
)
def test_strangers_are_sent_to_sign_in(open_house: House, path: str) -> None:
    stranger = open_house.client()
    assert stranger.get(path, headers=PAGE).location.startswith("/login?back=")
    program = stranger.get(path)
    assert (program.status_code, program.content_type) == (401, "application/problem+json")


def test_pages_go_on_where_the_last_one_ended(open_house: House) -> None:
    service = a_service(open_house.store)
    made = [a_deployment(open_house.store, service, number, Status.SKIPPED) for number in range(1, 71)]
    client = open_house.signed_in("ada", MINE)
    path, seen = "/deployments", []
    while path:
        text = page(client, path)
        seen += [each.id for each in reversed(made) if f"/deployments/{each.id}" in text]
        more = text.partition('href="/deployments?before=')[2].partition('"')[0]
        path = f"/deployments?before={more}" if more else ""
    assert seen == [each.id for each in reversed(made)]


def test_a_part_that_follows_on_nothing_is_no_empty_history(open_house: House) -> None:
    service = a_service(open_house.store)
    a_deployment(open_house.store, service)
    client = open_house.signed_in("ada", MINE)
    for path in ("/deployments", f"/services/{service.id}/deployments"):
        for wrong in ("zzz", ""):
            answer = client.get(path, query_string={"before": wrong}, headers=PAGE)
            assert (answer.status_code, "names no deployment" in answer.text) == (400, True)
            assert "Nothing was deployed" not in answer.text


def test_one_service_alone(open_house: House) -> None:
    web, api = a_service(open_house.store, "web"), a_service(open_house.store, "api")
    other = a_deployment(open_house.store, web, 1)
    one = a_deployment(open_house.store, api, 2)
    text = page(open_house.signed_in("ada", MINE), f"/services/{api.id}/deployments")
    assert other.id not in text
    assert one.id in text


def test_a_failed_deployment_says_what_and_where(open_house: House, github: FakeGitHub) -> None:
    failed = built(open_house)
    text = page(open_house.signed_in("ada", MINE), f"/deployments/{failed.id}")
    assert "Build failed: <code>make</code> ended with 2" in text
    assert f'href="{github.url}/acme/shop/commit/{failed.sha}"' in text
    assert f'href="{github.url}/acme/shop/blob/{failed.sha}/Dockerfile#L3"' in text
    assert "failed · <span>11.8 s</span>" in text
    assert '<li id="L3"><a href="#L3" tabindex="-1">3</a>' in text
    assert re.findall(r'class="log-step">(\w+)<|<li id="(L\d)">', text) == [
        ("fetch", ""),
        *(("", "L1"), ("build", ""), ("", "L2"), ("", "L3")),
    ]
    assert ">12:00:02</time>" in text
    assert "line 2 &lt;script&gt;" in text
    assert "<script>alert" not in text
    assert "\x1b" not in text
    assert "live.js" not in text, "it has ended: nothing to watch"


def test_the_log_as_a_file(open_house: House) -> None:
    failed = built(open_house)
    answer = open_house.signed_in("ada", MINE).get(f"/deployments/{failed.id}/log")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert f"tidegate-{failed.id}.log" in answer.headers["Content-Disposition"]
    lines = answer.text.splitlines()
    assert lines[0] == "2026-03-01T12:00:00.123456Z fetch      fetching acme/shop"
    assert len(lines) == 3


def test_a_long_log_is_shown_by_its_end_with_a_way_to_the_rest(open_house: House) -> None:
    failed = built(open_house)
    for first in range(4, 4504, 500):
        lines = [(after(1), f"line {number}") for number in range(first, first + 500)]
        open_house.store.logs.append(failed.id, "build", first, lines)
    client = open_house.signed_in("ada", MINE)
    path, seen = f"/deployments/{failed.id}", 0
    text = page(client, path)
    assert 'id="L4503"' in text
    while 'href="?after=' in (before := text.partition('<ol class="log"')[0]):
        seen += text.count("<li id=")
        text = page(client, f"{path}?after={before.rpartition('?after=')[2].partition(chr(34))[0]}")
    assert 'id="L1"' in text
    assert seen + text.count("<li id=") >= 4503


def test_a_live_one_says_where_it_serves(open_house: House) -> None:
    service = a_service(open_house.store)
    live = a_deployment(open_house.store, service, 1, Status.LIVE)
    text = page(open_house.signed_in("ada", MINE), f"/deployments/{live.id}")
    assert 'href="http://web.apps.tidegate.test"' in text
    assert "live.js" in text


def test_a_service_tells_its_story(open_house: House) -> None:
    service = a_service(open_house.store)
    made = a_deployment(open_house.store, service, 1, Status.SKIPPED)
    open_house.store.services.auto_deploy_off(service.id, "auto-deploy is off since the branch `main` was deleted")
    text = page(open_house.signed_in("ada", MINE), f"/services/{service.id}")
    assert made.id in text
    assert "branch <code>main</code> was deleted" in text
    assert "Nothing yet" in text


def test_who_may_write_may_cancel(open_house: House) -> None:
    queued = a_deployment(open_house.store, a_service(open_house.store))
    reader, writer = open_house.signed_in("eve", ONLY_READING), open_house.signed_in("ada", MINE)
    path = f"/deployments/{queued.id}"
    assert "Cancel" not in page(reader, path)
    refused = reader.post(f"{path}/cancel")
    assert refused.status_code == 403
    assert "cancel takes the permission `write` in the repository acme/shop" in refused.text
    assert "Cancel" in page(writer, path)
    assert writer.post(f"{path}/cancel", headers={"Origin": "http://web.apps.tidegate.test"}).status_code == 403
    assert writer.post(f"{path}/cancel", headers={"Origin": open_house.url}).status_code == 303
    canceled = open_house.store.deployments.get(queued.id)
    assert canceled is not None
    assert (canceled.status, canceled.reason) == (Status.CANCELED, "canceled by ada")
    assert writer.post(f"{path}/cancel").status_code == 409
    late = page(writer, f"{path}/cancel")
    assert "There is nothing to cancel" in late
    assert "It has ended: canceled by ada." in late
    assert '<button class="main' not in late


def test_who_canceled_it_is_told_once(open_house: House) -> None:
    store = open_house.store
    asked = store.deployments.create(new(a_service(store)), NOON)
    lane, reader = a_lane(store, asked), open_house.signed_in("eve", ONLY_READING)
    store.deployments.ask_cancel(asked.id, "demo", NOON)
    path = f"/deployments/{asked.id}"
    assert '<span class="actor">demo asked to cancel</span>' in page(reader, path)
    store.deployments.move(asked.id, Move(Status.CANCELED, wording.canceled_by("demo")), NOON, lane)
    ended = page(reader, path).partition("Timeline")[0]
    assert "Canceled by demo" in ended
    assert "asked to cancel" not in ended


def test_with_github_down_nothing_is_shown(open_house: House, github: FakeGitHub) -> None:
    a_deployment(open_house.store, a_service(open_house.store))
    client = open_house.signed_in("ada", MINE)
    github.down = True
    assert "GitHub can&#39;t be asked" in page(client, "/", 502)


def test_pages_forbid_what_they_do_not_need(open_house: House) -> None:
    answer = open_house.client().get("/login", headers=PAGE)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "style=" not in answer.text


def test_what_was_taken_out_of_the_app_is_still_found_by_its_address(open_house: House) -> None:
    """GitHub's links to a deployment outlive the installation."""
    made = a_deployment(open_house.store, a_service(open_house.store), 1, Status.REMOVED)
    open_house.store.repositories.gone(REPOSITORY.repository_id, "taken out", NOON + timedelta(days=1))
    client = open_house.signed_in("ada", MINE)
    assert made.id not in page(client, "/")
    assert "Removed" in page(client, f"/deployments/{made.id}")


def test_a_public_repository_is_found_by_its_address_only(open_house: House, github: FakeGitHub) -> None:
    made = a_deployment(open_house.store, a_service(open_house.store))
    github.public.add("acme/shop")
    passer_by = open_house.signed_in("eve", {})
    assert made.id not in page(passer_by, "/")
    assert "Change 1" in page(passer_by, f"/deployments/{made.id}")
    assert made.id in page(passer_by, f"/services/{made.service_id}")
    assert made.id in page(passer_by, f"/services/{made.service_id}/deployments")
