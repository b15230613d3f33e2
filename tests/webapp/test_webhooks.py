"""What a webhook is answered with, and that it is kept when the answer says so."""

import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.payload_examples import Example, examples
from tests.webapp.house import SCRAPER, SECRET, House, deliver
from tidegate.repository import Delivery
from tidegate.store import open_store
from webapp.app import create_app
from webapp.parts import KEY
from webapp.signature import sign
from webapp.webhooks import LIMIT, PATH, Webhooks

BODY = b'{"ref": "refs/heads/main"}'
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def kept(house: House) -> list[Delivery]:
    return house.store.deliveries.claim(1000, "test", 60, datetime.now(UTC) + timedelta(seconds=1))


def test_a_push_is_kept_and_acknowledged(house: House) -> None:
    answer = deliver(house.client(), BODY)
    guid = "11111111-2222-3333-4444-555555555555"
    assert (answer.status_code, answer.get_json()) == (202, {"guid": guid})
    (delivery,) = kept(house)
    assert (delivery.guid, delivery.event, delivery.body) == (guid, "push", BODY)


def test_a_form_is_kept_as_its_json(house: House) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert deliver(house.client(), urlencode({"payload": BODY}).encode(), form).status_code == 202
    assert kept(house)[0].body == BODY


def test_what_comes_twice_is_kept_once_and_not_again_when_handled(house: House) -> None:
    assert deliver(house.client(), BODY).status_code == 202
    assert deliver(house.client(), BODY).status_code == 202
    (delivery,) = kept(house)
    house.store.deliveries.handled([delivery.guid], datetime.now(UTC))
    assert deliver(house.client(), BODY).status_code == 202
    assert house.store.deliveries.claim(10, "test", 60, LATER) == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"X-Hub-Signature-256": None}, 401),
        ({"X-Hub-Signature-256": sign(b"wrong", BODY)}, 401),
        ({"X-Hub-Signature-256": None, "X-Hub-Signature": sign(SECRET, BODY)}, 401),
        ({"X-GitHub-Event": None}, 400),
        ({"X-GitHub-Event": "push; drop"}, 400),
        ({"X-GitHub-Delivery": None}, 400),
        ({"X-GitHub-Delivery": ""}, 400),
        ({"X-GitHub-Delivery": "x" * 101}, 400),
        ({"X-GitHub-Delivery": "spaces in it"}, 400),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": None}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 400),
    ],
)
def test_refusals_say_what_to_do_and_keep_nothing(house: House, changed: dict[str, str | None], status: int) -> None:
    answer = deliver(house.client(), BODY, changed)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    told = json.loads(answer.data)
    assert told["status"] == status
    assert told["detail"]
    assert kept(house) == []


def test_only_posts_are_taken(house: House) -> None:
    answer = house.client().get(PATH)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"a":', b"\xff\xfe", b'{"a": 1}\0'])
def test_what_is_no_json_is_refused(house: House, body: bytes) -> None:
    assert deliver(house.client(), body).status_code == 400
    assert kept(house) == []


def test_the_largest_payload_passes_and_a_byte_more_does_not(house: House) -> None:
    largest = b'{"a": "' + b"x" * (LIMIT - 9) + b'"}'
    assert len(largest) == LIMIT
    assert deliver(house.client(), largest).status_code == 202
    assert deliver(house.client(), largest + b" ").status_code == 413


def test_a_chunked_body_is_read_no_further_than_the_limit(house: House) -> None:
    class Endless(BytesIO):
        given = 0

        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert 0 <= size <= LIMIT + 1, "the whole of it is never asked for"
            self.given += size
            return b"x" * size

    endless = Endless()
    answer = house.client().post(
        PATH, input_stream=endless, environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    )
    assert answer.status_code == 413
    assert endless.given == LIMIT + 1


def test_a_body_that_is_cut_short_is_refused(house: House) -> None:
    cut = {"CONTENT_LENGTH": str(len(BODY) + 1)}
    answer = house.client().post(PATH, input_stream=BytesIO(BODY), environ_overrides=cut)
    assert answer.status_code == 400
    assert kept(house) == []


def test_with_the_store_down_github_is_told_to_list_it_as_failed(house: House, tmp_path: Path) -> None:
    # A database without our tables: as for one that can't be reached, nothing can be kept.
    empty = open_store(f"sqlite:///{tmp_path}/empty.db", ["k" * 32])
    parts = house.app.extensions[KEY]
    app = create_app(parts.settings, empty, parts.redis)
    answer = deliver(app.test_client(), BODY)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    empty.close()


def test_each_answer_is_counted(house: House) -> None:
    client = house.client()
    deliver(client, BODY)
    deliver(client, BODY, {"X-Hub-Signature-256": None})
    deliver(client, b"no")
    told = client.get("/metrics", headers=SCRAPER).text
    assert 'tidegate_webhook_deliveries_total{outcome="accepted"} 1.0' in told
    assert 'tidegate_webhook_deliveries_total{outcome="bad_signature"} 1.0' in told
    assert 'tidegate_webhook_deliveries_total{outcome="malformed"} 1.0' in told
    assert "tidegate_webhook_seconds_count 3.0" in told


def test_nobody_can_run_it_without_a_secret() -> None:
    with pytest.raises(ValueError, match="secret"):
        Webhooks("", lambda delivery: None, lambda outcome, seconds: None)


def test_every_example_of_githubs_is_kept_as_it_came(house: House) -> None:
    client = house.client()
    sent = {}
    for number, example in enumerate(examples()):
        body = json.dumps(example.payload).encode()
        guid = {"X-GitHub-Delivery": f"example-{number}", "X-GitHub-Event": example.event}
        assert deliver(client, body, guid).status_code == 202, str(example)
        sent[f"example-{number}"] = (example.event, body)
    assert len(sent) == 329
    assert {each.guid: (each.event, each.body) for each in kept(house)} == sent


_EXAMPLES = st.sampled_from(examples())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(example=_EXAMPLES, data=st.data())
def test_mutilated_ones_are_never_our_fault(house: House, example: Example, data: st.DataObject) -> None:
    written = json.dumps(example.payload).encode()
    at = data.draw(st.integers(0, len(written)))
    body = written[:at] + data.draw(st.binary(max_size=8)) + written[at + data.draw(st.integers(0, 200)) :]
    headers = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "X-GitHub-Event": st.none() | st.text(st.characters(codec="latin-1", exclude_categories=["Cc"])),
                "X-GitHub-Delivery": st.none() | st.text(st.characters(codec="latin-1", exclude_categories=["Cc"])),
                "Content-Type": st.none()
                | st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain", ";;"]),
                "X-Hub-Signature-256": st.sampled_from([sign(SECRET, body), "sha256=0", "sha1=0"]),
            },
        )
    )
    answer = deliver(house.client(), body, headers)
    assert answer.status_code in {202, 400, 401, 415}
    assert (answer.status_code == HTTPStatus.ACCEPTED) == (answer.content_type == "application/json")
