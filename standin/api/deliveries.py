"""The App's own webhook: its address, and what was sent there."""

from urllib.parse import urlencode

from standin.call import Answer, Call
from standin.deliveries import Delivery
from standin.records import App, Json
from standin.refusals import malformed, not_found
from standin.rest import PREFIX, Routes

routes = Routes("deliveries")


def _app(call: Call) -> App:
    assert call.actor.app
    return call.actor.app


def _config(app: App) -> Json:
    secret = {"secret": "********"} if app.webhook_secret else {}
    return {"content_type": "json", "insecure_ssl": "0", "url": app.webhook_url, **secret}


@routes("GET", "/app/hook/config", by="app")
def get_config(call: Call) -> Json:
    return _config(_app(call))


@routes("PATCH", "/app/hook/config", by="app")
def update_config(call: Call) -> Json:
    app = _app(call)
    app.webhook_url = call.body.get("url", app.webhook_url)
    app.webhook_secret = call.body.get("secret", app.webhook_secret)
    return _config(app)


@routes("GET", "/app/hook/deliveries", by="app")
def list_deliveries(call: Call) -> Answer:
    """Newest first. The cursor names the last delivery of the page before."""
    size, cursor = call.page[1], call.query.get("cursor", "")
    known = call.world.courier.listed(_app(call))
    if cursor:
        number = cursor.removeprefix("v1_")
        if not number.isdigit():
            raise malformed("cursor is not one of ours.")
        known = [each for each in known if each.id < int(number)]
    known = _filtered(known, call.query.get("status", ""))
    shown = known[:size]
    headers = {}
    if len(known) > size:
        query = urlencode({**call.query, "per_page": size, "cursor": f"v1_{shown[-1].id}"})
        headers["Link"] = f'<{call.world.url}{PREFIX}/app/hook/deliveries?{query}>; rel="next"'
    return Answer([each.item() for each in shown], headers=headers)


def _filtered(known: list[Delivery], status: str) -> list[Delivery]:
    if status == "success":
        return [each for each in known if each.code and each.code < 400]
    return [each for each in known if each.code >= 400] if status == "failure" else known


@routes("GET", "/app/hook/deliveries/<int:number>", by="app")
def get_delivery(call: Call, number: int) -> Json:
    found = call.world.courier.find(_app(call), number)
    if found is None:
        raise not_found()
    return found.full()


@routes("POST", "/app/hook/deliveries/<int:number>/attempts", by="app", status=202)
def redeliver(call: Call, number: int) -> Json:
    if not call.world.courier.again(_app(call), number):
        raise not_found()
    return {}
