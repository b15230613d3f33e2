"""The `tidegate` command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from cli import audit, backup, completion, deployfile, doctor, manual, notifications, registry, setup, tokens, why
from cli.remote import commands as remote
from tidegate.repository import PRODUCTION
from tidegate.scaling import MOST

_OF_HOSTS = {
    "cordon": "nothing new is placed there; what runs there stays",
    "drain": "what runs there is started elsewhere, then leaves",
    "uncordon": "new instances are placed there again",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    told = _parser().parse_args(arguments)
    # HAProxy lives in sbin, which a user's PATH on Debian leaves out.
    os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin"
    if "run" in told:
        code: int = told.run(os.environ, told)
        return code
    match told.command:
        case "up":
            from cli.up import up

            return up(os.environ)
        case "demo":
            from cli.demo import demo

            return demo(check=told.check, environment=os.environ)
        case "plan":
            from cli.plan import plan

            return plan(Path(told.directory))
        case "clean":
            from cli.clean import clean

            return clean(os.environ, dry_run=told.dry_run, urgent=told.urgent)
        case "scale":
            from cli.scale import scale

            return scale(os.environ, told.service, told.count, told.environment)
        case "run":
            from cli.run import run

            return run(os.environ, told.service, told.environment)
        case "hosts":
            from cli.hosts import hosts

            return hosts(os.environ, told.verb, told.name)
        case "rotate":
            from cli.rotate import rotate

            return rotate(os.environ)
    print(f"tidegate {version('tidegate')}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("tidegate", description="Deploys repositories once their checks are green.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="run everything on this machine against GitHub, by the environment's settings")
    demo = commands.add_parser("demo", help="watch a push go live, on this machine alone")
    demo.add_argument("--check", action="store_true", help="prove it, take everything down, and exit 0 if it holds")
    plan = commands.add_parser("plan", help="print the Dockerfile that a tree without one amounts to")
    plan.add_argument("directory", nargs="?", default=".", help="a service's `rootDir`; here, if it is left out")
    clean = commands.add_parser("clean", help="remove now what no deployment needs, as the workers do hourly")
    clean.add_argument("--dry-run", action="store_true", help="tell what would be removed and what is kept, and why")
    clean.add_argument("--urgent", action="store_true", help="caches too, as is done where a build has too little room")
    scale = commands.add_parser("scale", help="run so many instances of a service, without a deploy")
    scale.add_argument("service", help="its name, as owner/repository/name where several repositories have one")
    scale.add_argument("count", type=int, help=f"from 1 to {MOST}")
    scale.add_argument("--environment", default=PRODUCTION, help="pr-7 for the preview of pull request 7")
    manual.add_to(commands)
    remote.add_to(commands)
    deployfile.add_to(commands)
    why.add_to(commands)
    run = commands.add_parser("run", help="run a cron service now; an active run of it is stopped first")
    run.add_argument("service", help="its name, as owner/repository/name where several repositories have one")
    run.add_argument("--environment", default=PRODUCTION, help="pr-7 for the preview of pull request 7")
    hosts = commands.add_parser("hosts", help="tell the Docker hosts, or what one takes from now on")
    verbs = hosts.add_subparsers(dest="verb")
    for verb, does in _OF_HOSTS.items():
        verbs.add_parser(verb, help=does).add_argument("name", help="as in TIDEGATE_HOSTS")
    verbs.add_parser(
        "guard", help="print what keeps instances from their machine's own ports, for root's sh on another"
    )
    hosts.set_defaults(name=None)
    commands.add_parser("rotate", help="encrypt all that is kept with the first key of TIDEGATE_SECRET_KEY")
    registry.add_to(commands)
    tokens.add_to(commands)
    setup.add_to(commands)
    audit.add_to(commands)
    notifications.add_to(commands)
    doctor.add_to(commands)
    backup.add_to(commands)
    commands.add_parser("version", help="say which version this is")
    completion.add_to(commands, parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
