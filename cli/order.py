"""`tidegate deploy`, `redeploy`, `restart`, `rollback`: asked of the workers by way of the store, as the API asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from cli.onstore import NotDone, meant, on_store, record
from tidegate.blueprint import Service as Definition
from tidegate.deployment import ACTIVE, PENDING
from tidegate.permission import OPERATOR, Action
from tidegate.repository import PRODUCTION, Delivery, Service
from tidegate.request import ORDER
from tidegate.settings import Settings
from tidegate.store import Store
from tidegate.store import auto_deploy as turning
from webapp.workers import Workers

_NOTHING = "Nothing can be asked for"


def order(
    environment: Mapping[str, str], action: Action, name: str, place: str, what: Mapping[str, str | bool | None]
) -> int:
    """The exit code. `what`: the fields of the event `Ordered` that say more."""

    def act(settings: Settings, store: Store) -> None:
        service = meant(store, name)
        record(store, action, ", ".join(f"{key} {value}" for key, value in what.items()), service, place)
        told = ask(store, ORDER, service, place, {"action": action, **what})
        made = told.get("deployment")
        print(f"{name}: {told['detail']}" + (f"\n{settings.url}/deployments/{made}" if made else ""))

    return on_store(environment, _NOTHING, act)


def ask(store: Store, request: str, service: Service, place: str, what: Mapping[str, object]) -> Mapping[str, object]:
    """A worker's answer; the watcher rings for it within a second. Raises NotDone where it is a refusal."""

    def keep(delivery: Delivery) -> None:
        store.deliveries.put([delivery])

    workers = Workers(keep, store.answers.get, stopping=lambda: False)
    about = {"repository_id": service.repository_id, "service_id": service.id, "environment": place}
    answer = workers.ask(request, {**about, "actor": OPERATOR, **what})
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise NotDone(f"{service.name}: {answer.body['detail']}")
    return answer.body


def auto_deploy(environment: Mapping[str, str], name: str, *, on: bool) -> int:
    """The exit code."""

    def act(_: Settings, store: Store) -> None:
        service = meant(store, name)
        with store.together():
            record(store, Action.AUTO_DEPLOY, "on" if on else "off", service, PRODUCTION)
            told = turning.turn(store, service, OPERATOR, datetime.now(UTC), on=on)
        print(f"{name}: {told}")

    return on_store(environment, _NOTHING, act)


def remove(
    environment: Mapping[str, str], name: str, deployment: str | None, confirmed: str | None, *, disks: bool
) -> int:
    """A deployment out of the history; or the service, where its name is said once more, with its `disks` or without.
    The exit code."""

    def act(_: Settings, store: Store) -> None:
        service = meant(store, name)
        if deployment is None and confirmed != service.name:
            raise NotDone(
                f"{name}: it would be removed with all that it runs, in every environment; its history stays."
                f"{_of_disk(service, going=disks)}"
                f" To do so: tidegate remove {name} --confirm {service.name}{' --disks' if disks else ''}"
            )
        what = {"action": Action.REMOVE, "deployment": deployment, "disks": disks}
        record(store, Action.REMOVE, deployment or "the service", service)
        print(f"{name}: {ask(store, ORDER, service, PRODUCTION, what)['detail']}")

    return on_store(environment, _NOTHING, act)


def _of_disk(service: Service, *, going: bool) -> str:
    disk = Definition.load(service.definition).disk
    if disk is None:
        return ""
    named = f" Its disk `{disk.name}` (at {disk.mount_path})"
    return f"{named} would go, with all that is on it." if going else f"{named} stays, unless you add --disks."


def cancel(environment: Mapping[str, str], name: str, place: str) -> int:
    """Whatever of the service may still come live there. The exit code."""

    def act(_: Settings, store: Store) -> None:
        service = meant(store, name)
        coming = [
            each
            for each in store.deployments.pending_or_active(service.repository_id, place)
            if each.service_id == service.id and each.status in PENDING | ACTIVE
        ]
        now = datetime.now(UTC)
        canceled = []
        for each in coming:
            with store.together():
                if store.deployments.ask_cancel(each.id, OPERATOR, now):
                    record(store, Action.CANCEL, each.id, service, place)
                    canceled.append(each)
        if not canceled:
            raise NotDone(f"{name}: nothing is waiting or being deployed to `{place}`")
        for each in canceled:
            how = "is canceled" if each.status in PENDING else "is canceled as soon as its worker hears of it"
            print(f"{name}: {each.sha[:7]} {how} ({each.id})")

    return on_store(environment, _NOTHING, act)
