"""The commands about a deploy file, which need no server and no settings: their words and what they run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cli.command import Shown, Told, alone

if TYPE_CHECKING:
    from cli.command import Commands

_Environment = Mapping[str, str]


def add_to(commands: Commands) -> None:
    schema = commands.add_parser("schema", help="print the JSON Schema of the deploy file, for editors")
    schema.add_argument("--markdown", action="store_true", help="print the reference of its fields, for people")
    schema.set_defaults(run=alone(_schema))
    validate = commands.add_parser("validate", help="tell every mistake in deploy files, each with its line")
    validate.add_argument("files", nargs="*", type=Path, help="files, or directories that have one; here, if left out")
    validate.set_defaults(run=alone(_validate))
    proposed = commands.add_parser("propose", help="print a deploy file for a tree that has none")
    proposed.add_argument("directory", nargs="?", type=Path, default=Path(), help="the repository; here, if left out")
    proposed.add_argument("--url", action="store_true", help="print GitHub's page for a new file instead, filled in")
    proposed.set_defaults(run=alone(_propose))
    imported = commands.add_parser("import", help="make a deploy file of a render.yaml, railway.json or railway.toml")
    imported.add_argument("file", type=Path)
    imported.add_argument("--output", type=Path, metavar="FILE", help="a new file; printed, if left out")
    imported.add_argument("--name", help="of Railway's one service, which its file doesn't name; its directory's, else")
    imported.set_defaults(run=alone(_import))


def _schema(_: _Environment, told: Told) -> Shown:
    from tidegate.blueprint import json_schema
    from tidegate.blueprint.reference import markdown

    if told.markdown:
        text = markdown()
        return Shown({"markdown": text}, [text])
    schema = json_schema()
    return Shown(schema, [json.dumps(schema, indent=2)])


def _validate(environment: _Environment, told: Told) -> Shown:
    from cli.validate import validate

    return validate(told.files, environment)


def _import(_: _Environment, told: Told) -> Shown:
    from cli.importing import import_file

    return import_file(told.file, told.output, told.name)


def _propose(environment: _Environment, told: Told) -> Shown:
    from cli.propose import propose

    return propose(told.directory, environment, url=told.url)
