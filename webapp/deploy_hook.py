"""`GET|POST /hooks/deploy/<key>`: whoever has a service's key may have it deployed, without any sign-in.

The same as Render's hooks (https://render.com/docs/deploy-hooks), for scripts that call one once an image is pushed.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Blueprint, Response, request

from tidegate import imagename
from tidegate.imagename import BadImageName
from tidegate.markdown import sentence
from tidegate.repository import Service
from tidegate.request import DEPLOY_HOOK
from webapp.parameters import parameters, text
from webapp.parts import parts
from webapp.problem import Problem
from webapp.workers import response

blueprint = Blueprint("deploy_hook", __name__)

#: Calls of one service's hook in so many seconds.
CALLS, SECONDS = 10, 60
#: `<service id>-<32 random bytes>`, as asking.py makes them; an id that the database can hold.
_KEY = re.compile(r"([0-9]{1,18})-[A-Za-z0-9_-]{43}")
_LONGEST_REF = 255
_LONGEST_IMAGE = 600
#: Both ways of Render's API and of people.
_CLEARS = {"true": True, "clear": True, "false": False, "do_not_clear": False}


# Not HEAD, which Flask would answer as it does GET: programs that look whether a link is good deploy nothing.
@blueprint.route("/hooks/deploy/<key>", methods=["GET", "POST"])
def call(key: str) -> tuple[Response, HTTPStatus]:
    """Deploys `ref` (a branch, tag or commit; the linked branch's latest), for an image service with `imageUrl`, whose
    tag or digest alone may differ from the deploy file's; `clearCache`: built anew. Both may be told: the one says
    which commit's deploy file counts, the other what it runs.

    201: {deployment, sha, url}; 202: no worker has answered yet, and it goes on. A problem: 400, 403 (no such key),
    404 (no such ref), 409 (frozen, or its deploy file is broken), 429.
    """
    if request.method == "HEAD":
        raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, "Call it by GET or POST.", {"Allow": "GET, POST"})
    service = _service(key)
    wait = parts().hook_calls.spend(str(service.id))
    if wait is not None:
        detail = f"This hook was called more than {CALLS} times in {SECONDS} seconds. Call it again in {wait} s."
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, {"Retry-After": str(wait)})
    about = {"repository_id": service.repository_id, "service_id": service.id}
    answer = parts().workers.ask(DEPLOY_HOOK, {**about, **_told()})
    made, site = answer.body.get("deployment"), parts().settings.url
    page = f"{site}/deployments/{made}" if made else f"{site}/services/{service.id}"
    return response(answer, {"url": page})


def _service(key: str) -> Service:
    """Whose key it is. Raises Problem; whether it was the service or the key that is wrong isn't told."""
    form = _KEY.fullmatch(key)
    store = parts().store
    service = store.services.get(int(form[1])) if form and store.hooks.holds(int(form[1]), key) else None
    if service is None:
        detail = "This address opens nothing, or nothing any more. The service's page has today's."
        raise Problem(HTTPStatus.FORBIDDEN, detail)
    return service


def _told() -> dict[str, object]:
    """In the words of payloads.py. Raises Problem."""
    told = parameters(("ref", "imageUrl", "clearCache"))
    clear = str(told.get("clearCache", "false")).lower()
    if clear not in _CLEARS:
        raise Problem(HTTPStatus.BAD_REQUEST, f"`clearCache` is one of {', '.join(_CLEARS)}.")
    return {
        "ref": text(told, "ref", _LONGEST_REF, "a branch, a tag or a commit, such as `main` or `1a2b3c4`"),
        "image_url": image(text(told, "imageUrl", _LONGEST_IMAGE, "an image, such as `registry.example.com/app:1.2`")),
        "clear_cache": _CLEARS[clear],
    }


def image(name: str | None) -> str | None:
    """`imageUrl`. Raises Problem where it can be no image's name."""
    if name is None:
        return None
    try:
        imagename.parse(name)
    except BadImageName as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"`imageUrl`: {error}. {sentence(error.hint)}.") from error
    return name
