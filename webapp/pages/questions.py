"""What is asked once before it is done: in words that say what will happen. Pure, but for what the place reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from tidegate import wording
from tidegate.apitoken import ApiToken
from tidegate.deployment import ACTIVE, PENDING, SERVING, Deployment
from tidegate.hostname import SHORT_SHA
from tidegate.notification import Endpoint
from tidegate.permission import Action
from tidegate.placement import Admission
from tidegate.repository import Repository
from webapp.hosts import Known
from webapp.pages.place import Place


@dataclass(frozen=True)
class Question:
    """`path` is where the answer is sent, with `fields`; `says` are clauses; without `button` nothing can be done;
    `forcing`: a freeze would refuse it."""

    path: str
    title: str
    says: tuple[str, ...]
    button: str
    fields: Mapping[str, str] = field(default_factory=dict)
    danger: bool = False
    forcing: str | None = None


def deploy(place: Place, commit: str | None, *, clear_cache: bool) -> Question:
    branch = place.definition.linked_branch(place.repository.default_branch)
    what = f"`{commit[:SHORT_SHA]}`" if commit else f"the latest commit of `{branch}`"
    says = [f"{what} is deployed to {place.environment}, unfiltered and without waiting for its checks"]
    says += ["the image is built anew, from nothing that was kept of earlier builds"] if clear_cache else []
    if commit and place.service.auto_deploy_off is None:
        says.append(
            "auto-deploy is turned off, as the next push would bring back what you leave out; turn it on again here"
        )
    fields = {"commit": commit or "", "clearCache": "true" if clear_cache else ""}
    return _question(place, Action.DEPLOY, f"Deploy {place.service.name}?", says, "Deploy", fields)


def redeploy(place: Place, meant: Deployment | None) -> Question:
    source = meant or place.live
    what = f"`{source.sha[:SHORT_SHA]}`" if source else "what was deployed last"
    says = [f"{what} is deployed again to {place.environment}, with today's variables and settings"]
    return _question(place, Action.REDEPLOY, f"Redeploy {place.service.name}?", says, "Redeploy", _of(meant))


def restart(place: Place) -> Question:
    says = ["new instances of exactly what runs take over from those that run: the same commit, image and variables"]
    says += ["a variable that was changed since is not picked up; redeploy for that"]
    return _question(place, Action.RESTART, f"Restart {place.service.name}?", says, "Restart", {})


def rollback(place: Place, target: Deployment | None) -> Question:
    says = [wording.NOTHING_TO_ROLL_BACK_TO]
    if target is not None:
        message = target.message.strip().partition("\n")[0]
        says = [f"{place.environment} goes back to `{target.sha[:SHORT_SHA]}` ({message}): its image and its variables"]
        says += ["nothing is built", "auto-deploy is turned off, until you turn it on again"]
    title, button = f"Roll {place.service.name} back?", "Roll back" if target else ""
    return _question(place, Action.ROLLBACK, title, says, button, _of(target), danger=True)


def auto_deploy(place: Place, *, on: bool) -> Question:
    title = f"Turn auto-deploy {'on' if on else 'off'}?"
    says = [
        "from the next push on it deploys by itself; what was pushed until now stays undeployed until you deploy it"
    ]
    if not on:
        says = ["pushes deploy nothing, until somebody turns it on again; deploys by hand go on"]
    path, fields = f"/services/{place.service.id}/auto-deploy", {"on": "true" if on else "false"}
    return Question(path, title, tuple(says), "Turn on" if on else "Turn off", fields)


def cancel(deployment: Deployment) -> Question:
    path = f"/deployments/{deployment.id}/cancel"
    if deployment.status not in PENDING | ACTIVE:
        ended = "it is live" if deployment.status in SERVING else f"it has ended: {deployment.reason}"
        return Question(path, "There is nothing to cancel", (ended,), "")
    says = (f"`{deployment.sha[:SHORT_SHA]}` is not deployed to {deployment.environment}; what is live stays",)
    return Question(path, "Cancel this deployment?", says, "Cancel it", {}, danger=True)


def approve(place: Place, deployment: Deployment) -> Question:
    says = (
        f"`{deployment.sha[:SHORT_SHA]}` of a fork, by {deployment.author}, is built and run on your hosts",
        "it is given no secret; read the commit first; a later push needs an approval of its own",
    )
    path = f"/services/{place.service.id}/approve"
    return Question(path, "Let this commit run?", says, "Approve", _of(deployment), danger=True)


def run(place: Place) -> Question:
    says = ("one run begins now; one that is under way is stopped for it, since there is one at a time",)
    fields = _in(place)
    return Question(f"/services/{place.service.id}/runs", f"Run {place.service.name} now?", says, "Run now", fields)


def unset(place: Place, name: str) -> Question:
    says = (
        f"`{name}` has no value of its own in {place.environment} any more",
        "what is live is deployed again without it",
    )
    path = f"/services/{place.service.id}/variables/remove"
    return Question(path, f"Take {name} away?", says, "Take it away", {"name": name, **_in(place)}, danger=True)


def remove_deployment(deployment: Deployment) -> Question:
    says = (
        f"`{deployment.sha[:SHORT_SHA]}` stays in the list of what was deployed, marked as removed",
        "its log, its variables and its image go, so that nothing can go back to it any more",
    )
    path = f"/deployments/{deployment.id}/remove"
    return Question(path, "Remove this deployment from the history?", says, "Remove it", {}, danger=True)


def renew_hook(place: Place) -> Question:
    says = ("it gets a new address; the old one is refused at once, whichever script still calls it",)
    path = f"/services/{place.service.id}/deploy-hook"
    title = f"Replace the deploy hook of {place.service.name}?"
    return Question(path, title, says, "Replace it", {}, danger=True)


def remove_preview(repository: Repository, number: int) -> Question:
    says = (
        "all that runs for the pull request is stopped and removed, with its disks and its variables",
        "the next push to it brings it back, and so does `/preview` in a comment",
    )
    path = f"/repositories/{repository.id}/previews/{number}/remove"
    title = f"Remove the preview of {repository.full_name} #{number}?"
    return Question(path, title, says, "Remove it", {}, danger=True)


def revoke_token(token: ApiToken) -> Question:
    says = ("whatever program has it is refused from now on; it can't be brought back",)
    return Question(f"/tokens/{token.id}/revoke", f"Revoke {token.terms.name}?", says, "Revoke it", {}, danger=True)


def remove_address(endpoint: Endpoint) -> Question:
    says = ("nothing is sent there any more, and the log of what was sent goes with it",)
    return Question(_of_address(endpoint, "remove"), f"Remove {endpoint.shown}?", says, "Remove it", danger=True)


def renew_secret(endpoint: Endpoint) -> Question:
    says = (
        "there is a new secret, which is shown once",
        "for a day the one that there is now signs too, so that the receiver can change over",
    )
    return Question(_of_address(endpoint, "secret"), f"A new secret for {endpoint.shown}?", says, "Make a new secret")


def sign_out_everywhere() -> Question:
    says = ("every browser in which you are signed in is signed out, this one too",)
    return Question("/logout/everywhere", "Sign out everywhere?", says, "Sign out", {}, danger=True)


#: What happens, what it is called, and the button.
_ADMITS: dict[Admission, tuple[str, tuple[str, ...]]] = {
    Admission.OPEN: ("Uncordon", ("new instances are placed there again; nothing moves back by itself",)),
    Admission.CORDONED: ("Cordon", ("nothing new is placed there; what runs there stays",)),
    Admission.DRAINED: (
        "Drain",
        (
            "what runs there is started elsewhere, gets its traffic there, and leaves; what has a disk there stays",
            "nothing new is placed there",
        ),
    ),
}


def admit(known: Known, admission: Admission, *, alone: bool) -> Question:
    """`alone`: no other host is open."""
    verb, says = _ADMITS[admission]
    if alone and admission is not Admission.OPEN:
        says += ("no other host takes anything new: what needs a place fails, and nothing leaves, until one does",)
    path, danger = f"/hosts/{quote(known.host.name, safe='')}/admission", admission is Admission.DRAINED
    return Question(path, f"{verb} {known.host.name}?", says, verb, {"admission": admission}, danger=danger)


def _question(
    place: Place,
    action: Action,
    title: str,
    says: list[str],
    button: str,
    fields: Mapping[str, str],
    *,
    danger: bool = False,
) -> Question:
    frozen = place.frozen
    forcing = f"frozen by {frozen.author}: {frozen.reason}" if frozen else None
    told = {name: value for name, value in {**fields, **_in(place)}.items() if value}
    if action is Action.DEPLOY:
        told.pop("environment", None)
    return Question(f"/services/{place.service.id}/{action}", title, tuple(says), button, told, danger, forcing)


def _of_address(endpoint: Endpoint, end: str) -> str:
    return f"/repositories/{endpoint.repository_id}/notifications/{endpoint.id}/{end}"


def _in(place: Place) -> dict[str, str]:
    return {"environment": place.environment}


def _of(deployment: Deployment | None) -> dict[str, str]:
    return {"deployment": deployment.id} if deployment else {}
