"""`tidegate hosts`: which Docker hosts there are and how they are; and what they take from now on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from cli.command import Shown, Told
from cli.onstore import here_or_there, on_store
from cli.remote.ask import Act, by_api
from tidegate.gauge import HostSeen
from tidegate.guard import closed_ports, script
from tidegate.placement import Admission

if TYPE_CHECKING:
    from cli.command import Commands
    from cli.remote.api import Api
    from tidegate.settings import Settings
    from tidegate.store import Store

_PATH = "/api/v1/hosts"
_NOTHING = "Nothing is known of hosts"
_VERBS = {
    "cordon": (Admission.CORDONED, "nothing new is placed there; what runs there stays"),
    "drain": (Admission.DRAINED, "what runs there is started elsewhere, then leaves"),
    "uncordon": (Admission.OPEN, "new instances are placed there again"),
}


def add_to(commands: Commands) -> None:
    hosts = commands.add_parser("hosts", help="tell the Docker hosts, or what one takes from now on")
    hosts.set_defaults(run=here_or_there(on_store(_NOTHING, _looked_at), by_api(_listed)))
    verbs = hosts.add_subparsers(dest="verb")
    for verb, (admission, does) in _VERBS.items():
        each = verbs.add_parser(verb, help=does)
        each.add_argument("name", help="as in TIDEGATE_HOSTS")
        each.set_defaults(run=by_api(_admitting(admission)))
    guard = verbs.add_parser(
        "guard", help="print what keeps instances from their machine's own ports, for root's sh on another"
    )
    guard.set_defaults(run=on_store(_NOTHING, _guard))


def _listed(api: Api, _: Told) -> Shown:
    found = api.get(_PATH)
    return Shown(found, [line(each) for each in found["hosts"]] or ["There are none that you may see."])


def _looked_at(settings: Settings, _: Store, __: Told) -> Shown:
    """Whether each answers is asked on the spot."""
    from cli import notes
    from webapp.api.hosts import described
    from webapp.hosts import Known
    from worker.place import candidates
    from worker.wiring import make

    notes.to_stderr()
    hosts = {each.name: each for each in settings.hosts}
    parts = make(settings, "tidegate-hosts")
    try:
        closed = parts.store.hosts.closed()
        asked = [(each, HostSeen(datetime.now(UTC), each.trouble)) for each in candidates(parts, alone=True)]
    finally:
        parts.store.close()
    found = [described(Known(hosts[each.name], closed.get(each.name), each.instances, seen)) for each, seen in asked]
    elsewhere = [host.name for host in settings.hosts if not host.local] if settings.guard else []
    return Shown({"hosts": found}, [*map(line, found), *unguarded(elsewhere)])


def _guard(settings: Settings, _: Store, __: Told) -> Shown:
    text = script(closed_ports(settings.closed_ports, settings.redis_url))
    return Shown({"script": text}, [text.removesuffix("\n")])


def _admitting(admission: Admission) -> Act:
    def act(api: Api, told: Told) -> Shown:
        said = api.put(f"{_PATH}/{quote(told.name, safe='')}", {"admission": admission})
        return Shown(said, [said["detail"]])

    return act


def line(host: Mapping[str, object]) -> str:
    count = f"{host['instances']} instance{'' if host['instances'] == 1 else 's'}"
    told = [str(host["name"]), str(host["region"]), str(host["admission"]), count]
    if host.get("trouble"):
        told.append(f"can't be reached: {host['trouble']}")
    elif host.get("answers"):
        told.append("answers")
    return "  ".join(told)


def unguarded(elsewhere: Sequence[str]) -> list[str]:
    """A paragraph, or nothing: the rules of a machine's packet filter are put in place on this machine alone."""
    if not elsewhere:
        return []
    return [
        "",
        f"On {', '.join(elsewhere)} nothing is put in place from here that keeps instances from that machine's own",
        "ports and metadata addresses. As root there, at each of its starts: the output of",
        "`tidegate hosts guard`, to sh.",
    ]
