"""By way of the registry that is set, if one is: a host that has an image sends it there once, and others fetch it."""

from __future__ import annotations

from tidegate import wording
from tidegate.registry import Login
from worker.parts import Parts
from worker.ports import Engine, OnLine, Refused, Stop, Unavailable


def by_registry(
    parts: Parts, image: str, content: str, source: Engine, target: Engine, on_line: OnLine, stop: Stop
) -> bool:
    """Whether the target has the image now. False: no registry is set, or it can't be used, and why is told. Raises
    TimeoutError; Canceled; CannotOpen."""
    carrier, timeout = parts.settings.carrier, parts.settings.timing.build
    if carrier is None:
        return False
    on_line(wording.carrying_by(image, carrier.registry, source.name, target.name))
    try:
        login = _login(parts, carrier.credential)
        sent = source.send(image, carrier.name_for(image, content), timeout, stop, login)
        target.receive(image, sent, timeout, stop, login)
    except (Refused, Unavailable) as trouble:
        on_line(wording.carried_without(carrier.registry, str(trouble)))
        return False
    return True


def _login(parts: Parts, name: str | None) -> Login | None:
    if name is None:
        return None
    login = parts.store.registry_credentials.get(name)
    if login is None:
        raise Refused(wording.no_such_credential(name))
    return login
