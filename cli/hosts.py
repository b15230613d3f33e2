"""`tidegate hosts`: which Docker hosts there are and how they are; and what they take from now on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from cli.onstore import NotDone, on_store, record
from tidegate.guard import closed_ports, script
from tidegate.permission import OPERATOR
from tidegate.placement import Admission, Candidate
from tidegate.settings import Settings
from tidegate.store import Store

GUARD = "guard"
VERBS = {"cordon": Admission.CORDONED, "drain": Admission.DRAINED, "uncordon": Admission.OPEN}


def hosts(environment: Mapping[str, str], verb: str | None, name: str | None) -> int:
    """The exit code. Runs on the machine of the workers, with their environment. `verb` None: all are told. GUARD: told
    is what keeps instances from the machine that they run on, for a shell there."""

    def act(settings: Settings, store: Store) -> None:
        if verb is None:
            _tell(settings)
        elif verb == GUARD:
            print(script(closed_ports(settings.closed_ports, settings.redis_url)), end="")
        else:
            _admit(settings, store, VERBS[verb], name or "")

    return on_store(environment, "Nothing is known of hosts", act)


def _tell(settings: Settings) -> None:
    from worker.place import candidates
    from worker.wiring import make

    parts = make(settings, "tidegate-hosts")
    try:
        print(told(candidates(parts)))
        if settings.guard:
            print(unguarded([host.name for host in settings.hosts if not host.local]), end="")
    finally:
        parts.store.close()


def _admit(settings: Settings, store: Store, admission: Admission, name: str) -> None:
    known = [host.name for host in settings.hosts]
    if name not in known:
        raise NotDone(f"there is no Docker host {name}; TIDEGATE_HOSTS has {', '.join(known)}")
    with store.together():
        record(store, "host", f"{name} {admission}")
        store.hosts.admit(name, admission, OPERATOR, datetime.now(UTC))
    print(f"{name}: {_FROM_NOW_ON[admission]}")


_FROM_NOW_ON = {
    Admission.OPEN: "open; new instances may be placed there",
    Admission.CORDONED: "cordoned; what runs there stays, and nothing new is placed there",
    Admission.DRAINED: "drained; what runs there is started elsewhere, then leaves. `tidegate hosts` tells how many "
    "are left",
}


def told(found: Sequence[Candidate]) -> str:
    """A line for each."""
    return "\n".join(_line(each) for each in found)


def unguarded(elsewhere: Sequence[str]) -> str:
    """A paragraph, or nothing: the rules of a machine's packet filter are put in place on this machine alone."""
    if not elsewhere:
        return ""
    return (
        f"\nOn {', '.join(elsewhere)} nothing is put in place from here that keeps instances from that machine's own "
        "ports\nand metadata addresses. As root there, at each of its starts: the output of `tidegate hosts guard`, to "
        "sh.\n"
    )


def _line(host: Candidate) -> str:
    count = f"{host.instances} instance{'' if host.instances == 1 else 's'}"
    state = f"can't be reached: {host.trouble}" if host.trouble else "answers"
    return f"{host.name}  {host.region}  {host.admission}  {count}  {state}"
