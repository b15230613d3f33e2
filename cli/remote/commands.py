"""The words of all commands that ask the server."""

from __future__ import annotations

import argparse

from cli.remote import deploys, freezes, login, previews, services, variables


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for each in (login, deploys, services, previews, variables, freezes):
        each.add_to(commands)
