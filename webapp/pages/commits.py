"""Which commit to deploy: the latest of the linked branch, with how their checks are and what became of each here."""

from __future__ import annotations

from flask import Blueprint, render_template

from tidegate.permission import Action
from tidegate.repository import PRODUCTION
from webapp.commits import Checks
from webapp.pages.place import place
from webapp.viewer import viewer

blueprint = Blueprint("commits", __name__)

_LOOKS = {
    Checks.PASSED: ("good", "check"),
    Checks.FAILED: ("bad", "cross"),
    Checks.RUNNING: ("busy", "turning"),
    Checks.NONE: ("quiet", "dash"),
}
_WORDS = {
    Checks.PASSED: "Checks passed",
    Checks.FAILED: "Checks failed",
    Checks.RUNNING: "Checks running",
    Checks.NONE: "No checks",
}


@blueprint.get("/services/<int:service_id>/commits")
def index(service_id: int) -> str:
    """Raises Problem, TokenRefused, Unreachable."""
    here = place(service_id, PRODUCTION)
    viewer().demand(Action.DEPLOY, here.repository)
    branch = here.definition.linked_branch(here.repository.default_branch)
    found = viewer().commits(here.repository, branch)
    became = here.made.store.deployments.of_commits(service_id, PRODUCTION, [each.sha for each in found])
    return render_template(
        "commits.html", place=here, branch=branch, commits=found, became=became, looks=_LOOKS, words=_WORDS
    )
