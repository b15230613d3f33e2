"""What a service's private registry is asked with, by the name that its deploy file gives."""

from __future__ import annotations

from tidegate import imagename, wording
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment
from tidegate.registry import Login
from worker.parts import Parts
from worker.ports import Refused
from worker.trusted import trusted


def login_for(parts: Parts, deployment: Deployment, definition: Definition) -> Login | None:
    """None: it is asked without. Raises Refused, with what to do, where that name can't be used, or where the image is
    one that we keep there for another; CannotOpen."""
    name, carrier = definition.credential, parts.settings.carrier
    if carrier is not None and definition.prebuilt and carrier.has(definition.prebuilt):
        raise Refused(wording.carried_for_others(definition.prebuilt))
    if name is None:
        return None
    if carrier is not None and name == carrier.credential:
        raise Refused(wording.credential_of_the_server(name))
    if not trusted(parts, deployment):
        raise Refused(wording.credential_of_a_stranger(name))
    login = parts.store.registry_credentials.get(name)
    if login is None:
        raise Refused(wording.no_such_credential(name))
    wanted = imagename.parse(definition.prebuilt).registry if definition.prebuilt else login.registry
    if wanted != login.registry:
        raise Refused(wording.credential_of_another_registry(name, login.registry, wanted))
    return login
