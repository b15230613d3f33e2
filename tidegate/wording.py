"""What users read about a deployment: the reason of each move.

Reasons are clauses in lower case; where one stands alone it becomes a sentence. Verdicts of the gate, of filters and of
health carry their own reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tidegate.deployment import Finding, Step
from tidegate.gate import OWN_PREFIX
from tidegate.health import how_ended
from tidegate.hostname import SHORT_SHA
from tidegate.markdown import code
from tidegate.repository import DEPLOY_FILE, PRODUCTION

QUEUED = "queued"
STARTED = "started"
RESUMED = "resumed, since the worker that ran it was lost"
WAITING_FOR_CHECKS = "waiting for its checks"
WAITING_FOR_APPROVAL = "it comes from a fork: somebody with write permission must approve this commit first"
ONLY_BY_MERGING = "a fork's commit comes to production by being merged, and in no other way"
PULL_CLOSED = "the pull request is closed"
DEPLOYMENT_REFUSED = "the preview isn't there, or the commit comes from a fork and was not approved"
PREVIEW_MADE = "the preview is being made; the comment about it tells more"
PREVIEW_AFTER_FREEZE = "the preview waits for the end of that: then push, or ask for it again; an admin can force it"
NO_PREVIEW = "this pull request has no preview"
NOTHING_TO_CANCEL = "nothing is waiting or being deployed here"
NOTHING_THERE = "nothing was ever deployed here"
NOTHING_LIVE = "nothing of it is live there"
PREVIEWS_FOLLOW = "a preview runs the head of its pull request; push to it, or redeploy what it runs"
NOT_OF_SERVICE = "the service has no such deployment"
SERVICE_REMOVED = "the service was removed; deploy it by hand, or push, to bring it back"
NOTHING_TO_REMOVE = "there is nothing of it left to remove"
REMOVAL_BEGUN = "its instances finish what they are answering, and are gone then; its history stays"
REMOVAL_UNDER_WAY = "it is being removed already"
STILL_LISTED = "the deploy file still has it: the next push brings it back, unless you take it out there"
NOT_ENDED = "that deployment has not ended: what is live, or may come live, can't be removed from the history"
NOTHING_TO_APPROVE = "it waits for no approval: it was approved, has ended, or a newer commit was pushed"
ALREADY_LIVE = "that deployment is live; restart it, or redeploy it"
NOT_RETAINED = "that deployment was never live, or its image was removed with it, so there is nothing to roll back to"
NO_PREVIEW_YET = "it was not looked at yet"
REPOSITORY_BACK = "the repository is back"
REPOSITORY_NOT_LISTED = "GitHub no longer lists the repository among those that the App was given"
GATE_REOPENED = "its checks are running again"
BUILDING = "building the image"
BUILD_FAILED_HERE = "The build failed here"
BUILDING_AHEAD = "building the image ahead, while checks run; nothing of it starts before they have passed"
BUILT_AHEAD = "the image was built ahead, while checks ran"
IMAGE_KEPT = "the image of the earlier deployment is used as it is"
PRE_DEPLOY = "running the pre-deploy command"
STARTING = "starting the new instances"
STARTING_AFTER_STOP = (
    "stopping the old instance, then starting the new one: the service has a disk, so nobody serves in between"
)
ONE_FOR_A_DISK = "A service with a disk has one instance: two would write to the same files."
COMES_BACK = "the version before is started again, since the deploy that it had made way for is not live"
STARTED_BY_ITS_SCHEDULE = "nothing to start: its next run is of this version, and one that is under way goes on"
LIVE = "live"
REMOVED = "its instances are stopped and removed"
AUTO_DEPLOY_IS_ON = "auto-deploy is on"
AUTO_DEPLOY_OFF = "auto-deploy is off (`autoDeployTrigger: off`)"
PREBUILT_BY_HAND = "it runs a prebuilt image, which is deployed by hand or by its deploy hook only"
NO_DEPLOY_FILE = f"there is no `{DEPLOY_FILE}` at the repository's root"
NOTHING_TO_ROLL_BACK_TO = "no earlier deployment was live here, so there is nothing to roll back to"
INSTANCE_VANISHED = "the new container was removed from the host by somebody else"
_SHORT = re.compile("[0-9a-f]{4,39}")
#: The last line of a deployment's log stands under this word, beside the names of steps.
END = "end"


def environment_name(service: str, environment: str) -> str:
    """As GitHub shows it: `<service>`, or `<service> (pr-N)`."""
    return service if environment == PRODUCTION else f"{service} ({environment})"


def check_name(service: str, environment: str) -> str:
    """Of the check run, and the commit status's context."""
    return OWN_PREFIX + environment_name(service, environment)


def fetching(repository: str, sha: str) -> str:
    return f"fetching {repository} at {sha}"


def pulling(image: str) -> str:
    return f"fetching the image {image}"


def no_such_credential(name: str) -> str:
    return f"there is no registry credential {code(name)} on the server; an operator sets it: `tidegate registry add`"


def credential_of_a_stranger(name: str) -> str:
    return f"the registry credential {code(name)} is not given to the preview of a fork"


def credential_of_another_registry(name: str, its: str, wanted: str) -> str:
    return f"the registry credential {code(name)} is for {its}, and nothing is sent with it to {wanted}"


def image_reused(image: str) -> str:
    return f"nothing to build: {image} was built from the same source"


def image_gone(image: str) -> str:
    return f"the image {image} is not on the host any more; redeploy to build it again"


def no_room(why: str) -> str:
    return f"there is too little room to build, though it was cleaned up first: {why}; make room, then redeploy"


def build_ahead_ended(why: str) -> str:
    return f"building ahead ended early, so the deploy builds for itself: {why}"


def build_failed(message: str, exit_code: int | None, at: Finding | None = None) -> str:
    """`at`: the Dockerfile's line, where it is known."""
    told = exit_code is None or str(exit_code) in message
    code_told = "" if told else f" (exit code {exit_code})"
    return f"build failed: {message}{code_told}" + (f" ({at.place})" if at else "")


def leads_outside(path: str) -> str:
    return f"`{path}` is a link that leads out of the repository; link to something inside, or copy it in"


def no_context(directory: str) -> str:
    return (
        f"there is no directory `{directory}` in this commit; correct `rootDir` or `dockerContext` in `{DEPLOY_FILE}`"
    )


def no_dockerfile(path: str) -> str:
    return f"there is no `{path}` in this commit; add it, or correct `dockerfilePath` in `{DEPLOY_FILE}`"


def commands_beside_dockerfile(path: str) -> str:
    return (
        f"there is a `{path}`, which `buildCommand` and `startCommand` have no part in; name the language "
        f"(`runtime: node`) in `{DEPLOY_FILE}` to build without it, or take them out"
    )


def planned(language: str) -> str:
    return f"the tree is {language}; it is built by this Dockerfile, which was made for it:"


def no_secret_argument(name: str) -> str:
    return (
        f"{name} is secret, so it is no build argument, which the image would show: "
        f"have it by `RUN --mount=type=secret,id={name} …`, in the file /run/secrets/{name}"
    )


def pre_deploy_failed(command: str, exit_code: int) -> str:
    """The command last: it may be long, and where GitHub cuts the sentence the exit code must stay."""
    return f"pre-deploy failed: the command {how_ended(exit_code, oom_killed=False)}: {code(command)}"


def instance_healthy(index: int, seconds: float, detail: str) -> str:
    return f"instance {index + 1} answers ({detail}) after {seconds:.2f} s"


def not_healthy_yet(index: int, path: str | None, port: int, detail: str) -> str:
    """`detail` is the last probe's; `path` None: the port alone is probed."""
    probe = f"GET {path} on port {port}" if path else f"port {port}"
    return f"instance {index + 1} is not healthy yet: {probe}: {detail}"


def tried_until(left: float) -> str:
    """`left` in seconds."""
    return f"it is tried again for {f'{left / 60:.0f} min' if left >= 90 else f'{left:.0f} s'} more"


def scaled(count: int, before: int, *, live: bool) -> str:
    if count == before:
        return f"{_instances(count)} already" if live else f"{_instances(count)} from its next deploy on, as before"
    return f"scaled from {before} to {_instances(count)}" + ("" if live else ", from its next deploy on")


def unscalable(service: str) -> str:
    return f"{code(service)} is a cron service: it has one run at a time, and no instances."


def no_cron_service(service: str, kind: str) -> str:
    return f"{code(service)} is of type {code(kind)}, and only cron services have runs."


def nothing_to_run(service: str, environment: str) -> str:
    return f"nothing of {code(service)} is live in {code(environment)}, so there is nothing to run yet."


def run_asked(run_id: int) -> str:
    return f"run {run_id} was asked for by hand"


def _instances(count: int) -> str:
    return f"{count} instance{'' if count == 1 else 's'}"


def instance_entered(index: int) -> str:
    return f"instance {index + 1} takes the place of an old one; until all have, both versions are sent to"


def made_way(sha: str) -> str:
    return f"its instance stops before {sha[:SHORT_SHA]} starts: both would write to the service's disk"


def out_of_service(seconds: float) -> str:
    return f"the old instance was stopped first, since the service has a disk; nobody served for {seconds:.1f} s"


def purge_failed(detail: str) -> str:
    return f"the purge address was called, and: {detail}; caches in front may still serve the version before"


def disk_over_size(name: str, there: float, asked: int) -> str:
    return f"the disk {code(name)} holds {there:.1f} GB, more than its `sizeGB: {asked}`; nothing is cut off"


def disk_in_use(name: str) -> str:
    return f"its disk is still in use by the container {name}"


def instance_failed(index: int, count: int, reason: str) -> str:
    """Of several, one that fails ends the deploy for all."""
    return reason if count == 1 else f"instance {index + 1} of {count} failed, so all are taken back: {reason}"


def no_longer_well(how: str) -> str:
    return f"it had answered, and then {how}"


def instance_stayed(index: int, seconds: float) -> str:
    return f"instance {index + 1} has stayed up for {seconds:g} s"


def step_failed(step: Step, message: str) -> str:
    return f"{step} failed: {message}"


def within(step: Step, reason: str) -> str:
    """A reason as it stands beside its step's name and the word "failed", which it needn't repeat."""
    return reason.removeprefix(step_failed(step, ""))


def step_timed_out(step: Step) -> str:
    return f"{step} timed out"


def postponed(trouble: str, seconds: float) -> str:
    return f"{trouble} The deploy goes on by itself in {seconds:.0f} s."


def cut(trouble: str) -> str:
    return f"{trouble} The step begins again once it can."


def broke(error: str) -> str:
    return f"the server made a mistake: {error or 'no details'}"


def broken_deploy_file(mistakes: int, name: str = DEPLOY_FILE) -> str:
    return f"`{name}` has {'a mistake' if mistakes == 1 else f'{mistakes} mistakes'}"


def host_taken(host: str, repository: str, service: str) -> str:
    return f"the name {host} is taken by `{service}` of {repository}; choose another `name` or domain"


def skip_phrase(phrase: str) -> str:
    return f"the commit's message says {code(phrase)}"


def superseded_by(sha: str) -> str:
    return f"superseded by {sha[:SHORT_SHA]}"


def canceled_for(sha: str) -> str:
    return f"canceled to make room for {sha[:SHORT_SHA]}"


def canceled_by(actor: str) -> str:
    return f"canceled by {actor}"


def cancel_asked_by(actor: str) -> str:
    return f"{actor} asked to cancel"


def replaced_by(sha: str) -> str:
    return f"replaced by {sha[:SHORT_SHA]}"


def redeployed_by(actor: str) -> str:
    return f"redeploy, asked for by {actor}"


def restarted_by(actor: str) -> str:
    return f"restart, asked for by {actor}"


def configured_by(actor: str, names: Iterable[str]) -> str:
    return f"new configuration: {actor} changed {', '.join(map(code, names))}"


CONFIG_OF_NOTHING = "nothing of it is live; whatever is deployed next has it"
CONFIG_OF_NOTHING_REMOVED = "nothing of it is live; whatever is deployed next is without that value"


def config_under_way(*, removed: bool) -> str:
    """What is removed may have another value from then on, such as the deploy file's."""
    return f"it is deployed {'without that value' if removed else 'with the new value'}, from the same image"


def config_unchanged(*, removed: bool) -> str:
    why = "nothing of it runs with that value" if removed else "it has that value already"
    return f"{why}, so nothing is deployed"


def rolled_back_by(actor: str, sha: str) -> str:
    return f"rollback to {sha[:SHORT_SHA]}, asked for by {actor}"


def auto_deploy_off_by_rollback(actor: str, sha: str) -> str:
    return (
        f"auto-deploy is off since {actor} rolled back to {sha[:SHORT_SHA]}; `/auto-deploy on` in a pull request, or "
        "`tidegate auto-deploy`, turns it on again"
    )


def auto_deploy_off_by_commit(actor: str, sha: str) -> str:
    return (
        f"auto-deploy is off since {actor} deployed {sha[:SHORT_SHA]} by hand; `/auto-deploy on` in a pull request, or "
        "`tidegate auto-deploy`, turns it on again"
    )


def auto_deploy_on(actor: str) -> str:
    return f"auto-deploy was turned on by {actor}"


def deployed_by(actor: str, sha: str) -> str:
    return f"deploy of {sha[:SHORT_SHA]}, asked for by {actor}"


def no_such_ref(ref: str) -> str:
    """GitHub answers a beginning that several commits have as if there were none."""
    several = ", nor is it the beginning of just one commit's SHA; give more of it" if _SHORT.fullmatch(ref) else ""
    return f"there is no branch, tag or commit {code(ref)}{several}"


def not_of_repository(sha: str, repository: str) -> str:
    return (
        f"no branch or tag of {repository} leads to {sha[:SHORT_SHA]}: it is a fork's commit, which comes here by "
        "being merged, or one that a force push took away"
    )


def no_such_service(name: str, known: Iterable[str]) -> str:
    return f"there is no service {code(name)}; there {_are(sorted(known))}"


def _are(names: Sequence[str]) -> str:
    return (
        "are none" if not names else f"is {code(names[0])}" if len(names) == 1 else "are " + ", ".join(map(code, names))
    )


def not_in_deploy_file(service: str) -> str:
    return f"at this commit the deploy file has no service {code(service)}"


def nothing_to(verb: str) -> str:
    return f"there is nothing to {'roll back to' if verb == 'rollback' else verb} now; the timeline says why"


def service_removed_by(actor: str) -> str:
    return f"the service was removed by {actor}"


def unlisted(sha: str) -> str:
    return (
        f"since {sha[:SHORT_SHA]} the deploy file doesn't have it any more; what is live goes on running until the "
        "service is removed by hand (`tidegate remove`, the API)"
    )


def discarded_by(actor: str) -> str:
    return f"removed from the history by {actor}, with its image and its log"


def auto_deploy_off_by(actor: str) -> str:
    return f"auto-deploy was turned off by {actor}"


def pull_ended(number: int, merged: bool) -> str:  # noqa: FBT001 - a fact about the pull request
    return f"the pull request #{number} was {'merged' if merged else 'closed'}"


def preview_expired(days: int) -> str:
    return f"nobody pushed to it for {days} days (`previews.expireAfterDays`); the next push brings it back"


def preview_gone(why: str) -> str:
    return f"it is not there: {why}"


def no_open_pull(number: int) -> str:
    return f"there is no open pull request #{number}"


def preview_removed_by(actor: str) -> str:
    return f"removed by {actor}; the next push, or `/preview`, brings it back"


def approved_by(actor: str) -> str:
    return f"approved by {actor}"


def not_permitted(actor: str, action: str, needed: str) -> str:
    return f"{actor} may not do this: {action} takes the permission {code(needed)} in the repository"


def frozen_ask(frozen: str) -> str:
    return f"{frozen}; an admin can force it"


def branch_deleted(branch: str) -> str:
    return f"auto-deploy is off since the branch {code(branch)} was deleted"


def placed(index: int, host: str, why: str) -> str:
    return f"instance {index + 1} runs on the Docker host {host}: {why}"


def carrying(image: str, source: str, target: str) -> str:
    return f"copying the image {image} from the Docker host {source} to {target}"


def carrying_by(image: str, registry: str, source: str, target: str) -> str:
    return f"bringing the image {image} from the Docker host {source} to {target} by the registry {registry}"


def carried_without(registry: str, why: str) -> str:
    return f"the registry {registry} can't be used for that, so the image is copied from host to host: {why}"


def carried_for_others(image: str) -> str:
    return f"the image {image} is ours: this server keeps what it builds under such names; name another image"


def credential_of_the_server(name: str) -> str:
    return f"the registry credential {code(name)} is the server's own, for what it builds; name another"


def host_unreachable(name: str) -> str:
    return f"the Docker host {name} can't be reached; what runs there goes on, and is looked at again once it answers"


def host_back(name: str) -> str:
    return f"the Docker host {name} answers again"
