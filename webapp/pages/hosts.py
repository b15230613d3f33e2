"""The Docker hosts: whether each answers, what it takes, and how many instances it runs. Who changes that has the
server's own keys, and the command."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.parts import parts
from webapp.readings import hosts_seen
from webapp.viewer import viewer

blueprint = Blueprint("hosts", __name__)


@blueprint.get("/hosts")
def index() -> str:
    """For whoever is signed in and works in a repository; addresses are the operator's to know."""
    made, given = parts(), viewer().given()
    known = made.settings.hosts if given else ()
    closed, running = made.store.hosts.closed(), made.store.instances.by_host()
    seen = hosts_seen(made.redis, [each.name for each in known])
    hosts = [(each, closed.get(each.name), running.get(each.name, 0), seen.get(each.name)) for each in known]
    return render_template("hosts.html", hosts=hosts)
