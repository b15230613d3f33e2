"""YAML text → plain data, and where each piece of it stands. Scalars stay as they are written: the model gives them
types, so that YAML's own guesses (`off` is false, `3:30` is 210) never change what somebody wrote."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tidegate.blueprint.problem import BlueprintError, Problem

Path = tuple[str | int, ...]
Data = dict[str, "Data"] | list["Data"] | str | None

#: Far beyond any real file. Aliases could make a small file large.
_MOST_NODES = 20_000
_MOST_CHARACTERS = 500_000
_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"


@dataclass
class Document:
    """`at`: (line, column) of a value by its path, from 1; `keys`: of a field's name. `problems`: double keys etc.;
    `wrong`: the paths that they are about, where these are known. `empty`: names of a mapping's fields without a value.
    """

    data: Data = None
    at: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    wrong: list[Path] = field(default_factory=list)
    empty: dict[Path, list[str]] = field(default_factory=dict)

    def problem(self, path: Path, message: str, hint: str = "", *, key: bool = False) -> None:
        """At the value of `path`, or at its key; where it isn't in the file, at the nearest thing around it."""
        place = self.keys.get(path) if key else None
        around = path
        while place is None:
            place = self.at.get(around, (1, 1) if not around else None)
            around = around[:-1]
        self.problems.append(Problem(*place, path_text(path), message, hint))
        self.wrong.append(path)


def path_text(path: Path) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def read(text: str) -> Document:
    """Raises BlueprintError where the text isn't YAML. Fields without a value are left out, as if not written."""
    if len(text) > _MOST_CHARACTERS:
        raise BlueprintError((Problem(1, 1, "", f"The file is larger than {_MOST_CHARACTERS} characters.", ""),))
    document = Document()
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is not None:
            document.data = _Reading(document).value(root, ())
    except yaml.MarkedYAMLError as error:
        raise BlueprintError((_syntax(error),)) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise BlueprintError(
            (Problem(line, 1, "", f"The file holds a character that YAML forbids: {error.reason}."),)
        ) from None
    except RecursionError:
        raise BlueprintError((Problem(1, 1, "", "The file is nested too deeply."),)) from None
    return document


@dataclass
class _Reading:
    document: Document
    nodes: int = 0

    def value(self, node: Node, path: Path) -> Data:
        self.nodes += 1
        if self.nodes > _MOST_NODES:
            raise RecursionError
        self.document.at[path] = _place(node)
        if node.tag.startswith("!"):
            self.document.problem(path, f"The tag `{node.tag}` means nothing here.", "Remove it.")
        if isinstance(node, ScalarNode):
            return None if node.tag == _NULL else str(node.value)
        if isinstance(node, SequenceNode):
            return [self.value(each, (*path, index)) for index, each in enumerate(node.value)]
        assert isinstance(node, MappingNode)
        return self._mapping(node, path)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Data]:
        found: dict[str, Data] = {}
        merged: dict[str, Data] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                merged = {**self._merged(value_node, path), **merged}
                continue
            if not isinstance(key_node, ScalarNode):
                self.document.problem(path, "A field's name can't be a list or a mapping.", "Write a word and a colon.")
                continue
            self._field(key_node, value_node, path, found)
        self.document.at[path] = _place(node)
        whole = {**merged, **found}
        self.document.empty[path] = [name for name, value in whole.items() if value is None]
        return {name: value for name, value in whole.items() if value is not None}

    def _field(self, key: ScalarNode, value: Node, path: Path, found: dict[str, Data]) -> None:
        name = str(key.value)
        inner = (*path, name)
        first = self.document.keys.get(inner)
        if name in found and first is not None:
            line, column = _place(key)
            message = f"`{name}` is set twice; the first time on line {first[0]}."
            self.document.problems.append(Problem(line, column, path_text(inner), message, "Keep one of them."))
            return
        self.document.keys[inner] = _place(key)
        found[name] = self.value(value, inner)

    def _merged(self, node: Node, path: Path) -> dict[str, Data]:
        """`<<: *anchor`, or a list of them, of which the first wins."""
        sources = node.value if isinstance(node, SequenceNode) else [node]
        result: dict[str, Data] = {}
        for source in sources:
            value = self.value(source, path)
            if isinstance(value, dict):
                result = {**value, **result}
            else:
                self.document.problem(path, "`<<` merges mappings only.", "Point it to one with `*name`.")
        return result


def _place(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _syntax(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = error.problem or error.context or "something is wrong here"
    hint = "Indent with spaces, not with tabs." if "'\\t'" in said else "Look at this line and the one before it."
    if error.context == "while scanning an alias":
        hint = 'Put what begins with `*` in quotes, such as `schedule: "*/5 * * * *"`.'
    return Problem(line, column, "", f"The file is not valid YAML: {said}.", hint)
