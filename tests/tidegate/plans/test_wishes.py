"""What the deploy file asks for comes before what the tree tells."""

from __future__ import annotations

import pytest

from tests.tidegate.plans.trees import Files, lines, package, planned, started
from tidegate.plans import LANGUAGES, NoPlan, Wishes, fingerprint

TREES: dict[str, Files] = {
    "node": {"package.json": package(), "package-lock.json": "{}"},
    "python": {"requirements.txt": "flask\ngunicorn\n", "app.py": "app = 1\n"},
    "ruby": {"Gemfile": "gem 'puma'\n", "Gemfile.lock": "", "config.ru": ""},
    "go": {"go.mod": "module x\n", "go.sum": "", "main.go": ""},
    "rust": {"Cargo.toml": "[package]\nname='x'\n", "src/main.rs": ""},
    "elixir": {"mix.exs": ""},
}


def test_each_language_is_tried() -> None:
    assert TREES.keys() == set(LANGUAGES)


@pytest.mark.parametrize("language", TREES)
def test_a_tree_says_its_language_itself(language: str) -> None:
    assert lines(TREES[language]) == lines(TREES[language], runtime=language)


@pytest.mark.parametrize("language", TREES)
def test_the_build_command_replaces_install_and_build_and_has_the_whole_tree(language: str) -> None:
    found = lines(TREES[language], build="make all")
    made = found[found.index("COPY . .") : found.index("RUN make all") + 1]
    assert made == ["COPY . .", "RUN make all"]
    after = [line for line in found[found.index("RUN make all") + 1 :] if line.startswith("RUN")]
    assert after == []


@pytest.mark.parametrize("language", TREES)
def test_the_start_command_replaces_what_would_be_started_where_its_tools_are(language: str) -> None:
    assert started({**TREES[language], "Procfile": "web: no\n"}, start="./run $PORT") == "exec ./run $PORT"
    bases = [line for line in lines(TREES[language], start="./run") if line.startswith("FROM")]
    assert len(bases) == 1


@pytest.mark.parametrize("language", TREES)
def test_another_language_than_the_trees_is_refused(language: str) -> None:
    with pytest.raises(NoPlan, match="no"):
        planned({"README.md": ""}, runtime=language)


def test_the_language_is_chosen_where_a_tree_has_two() -> None:
    both = {**TREES["node"], **TREES["python"]}
    assert planned(both).language == "Python"
    assert planned(both, runtime="node").language == "Node"


def test_plain_files_need_no_commands() -> None:
    with pytest.raises(NoPlan, match="set `runtime`"):
        planned({"index.html": ""}, build="make")


def test_whoever_wishes_for_something_else_is_built_anew() -> None:
    wishes = [Wishes(), Wishes("node"), Wishes(build="node"), Wishes(start="node"), Wishes("node", start="x")]
    assert len({fingerprint(each) for each in wishes}) == len(wishes)
