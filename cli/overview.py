"""What `tidegate` alone and `tidegate --help` print: the commands by what somebody wants to do, each in a line."""

from __future__ import annotations

import argparse

#: Every command but `variables`, which is `env` by another name.
GROUPS = (
    ("Try it out, set it up, run it", ("demo", "setup", "up", "doctor")),
    ("Have a repository deployed", ("propose", "import", "validate", "plan", "schema")),
    ("See what is live, and why", ("status", "services", "deploys", "logs", "why", "previews", "audit")),
    ("Deploy, or go back", ("deploy", "redeploy", "restart", "rollback", "cancel", "run", "remove")),
    ("Set how a service runs", ("env", "scale", "auto-deploy", "freeze", "unfreeze", "notifications")),
    ("Ask a server from this machine", ("login", "logout", "completion", "names", "version")),
    ("Look after the server", ("hosts", "tokens", "registry", "sign-out", "clean", "backup", "rotate")),
)
_END = "`tidegate COMMAND --help` tells what one takes. What asks a server takes `tidegate login` first."


class Overviewed(argparse.ArgumentParser):
    """Whose help is the overview; the commands below it have argparse's own."""

    def format_help(self) -> str:
        told = {each.dest: each.help for action in self._actions for each in _below(action)}
        lines = [f"{self.format_usage()}\n{self.description}"]
        for title, names in GROUPS:
            lines += ["", title, *(f"  {name:<14}{told[name]}" for name in names)]
        return "\n".join([*lines, "", _END, ""])


def _below(action: argparse.Action) -> list[argparse.Action]:
    """The commands, each with its help."""
    return action._choices_actions if isinstance(action, argparse._SubParsersAction) else []  # noqa: SLF001 - argparse has no other way to look at a parser
