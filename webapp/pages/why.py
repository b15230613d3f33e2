"""Why a commit is not live, from its service's page: the one answer that the API and the command give."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from tidegate import why
from tidegate.store.commit_facts import facts
from webapp.api.commits import whole_sha
from webapp.pages.place import place

blueprint = Blueprint("why", __name__)


@blueprint.get("/services/<int:service_id>/why")
def index(service_id: int) -> str:
    """Query: `commit`, whole or short; without it, it is asked for. Raises Problem."""
    here = place(service_id)
    told = request.args.get("commit", "").strip().lower()
    sha = whole_sha(here.repository.id, told) if told else ""
    found = facts(here.made.store, here.repository, sha, here.service.name) if sha else []
    return render_template("why.html", place=here, sha=sha, answers=[why.why(each) for each in found])
