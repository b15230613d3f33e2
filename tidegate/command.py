"""Commands in comments on pull requests: what a comment's text asks for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tidegate.markdown import clip, code
from tidegate.permission import Action

#: More in one comment is a mistake, or somebody's joke.
MOST = 10


class Verb(StrEnum):
    DEPLOY = "deploy"
    PREVIEW = "preview"
    REDEPLOY = "redeploy"
    ROLLBACK = "rollback"
    CANCEL = "cancel"
    RESTART = "restart"
    REMOVE = "remove"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    AUTO_DEPLOY = "auto-deploy"

    @property
    def action(self) -> Action:
        """What its author must be allowed to do."""
        return _ACTIONS[self]


@dataclass(frozen=True)
class Command:
    """`services` as they are named, empty for all; `production` where that is meant, not the preview; `force`: past a
    freeze. `text` is the reason of a freeze, and "on" or "off" of `/auto-deploy`."""

    verb: Verb
    services: tuple[str, ...] = ()
    production: bool = False
    force: bool = False
    text: str = ""


@dataclass(frozen=True)
class Problem:
    """A line that was meant as a command and isn't one; `message` is a clause that says what to write instead."""

    line: str
    message: str

    def __str__(self) -> str:
        return f"{code(clip(self.line, _LONGEST_SHOWN))}: {self.message}"


def parse(body: str) -> list[Command | Problem]:
    """What a comment asks for, in its order; the same thing said twice is asked once.

    A command is a line that begins with it. Code blocks, quotes and what GitHub's pages don't show (HTML comments) are
    somebody's text, not theirs who commented. Other tools have commands too: an unknown word is ours only where it
    looks like a slip of one of ours.
    """
    found = list(dict.fromkeys(said for line in _spoken(body) if (said := _read(line)) is not None))
    if len(found) > MOST:
        return [*found[:MOST], Problem("…", f"only the first {MOST} commands of a comment are read")]
    return found


def has_command(body: str) -> bool:
    """Whether `parse` finds anything; of most comments that is known at a glance."""
    return _COMMAND_LIKE.search(body) is not None and bool(parse(body))


_ACTIONS = {
    Verb.DEPLOY: Action.DEPLOY,
    Verb.PREVIEW: Action.PREVIEW,
    Verb.REDEPLOY: Action.REDEPLOY,
    Verb.ROLLBACK: Action.ROLLBACK,
    Verb.CANCEL: Action.CANCEL,
    Verb.RESTART: Action.RESTART,
    Verb.REMOVE: Action.PREVIEW,
    Verb.FREEZE: Action.FREEZE,
    Verb.UNFREEZE: Action.FREEZE,
    Verb.AUTO_DEPLOY: Action.AUTO_DEPLOY,
}
#: They are about the pull request's preview as a whole.
_OF_THE_PREVIEW = frozenset({Verb.PREVIEW, Verb.REMOVE})
_FORCIBLE = frozenset({Verb.DEPLOY, Verb.PREVIEW, Verb.REDEPLOY, Verb.ROLLBACK, Verb.RESTART})

_LONGEST_SHOWN = 80
_LONGEST_REASON = 300
_LINE_END = re.compile(r"\r\n|\r|\n")
_COMMAND_LIKE = re.compile(r"^[ \t]*/[A-Za-z]", re.MULTILINE)
#: A path such as `/deploy/run.sh` is none.
_COMMAND = re.compile(r"/([A-Za-z][A-Za-z_-]*)(?:\s+(.*))?", re.DOTALL)
_FENCE = re.compile(r"\s*(?:(`{3,})[^`]*|(~{3,}).*)")
_SERVICE = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_OPTIONS = {"--production": "production", "--force": "force", "--service": ""}
_OPTION = re.compile(r"--(?:production|service[=\s]\s*\S+)(?:\s+|$)")


def _spoken(body: str) -> Iterator[str]:
    """Lines that are the author's own words, as GitHub shows them (https://github.github.com/gfm/#fenced-code-blocks)."""
    fence, hidden = "", False
    for line in _LINE_END.split(body):
        if fence:
            if set(line.strip()) == {fence[0]} and len(line.strip()) >= len(fence):
                fence = ""
        elif hidden:
            hidden = "-->" not in line
        elif opening := _FENCE.fullmatch(line):
            fence = opening[1] or opening[2]
        elif not line.lstrip().startswith(">"):
            shown, hidden = _shown(line)
            yield shown


def _shown(line: str) -> tuple[str, bool]:
    """A line without its HTML comments, and whether the last one goes on below."""
    shown, hidden = "", False
    while line and not hidden:
        before, begin, line = line.partition("<!--")
        shown += before
        if begin:
            _, end, line = line.partition("-->")
            hidden = not end
    return shown, hidden


def _read(line: str) -> Command | Problem | None:
    line = line.strip()
    found = _COMMAND.fullmatch(line)
    if found is None:
        return None
    word, rest = found[1].lower(), found[2] or ""
    try:
        verb = Verb(word)
    except ValueError:
        meant = _meant(word)
        return Problem(line, f"did you mean `/{meant}`?") if meant else None
    try:
        return _command(verb, rest)
    except _Unclear as unclear:
        return Problem(line, str(unclear))


class _Unclear(Exception):
    """The message is a problem's."""


def _command(verb: Verb, rest: str) -> Command:
    match verb:
        case Verb.FREEZE:
            return _freeze(rest)
        case Verb.AUTO_DEPLOY:
            switch, *names = rest.split(maxsplit=1) or [""]
            if switch.lower() not in {"on", "off"}:
                raise _Unclear("write `/auto-deploy on` or `/auto-deploy off`, then the services if not all are meant")
            return _with_arguments(verb, "".join(names), switch.lower())
        case _:
            return _with_arguments(verb, rest)


def _freeze(rest: str) -> Command:
    """All that follows is the reason, so what it is for comes first, and as options."""
    options = ""
    while option := _OPTION.match(rest):
        options, rest = f"{options} {option.group()}", rest[option.end() :]
    if not rest:
        raise _Unclear("say why: `/freeze <reason>`, or `/freeze --production --service web <reason>`")
    return _with_arguments(Verb.FREEZE, options, clip(rest, _LONGEST_REASON))


def _with_arguments(verb: Verb, rest: str, text: str = "") -> Command:
    words = [_plain(word) for word in rest.replace(",", " ").split()]
    names = [word for word in words if word not in {"", "production", "force"}]
    production, force = "production" in words, "force" in words
    if verb in _OF_THE_PREVIEW and (names or production):
        raise _Unclear(f"a preview holds all services: write `/{verb}` alone")
    if force and verb not in _FORCIBLE:
        raise _Unclear(f"`/{verb}` knows no `force`")
    if verb is Verb.AUTO_DEPLOY and production:
        raise _Unclear("it is about production anyway: write `/auto-deploy on` or `/auto-deploy off`")
    for name in names:
        if not _SERVICE.fullmatch(name):
            raise _Unclear(
                f"{code(clip(name, _LONGEST_SHOWN))} is no service's name; a command stands on a line of its own"
            )
    return Command(verb, tuple(dict.fromkeys(names)), production, force, text)


def _plain(word: str) -> str:
    """Options may be written as such: `--force`, `--service web`, `--service=web`."""
    lower = word.lower().removeprefix("--service=")
    return _OPTIONS.get(lower, lower)


def _meant(word: str) -> str | None:
    """The verb of which a word looks like a slip: first letters are seldom wrong, and `/review` is somebody else's."""
    plain = {verb.replace("-", ""): verb for verb in Verb}
    close = difflib.get_close_matches(word.replace("-", "").replace("_", ""), plain, n=1, cutoff=0.8)
    return plain[close[0]] if close and close[0][0] == word[0] else None
