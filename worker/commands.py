"""Commands in a comment on a pull request: asked of GitHub whether its author may, done, and answered once.

They act on the pull request's preview where it has one and `production` isn't said, else on production.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tidegate import command, permission, wording
from tidegate.audit import About, Via
from tidegate.blueprint import Service as Definition
from tidegate.command import Command, Verb
from tidegate.deployment import Deployment, Status, Trigger
from tidegate.events import Commented
from tidegate.facts import PullRequest
from tidegate.permission import Action, Permission
from tidegate.preview import Preview
from tidegate.reply import Reply
from tidegate.repository import DEPLOY_FILE, PRODUCTION, Repository, Service
from worker import allowed, asked, auto_deploy, deployfile, freezing, previewed, previews
from worker.asked import Ask
from worker.parts import Parts

#: GitHub's names of reactions.
_DONE, _REFUSED, _PUZZLED = "rocket", "-1", "confused"


def commented(parts: Parts, event: Commented) -> None:
    """A comment that was answered is left alone, however often it is told."""
    repository = parts.store.repositories.get(event.repository_id)
    if repository is None or repository.gone or parts.store.replies.get(repository.id, event.comment_id) is not None:
        return
    pull = parts.github.pull(repository, event.number)
    if pull is None:
        return
    may = parts.github.permission(repository, event.author)
    conversation = _Conversation(parts, repository, pull, event.author, may)
    for said in command.parse(event.body):
        if isinstance(said, Command):
            conversation.carry_out(said)
        else:
            conversation.puzzled(str(said))
    parts.store.replies.save(conversation.reply(event))
    parts.bell.report()


@dataclass
class _Conversation:
    """One comment's commands, and what is answered to them."""

    parts: Parts
    repository: Repository
    pull: PullRequest
    author: str
    may: Permission
    reaction: str = ""
    lines: list[str] = field(default_factory=list)
    deployments: list[str] = field(default_factory=list)

    def reply(self, event: Commented) -> Reply:
        return Reply(
            self.repository.id,
            event.comment_id,
            event.number,
            event.author,
            self.reaction or _DONE,
            reacted=False,
            lines=tuple(self.lines),
            deployments=tuple(self.deployments),
        )

    def puzzled(self, why: str) -> None:
        self.reaction = self.reaction or _PUZZLED
        self.lines.append(why)

    def carry_out(self, said: Command) -> None:
        for action in (said.verb.action, *((Action.FORCE,) if said.force else ())):
            if not permission.allowed(action, self.may):
                self.reaction = _REFUSED
                self.lines.append(allowed.refusal(self.author, action))
                return
        words = " ".join(each for each in (f"/{said.verb}", *said.services, said.text) if each)
        detail = f"{words}, at #{self.pull.number}"
        allowed.record(self.parts, self.author, Via.COMMENT, said.verb.action, About(self.repository.id), detail)
        _CARRIED_OUT[said.verb](self, said)

    # One method a verb

    def deploy(self, said: Command) -> None:
        """To production: the pull request's head, or once it is merged the latest commit of the linked branch."""
        fork = self.pull.is_fork_of(self.repository.id)
        if not self.pull.merged and (fork or not self.pull.open):
            self.puzzled(wording.ONLY_BY_MERGING if fork else wording.PULL_CLOSED)
            return
        for service, definition in self._defined(said):
            branch = definition.linked_branch(self.repository.default_branch)
            ref = branch if self.pull.merged else self.pull.head_sha
            commit = self.parts.github.resolve(self.repository, ref)
            if commit is None:
                self.puzzled(wording.no_such_ref(ref))
                continue
            where = branch if self.pull.merged else self.pull.head_branch
            made = asked.deploy(
                self.parts,
                self.repository,
                (service, PRODUCTION),
                commit,
                where,
                definition,
                Ask(Trigger.MANUAL, self.author, said.force),
            )
            self._follow(made)
            if not self.pull.merged and made.status is not Status.SKIPPED:
                reason = wording.auto_deploy_off_by_commit(self.author, commit.sha)
                auto_deploy.turn_off(self.parts, service, reason, self.author)
                self.lines.append(f"`{service.name}`: {reason}")

    def preview(self, said: Command) -> None:
        if self.pull.open:
            previews.ask(self.parts, self.repository, self.pull.number, self.author, force=said.force)
        record = self._record()
        if not self.pull.open or record is None or record.absent is not None:
            self.puzzled(record.absent if self.pull.open and record and record.absent else wording.PULL_CLOSED)
            return
        held = previewed.held_up(self.parts, record)
        if held is not None:
            self.puzzled(held)
            return
        self.lines.append(wording.PREVIEW_MADE)
        newest = self._newest(record.environment)
        self.deployments += [row.id for row in newest.values()]

    def again(self, said: Command) -> None:
        """Redeploy, restart or rollback of what is there."""
        trigger = _TRIGGERS[said.verb]
        for row in self._there(said):
            made = asked.again(self.parts, self.repository, row, Ask(trigger, self.author, said.force))
            if made is None:
                self.puzzled(f"`{row.service}`: {wording.nothing_to(said.verb)}")
            else:
                self._follow(made)

    def cancel(self, said: Command) -> None:
        meant = self._meant(said)
        canceled = [
            row
            for row in self.parts.store.deployments.pending_or_active(self.repository.id, self._environment(said))
            if row.service in meant
            and self.parts.store.deployments.ask_cancel(row.id, self.author, self.parts.clock.now())
        ]
        if not canceled:
            self.puzzled(wording.NOTHING_TO_CANCEL)
        for row in canceled:
            self._follow(row)

    def remove(self, _: Command) -> None:
        record = self._record()
        if record is None or record.absent is not None:
            self.puzzled(wording.NO_PREVIEW)
            return
        previews.remove_by_hand(self.parts, self.repository, record.number, self.author)
        self.lines.append(wording.preview_removed_by(self.author))

    def freeze(self, said: Command) -> None:
        for service, environment in self._scopes(said):
            self.lines.append(freezing.put(self.parts, self.repository, service, environment, said.text, self.author))

    def unfreeze(self, said: Command) -> None:
        for service, environment in self._scopes(said):
            self.lines.append(freezing.unfreeze(self.parts, self.repository, service, environment, self.author))

    def auto_deploy(self, said: Command) -> None:
        for service in self._services(said):
            if said.text == "on":
                auto_deploy.turn_on(self.parts, service, self.author)
                self.lines.append(f"`{service.name}`: {wording.auto_deploy_on(self.author)}")
            else:
                reason = wording.auto_deploy_off_by(self.author)
                auto_deploy.turn_off(self.parts, service, reason, self.author)
                self.lines.append(f"`{service.name}`: {reason}")

    # What they have in common

    def _follow(self, row: Deployment) -> None:
        self.deployments.append(row.id)

    def _record(self) -> Preview | None:
        return self.parts.store.previews.get(self.repository.id, self.pull.number)

    def _environment(self, said: Command) -> str:
        record = self._record()
        there = record is not None and record.absent is None
        return record.environment if record is not None and there and not said.production else PRODUCTION

    def _scopes(self, said: Command) -> list[tuple[str | None, str | None]]:
        environment = PRODUCTION if said.production else None
        if not said.services:
            return [(None, environment)]
        return [(service.name, environment) for service in self._services(said)]

    def _services(self, said: Command) -> list[Service]:
        """Those that were named, or all; a name that nothing has is told."""
        known = {
            each.name: each
            for each in self.parts.store.services.of_repository(self.repository.id)
            if each.name != DEPLOY_FILE
        }
        for name in said.services:
            if name not in known:
                self.puzzled(wording.no_such_service(name, known))
        return [each for name, each in known.items() if not said.services or name in said.services]

    def _meant(self, said: Command) -> set[str]:
        """Names of services; the deploy file's own mistakes are none."""
        return {each.name for each in self._services(said)}

    def _defined(self, said: Command) -> list[tuple[Service, Definition]]:
        """With what the deploy file says of them at the pull request's head, or where it was merged."""
        ref = self.pull.base_branch if self.pull.merged else self.pull.head_sha
        commit = self.parts.github.resolve(self.repository, ref)
        file = deployfile.read(self.parts.github.deploy_file(self.repository, commit.sha) if commit else None)
        if file.blueprint is None:
            self.puzzled(wording.broken_deploy_file(len(file.findings)) if file.findings else wording.NO_DEPLOY_FILE)
            return []
        wanted = {each.name: each for each in file.blueprint.services}
        for name in said.services:
            if name not in wanted:
                self.puzzled(wording.no_such_service(name, wanted))
        return [
            (self.parts.store.services.known(self.repository.id, name, definition.dump()), definition)
            for name, definition in wanted.items()
            if not said.services or name in said.services
        ]

    def _newest(self, environment: str) -> dict[int, Deployment]:
        """Of each service, what was deployed there last."""
        newest: dict[int, Deployment] = {}
        for row in self.parts.store.deployments.of_environment(self.repository.id, environment, limit=500):
            if row.service != DEPLOY_FILE:
                newest.setdefault(row.service_id, row)
        return newest

    def _there(self, said: Command) -> list[Deployment]:
        """What each service that is meant runs, or was meant to run last."""
        environment, meant = self._environment(said), self._meant(said)
        live = self.parts.store.deployments.live
        rows = [live(service_id, environment) or row for service_id, row in self._newest(environment).items()]
        chosen = [row for row in rows if row.service in meant]
        if not chosen and (meant or not said.services):
            self.puzzled(wording.NOTHING_THERE)
        return chosen


_TRIGGERS = {Verb.REDEPLOY: Trigger.REDEPLOY, Verb.RESTART: Trigger.RESTART, Verb.ROLLBACK: Trigger.ROLLBACK}
_CARRIED_OUT: dict[Verb, Callable[[_Conversation, Command], None]] = {
    Verb.DEPLOY: _Conversation.deploy,
    Verb.PREVIEW: _Conversation.preview,
    Verb.REDEPLOY: _Conversation.again,
    Verb.RESTART: _Conversation.again,
    Verb.ROLLBACK: _Conversation.again,
    Verb.CANCEL: _Conversation.cancel,
    Verb.REMOVE: _Conversation.remove,
    Verb.FREEZE: _Conversation.freeze,
    Verb.UNFREEZE: _Conversation.unfreeze,
    Verb.AUTO_DEPLOY: _Conversation.auto_deploy,
}
