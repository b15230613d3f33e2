"""Who is told of what happens in a repository: its addresses, what each wants, and what was sent there."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tidegate.notification import Channel, Endpoint, Wants
from tidegate.repository import Repository
from tidegate.subscription import MOST
from webapp import notifications
from webapp.pages import questions
from webapp.pages.ask import page
from webapp.pages.numbered import numbered
from webapp.parts import parts
from webapp.problem import Problem
from webapp.viewer import viewer

blueprint = Blueprint("notifications", __name__)

_OF_REPOSITORY = "/repositories/<int:repository_id>/notifications"
_ONE = f"{_OF_REPOSITORY}/<endpoint_id>"
_PAGE = 30


@blueprint.get(_OF_REPOSITORY)
def index(repository_id: int) -> str:
    return _page(repository_id)


@blueprint.post(_OF_REPOSITORY)
def add(repository_id: int) -> tuple[str, HTTPStatus] | Response:
    """`channel`, `address`, `wants`, as the API has them. Of a webhook no redirect: this answer is the only place where
    its secret is."""
    new = notifications.add(viewer(), repository_id)
    if new.secrets:
        return _page(repository_id, new, new.secrets.current), HTTPStatus.CREATED
    return _done(repository_id, f"{new.shown} is told of what happens from now on")


@blueprint.post(_ONE)
def change(repository_id: int, endpoint_id: str) -> Response:
    """`wants`, `enabled`, as the API has them."""
    found = notifications.change(viewer(), repository_id, endpoint_id)
    told = {Wants.ALL: "everything", Wants.FAILURES: "failures", Wants.NONE: "nothing"}[found.wants]
    return _done(repository_id, f"{found.shown} is told of {told} from now on")


@blueprint.get(f"{_ONE}/remove")
def ask_to_remove(repository_id: int, endpoint_id: str) -> str:
    repository, found = notifications.one(viewer(), repository_id, endpoint_id)
    return page(questions.remove_address(found), _way(repository), _path(repository_id))


@blueprint.post(f"{_ONE}/remove")
def remove(repository_id: int, endpoint_id: str) -> Response:
    notifications.remove(viewer(), repository_id, endpoint_id)
    return _done(repository_id, "nothing is sent there any more")


@blueprint.get(f"{_ONE}/secret")
def ask_to_renew(repository_id: int, endpoint_id: str) -> str:
    repository, found = notifications.one(viewer(), repository_id, endpoint_id)
    if found.secrets is None:
        raise Problem(HTTPStatus.CONFLICT, "Only a webhook has a secret.")
    return page(questions.renew_secret(found), _way(repository), _path(repository_id))


@blueprint.post(f"{_ONE}/secret")
def renew(repository_id: int, endpoint_id: str) -> str:
    """No redirect: this answer is the only place where the secret is."""
    secret, _ = notifications.renew(viewer(), repository_id, endpoint_id)
    _, found = notifications.one(viewer(), repository_id, endpoint_id)
    return _page(repository_id, found, secret)


@blueprint.post(f"{_ONE}/test")
def test(repository_id: int, endpoint_id: str) -> Response:
    notifications.test(viewer(), repository_id, endpoint_id)
    return _sent(repository_id, endpoint_id, "something is being sent there")


@blueprint.get(f"{_ONE}/deliveries")
def deliveries(repository_id: int, endpoint_id: str) -> str:
    """Query: `before`, the page before's last number."""
    repository, found = notifications.one(viewer(), repository_id, endpoint_id)
    sent, more = notifications.sent(found, _PAGE, numbered(request, "before"))
    return render_template(
        "deliveries.html", found=found, way=_way(repository), path=_path(repository_id), sent=sent, more=more
    )


@blueprint.post(f"{_ONE}/deliveries/<message_id>")
def again(repository_id: int, endpoint_id: str, message_id: str) -> Response:
    notifications.again(viewer(), repository_id, endpoint_id, message_id)
    return _sent(repository_id, endpoint_id, "it is being sent once more")


@blueprint.post("/services/<int:service_id>/notifications")
def choose(service_id: int) -> Response:
    """`wants`, as the API has it."""
    notifications.choose(viewer(), service_id)
    flash("what is told of it was changed", "good")
    return redirect(url_for("service_settings.index", service_id=service_id), HTTPStatus.SEE_OTHER)


def _page(repository_id: int, made: Endpoint | None = None, secret: str | None = None) -> str:
    """With a webhook's new secret, if it was `made` or has another."""
    repository, found = notifications.of(viewer(), repository_id)
    store = parts().store
    choices = store.endpoints.choices(repository.id)
    services = store.services.of_repository(repository.id) if choices else []
    return render_template(
        "notifications.html",
        repository=repository,
        path=_path(repository_id),
        endpoints=found,
        chosen=[(each, choices[each.name]) for each in services if each.name in choices],
        channels=[each for each in Channel if each is not Channel.EMAIL or parts().settings.smtp],
        wants=tuple(Wants),
        most=MOST,
        made=made,
        secret=secret,
    )


def _path(repository_id: int) -> str:
    return url_for("notifications.index", repository_id=repository_id)


def _way(repository: Repository) -> list[tuple[str, str]]:
    return [("Services", "/"), (f"Notifications of {repository.full_name}", _path(repository.id))]


def _done(repository_id: int, said: str) -> Response:
    flash(said, "good")
    return redirect(_path(repository_id), HTTPStatus.SEE_OTHER)


def _sent(repository_id: int, endpoint_id: str, said: str) -> Response:
    flash(f"{said}; what comes of it stands here", "waits")
    log = url_for("notifications.deliveries", repository_id=repository_id, endpoint_id=endpoint_id)
    return redirect(log, HTTPStatus.SEE_OTHER)
