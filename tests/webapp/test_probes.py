from pathlib import Path

import jsonschema

from tests.webapp.house import House, build
from tests.webapp.product import redis_server
from tidegate.store import open_store
from webapp.app import create_app
from webapp.parts import KEY


def test_alive_whatever_is_down(house: House) -> None:
    assert house.client().get("/healthz").get_json() == {"status": "ok"}


def test_without_redis_it_is_ready_all_the_same_and_says_so(house: House, tmp_path: Path) -> None:
    answer = house.client().get("/readyz")
    assert answer.status_code == 200
    assert answer.get_json()["store"] == "ok"
    assert "refused" in answer.get_json()["redis"]
    with redis_server(tmp_path) as url:
        whole = build(tmp_path, redis=url)
        assert whole.client().get("/readyz").get_json() == {"store": "ok", "redis": "ok"}
        whole.close()


def test_without_its_store_it_is_not_ready(house: House, tmp_path: Path) -> None:
    parts = house.app.extensions[KEY]
    store = open_store(f"sqlite:///{tmp_path}/empty.db", ["k" * 32])
    answer = create_app(parts.settings, store, parts.redis).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "release" in answer.get_json()["store"]
    store.close()


def test_the_schema_of_the_deploy_file(house: House) -> None:
    answer = house.client().get("/schema/tidegate.json")
    assert answer.content_type == "application/schema+json"
    schema = answer.get_json(force=True)
    jsonschema.validators.validator_for(schema).check_schema(schema)
    jsonschema.validate({"services": [{"type": "web", "name": "web"}]}, schema)


def test_the_schema_is_everybody_s_and_is_kept(house: House) -> None:
    client = house.client()
    answer = client.get("/schema/tidegate.json")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get("/schema/tidegate.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
