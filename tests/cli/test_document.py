"""docs/commands.md tells of every command, and of no other."""

from __future__ import annotations

import re
from pathlib import Path

from cli.command import runnable
from cli.main import parser

TEXT = (Path(__file__).parents[2] / "docs" / "commands.md").read_text()


def test_it_has_each_command() -> None:
    known = {words.partition(" ")[0] for words, _ in runnable(parser())}
    assert set(re.findall(r"tidegate ([a-z][a-z-]*)", TEXT)) == known


def test_it_has_each_verb_and_option() -> None:
    told = set(re.findall(r"[\w-]+", TEXT))
    for words, each in runnable(parser()):
        options = {option for action in each._actions for option in action.option_strings if option != "-h"}
        # `--follow` is told as `-f`.
        assert {*words.split(), *options} - {"--help", "--follow"} <= told, words
