"""Webhooks: signed, sent once, recorded, redelivered on request; and how they go astray."""

from __future__ import annotations

import hashlib
import hmac

from tests.standin.conftest import SECRET, Place


def test_every_webhook_is_signed_over_its_raw_bytes(place: Place) -> None:
    """All that came so far, one push at least. Their payloads are judged when `place` ends."""
    repo = place.repo()
    place.received.wait(repo, "push")
    for hook in place.received.all:
        expected = hmac.new(SECRET.encode(), hook.raw, hashlib.sha256).hexdigest()
        assert hook.headers["X-Hub-Signature-256"] == f"sha256={expected}"
        assert hook.headers["User-Agent"].startswith("GitHub-Hookshot/")
        assert hook.headers["X-GitHub-Hook-ID"]


def test_deliveries_are_listed_with_a_cursor_and_redelivered_with_their_guid(place: Place) -> None:
    repo = place.repo()
    place.control.commit(repo, {"a": "1"})
    pushes = place.received.wait(repo, "push", count=2)
    assert place.control.wait_idle()
    first = place.app.get("/app/hook/deliveries", per_page=3)
    assert len(first.body) == 3
    cursor = first.headers["link"].split("cursor=")[1].split(">")[0].split("&")[0]
    second = place.app.get("/app/hook/deliveries", per_page=3, cursor=cursor).body
    assert not {each["id"] for each in first.body} & {each["id"] for each in second}
    guid = pushes[-1].headers["X-GitHub-Delivery"]
    listed = place.app.get("/app/hook/deliveries", per_page=100).body
    [mine] = [each for each in listed if each["guid"] == guid]
    shown = place.app.get(f"/app/hook/deliveries/{mine['id']}").body
    assert shown["request"]["payload"] == pushes[-1].payload
    assert (shown["status"], shown["status_code"]) == ("OK", 200)
    assert place.app.post(f"/app/hook/deliveries/{mine['id']}/attempts").status == 202
    again = place.received.wait(repo, "push", count=3)[-1]
    assert (again.headers["X-GitHub-Delivery"], again.raw) == (guid, pushes[-1].raw)
    assert place.control.wait_idle()
    newest = [each for each in place.app.get("/app/hook/deliveries").body if each["guid"] == guid]
    assert [each["redelivery"] for each in newest] == [True, False]
    assert place.app.get("/app/hook/config").body["content_type"] == "json"


def test_a_refused_webhook_is_recorded_as_failed_and_not_sent_again(place: Place) -> None:
    repo = place.repo()
    place.control.wait_idle()
    place.received.status = 503
    try:
        sha = place.control.commit(repo, {"a": "1"})
        assert place.control.wait_idle()
    finally:
        place.received.status = 200
    pushes = [hook for hook in place.received.of(repo, "push") if hook.payload["after"] == sha]
    assert len(pushes) == 1
    failed = place.app.get("/app/hook/deliveries", status="failure").body
    assert pushes[0].headers["X-GitHub-Delivery"] in {each["guid"] for each in failed}


def test_webhooks_get_lost_doubled_and_out_of_order(place: Place) -> None:
    repo = place.repo()
    place.control.wait_idle()
    control, received = place.control, place.received
    control.webhook_fault("lose", event="push", times=1)
    lost = control.commit(repo, {"a": "1"})
    control.webhook_fault("lose", event="push", times=1, recorded=False)
    forgotten = control.commit(repo, {"a": "2"})
    control.webhook_fault("duplicate", event="push", times=1)
    doubled = control.commit(repo, {"a": "3"})
    control.webhook_fault("reorder", event="push", times=1)
    late = control.commit(repo, {"a": "4"})
    assert control.wait_idle()
    control.clear_faults()
    after = [hook.payload["after"] for hook in received.wait(repo, "push", count=4)]
    assert (lost in after, forgotten in after, after.count(doubled), after.count(late)) == (False, False, 2, 1)
    recorded = [each["request"]["payload"]["after"] for each in control.deliveries("tidegate", "push")]
    assert (lost in recorded, forgotten in recorded) == (True, False)


def test_chance_strikes_one_repository_alone_and_the_same_way_for_a_seed(place: Place) -> None:
    control, received = place.control, place.received
    struck, spared = place.repo(), place.repo()
    assert control.wait_idle()

    def arrived(seed: int) -> list[bool]:
        control.seed_faults(seed)
        control.webhook_fault("lose", event="push", chance=0.5, repository=control.repo(struck)["id"])
        # Not the same files: commits of one second, parent and tree are one commit, in whichever repository.
        pushed = [control.commit(struck, {"a": f"{seed} {number}"}) for number in range(12)]
        safe = [control.commit(spared, {"b": f"{seed} {number}"}) for number in range(12)]
        assert control.wait_idle()
        control.clear_faults()
        told = {hook.payload["after"] for repo in (struck, spared) for hook in received.of(repo, "push")}
        assert told.issuperset(safe)
        return [sha in told for sha in pushed]

    first, again, other = (arrived(seed) for seed in (7, 7, 8))
    assert first == again != other
    assert {True, False} == set(first)


def test_what_is_held_back_is_not_released_by_another_repository(place: Place) -> None:
    control, received = place.control, place.received
    mine, other = place.repo(), place.repo()
    assert control.wait_idle()
    control.webhook_fault("reorder", chance=1.0, repository=control.repo(mine)["id"])
    held = {control.commit(mine, {"a": str(number)}) for number in range(5)}
    control.commit(other, {"a": "1"})
    assert control.wait_idle()
    assert not held & {hook.payload["after"] for hook in received.of(mine, "push")}
    control.clear_faults()
    assert held < {hook.payload["after"] for hook in received.wait(mine, "push", count=6)}


def test_only_subscribed_events_are_sent(place: Place) -> None:
    repo = place.repo()
    assert place.control.wait_idle()
    assert not place.received.of(repo, "create"), "the App never asked for `create`"
