"""Words that many commands take: a service, one of its environments."""

from __future__ import annotations

import argparse

from tidegate.repository import PRODUCTION

SERVICE = "its name, as owner/repository/name where several repositories have one"


def add_service(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("service", help=SERVICE)


def add_environment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--environment", default=PRODUCTION, help="pr-7 for the preview of pull request 7")
