"""The whole check-up: each look by itself, so that what is down keeps nothing else from being looked at."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tidegate import setup, setup_words
from tidegate.checkup.app import app_lines, webhook_line
from tidegate.checkup.certificates import authority_lines
from tidegate.checkup.line import Line, amiss, fine
from tidegate.checkup.machine import disk_line, host_line, router_line, store_line
from tidegate.howfar import At, unwatched
from tidegate.settings import Webhooks
from tidegate.store import StoreDown
from tidegate.store.metadata import REVISION
from worker import certify
from worker.checkup import address, machine
from worker.datadir import DataDir
from worker.parts import Parts
from worker.ports import Engine, Refused, Unavailable, in_detail
from worker.router import about as router


def check_up(parts: Parts, manifest: Mapping[str, Any], looking: At = unwatched) -> list[Line]:
    """`manifest`: app-manifest.yml, read. `looking` is told what is looked at next."""
    settings = parts.settings
    looks: tuple[tuple[str, Callable[[], Iterable[Line]]], ...] = (
        ("versions", lambda: [_versions()]),
        ("store", lambda: [store_line(REVISION, ready=parts.store.ready())]),
        ("Redis", lambda: machine.redis_and_workers(parts)),
        ("router", lambda: [router_line(router.version(), *router.routes(Path(settings.router.directory)))]),
        *((f"Docker host {each.name}", lambda each=each: [_host(parts, each)]) for each in parts.hosts),
        ("disk", lambda: [disk_line(DataDir(settings.data).free() or 0, settings.least_free)]),
        ("clock", lambda: [address.github_time(settings, parts.clock)]),
        ("address", lambda: [address.own_address(settings)]),
        ("TLS", lambda: [address.certificate(settings, parts.clock)]),
        ("certificate files", lambda: address.certificate_files(settings, parts.clock)),
        ("certificates", lambda: _certificates(parts)),
        ("DNS", lambda: [address.wildcard(settings)]),
        ("GitHub App", lambda: _app(parts, manifest)),
    )
    lines: list[Line] = []
    for number, (subject, look) in enumerate(looks, 1):
        looking(subject, number, len(looks))
        lines += _lines(subject, look)
    return lines


def _lines(subject: str, look: Callable[[], Iterable[Line]]) -> list[Line]:
    try:
        return list(look())
    except (Unavailable, Refused, StoreDown, OSError) as trouble:
        return [amiss(subject, "it could not be looked at", in_detail(trouble))]


def _versions() -> Line:
    return fine("versions", f"Tidegate {version('tidegate')}, Python {platform.python_version()}")


def _host(parts: Parts, engine: Engine) -> Line:
    try:
        return host_line(engine.name, engine.about(), "", parts.settings.least_free)
    except (Unavailable, Refused) as trouble:
        return host_line(engine.name, None, in_detail(trouble), parts.settings.least_free)


def _certificates(parts: Parts) -> Iterator[Line]:
    settings, tls = parts.settings, parts.settings.router.tls
    if tls is None or tls.acme is None:
        return
    wanted = certify.wanted(parts.store, settings, tls)
    yield from authority_lines(tls.acme.directory, wanted, certify.known(settings), parts.clock.now())


def _app(parts: Parts, manifest: Mapping[str, Any]) -> Iterator[Line]:
    settings = parts.settings
    if not settings.github.has_app:
        yield amiss("GitHub App", "there is none yet", setup_words.set_up_at(setup.link(settings)))
        return
    from worker.github.about import about  # here, for memory, as in wiring.py

    try:
        facts = about(settings.github, parts.store.tokens, parts.clock)
    except (Unavailable, Refused) as trouble:
        yield amiss("GitHub App", "GitHub can't be asked about it", str(trouble))
        return
    yield fine("GitHub App", f"{facts.name}, {facts.page}")
    yield from app_lines(facts, manifest["default_permissions"], frozenset(manifest["default_events"]))
    hook = setup.manifest(manifest, settings)["hook_attributes"]["url"]
    yield webhook_line(facts, hook, polled=settings.webhooks is Webhooks.POLL)
