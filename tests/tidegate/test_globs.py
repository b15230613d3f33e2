"""Globs of build filters, on the tree that Render's page on monorepos shows, and as properties."""

from __future__ import annotations

import fnmatch
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.tidegate import slow_globs
from tidegate.globs import BadGlob, Glob

#: The sample monorepo of Render's page "Monorepo Support".
TREE = [
    "backend/build/amd64.sh",
    "backend/build/quemu.sh",
    "backend/build/x86.sh",
    "backend/main.go",
    "backend/readme.md",
    "backend/util/util.go",
    "backend/util/util_test.go",
    "community/docker/Dockerfile",
    "community/docker/docker-entrypoint.sh",
    "community/docker/setup.sh",
    "community/readme.md",
    "frontend/components/login.js",
    "frontend/index.js",
    "frontend/sample.ts",
    "frontend/src/auth.js",
    "frontend/src/authn.js",
    "frontend/src/authz.js",
    "frontend/src/readme.md",
    "readme.md",
]


def matches(pattern: str, path: str) -> bool:
    return Glob(pattern).matches(path)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("readme.md", ["readme.md"]),
        ("./readme.md", ["readme.md"]),
        ("*.md", ["readme.md"]),
        ("*/readme.md", ["backend/readme.md", "community/readme.md"]),
        (
            "**/readme.md",
            ["backend/readme.md", "community/readme.md", "frontend/src/readme.md", "readme.md"],
        ),
        ("**", TREE),
        ("**/*", TREE),
        ("**/**/*", TREE),
        ("*", ["readme.md"]),
        ("frontend", []),
        ("frontend/*", ["frontend/index.js", "frontend/sample.ts"]),
        ("frontend/**", [path for path in TREE if path.startswith("frontend/")]),
        ("frontend/**/*.js", [path for path in TREE if path.startswith("frontend/") and path.endswith(".js")]),
        ("frontend/**.js", [path for path in TREE if path.startswith("frontend/") and path.endswith(".js")]),
        ("frontend/src/auth?.js", ["frontend/src/authn.js", "frontend/src/authz.js"]),
        ("frontend/src/auth[nz].js", ["frontend/src/authn.js", "frontend/src/authz.js"]),
        ("frontend/src/auth[^n].js", ["frontend/src/authz.js"]),
        ("frontend/src/auth[!n].js", ["frontend/src/authz.js"]),
        ("frontend/src/auth[a-n].js", ["frontend/src/authn.js"]),
        ("frontend/src/auth[^a-n].js", ["frontend/src/authz.js"]),
        ("backend/build/*.sh", ["backend/build/amd64.sh", "backend/build/quemu.sh", "backend/build/x86.sh"]),
        ("backend/build/x[0-9][0-9].sh", ["backend/build/x86.sh"]),
        ("backend/**/util*", ["backend/util/util.go", "backend/util/util_test.go"]),
        ("**/util/**", ["backend/util/util.go", "backend/util/util_test.go"]),
        ("*end/main.go", ["backend/main.go"]),
        ("backend?main.go", []),
        ("backend[^x]main.go", []),
        ("Readme.md", []),
    ],
)
def test_render_s_sample_monorepo(pattern: str, expected: list[str]) -> None:
    assert [path for path in TREE if matches(pattern, path)] == expected


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("a/**/z", "ab/z", False),
        ("a/**/b/**/z", "a/b/z", True),
        ("**/a", "ba", False),
        ("a**z", "a/b/z", True),
        ("***", "a/b", True),
        (".*", ".gitignore", True),
        ("*", ".gitignore", True),
        ("a+b(c).md", "a+b(c).md", True),
        ("a.b", "axb", False),
        ("\\*", "*", True),
        ("\\*", "a", False),
        ("\\[a]", "[a]", True),
        ("[]]", "]", True),
        ("[^]]", "]", False),
        ("[a-]", "-", True),
        ("[-a]", "-", True),
        ("[a^]", "^", True),
        ("[a\\d]", "5", False),
        ("[a\\d]", "d", True),
        ("[&&||~~]", "|", True),
        ("[.]", "a", False),
        ("[a/b]", "/", False),
        ("näme?.md", "nämeß.md", True),
        ("a\nb", "a\nb", True),
        ("?", "\n", True),
    ],
)
def test_corners(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("", "remove it"),
        ("  ", "remove it"),
        ("/src/**", "`src/**`"),
        ("../other/**", "repository's root"),
        ("a/../b", "repository's root"),
        ("src/", "`src/**`"),
        ("src/[ab", "close it"),
        ("src/[]", "close it"),
        ("[z-a]", "`a-z`"),
        ("src\\", "remove it"),
        ("src//main.go", "`src/main.go`"),
        ("src/./main.go", "`src/main.go`"),
        (".", "`**`"),
        ("./", "`./**`"),
        ("!docs/**", "`docs/**` under `ignoredPaths`"),
        ("src/**/*.{ts,tsx}", "a glob for each"),
    ],
)
def test_what_could_never_be_meant_is_refused_with_a_hint(pattern: str, hint: str) -> None:
    with pytest.raises(BadGlob) as refused:
        Glob(pattern)
    assert hint in refused.value.hint


@pytest.mark.parametrize("pattern", ["...", "a..b", "..a/b", "[..]", ".github/**", "a!b", "{a}", "a{}b", "{", "a,b"])
def test_what_only_looks_like_it_is_plain(pattern: str) -> None:
    Glob(pattern)


@pytest.mark.parametrize(("pattern", "path"), [("\\!docs", "!docs"), ("\\{a,b}", "{a,b}")])
def test_what_is_refused_can_be_meant_all_the_same(pattern: str, path: str) -> None:
    assert matches(pattern, path)


segment = st.text(alphabet="ab.*?-_é", min_size=1, max_size=6).filter(
    lambda text: text not in {".", ".."} and "**" not in text
)
name = st.text(alphabet="ab.-_é*?", min_size=1, max_size=6)


@given(segment, name)
def test_within_a_segment_it_agrees_with_fnmatch(pattern: str, path: str) -> None:
    assert matches(pattern, path) == fnmatch.fnmatchcase(path, pattern)


parts = [
    "a",
    "b",
    "-",
    ".",
    "/",
    "/",
    "*",
    "*",
    "**",
    "**/",
    "?",
    "[ab]",
    "[^a]",
    "[!b]",
    "[a-b]",
    "[]a]",
    "\\*",
    "\\b",
]
patterns = st.lists(st.sampled_from(parts), min_size=1, max_size=9).map("".join)
paths = st.lists(st.text(alphabet="ab*-.]", min_size=1, max_size=3), min_size=1, max_size=4).map("/".join)


@settings(max_examples=1000)
@given(patterns, paths)
@example("**/a/**/*b", "a/a/b/ab")
@example("***/a", "b/b/a")
@example("a**/b", "a/b/b")
def test_it_agrees_with_the_plain_definition(pattern: str, path: str) -> None:
    try:
        glob = Glob(pattern)
    except BadGlob:
        return
    assert glob.matches(path) == slow_globs.matches(pattern.removeprefix("./"), path)


@given(patterns.filter(lambda pattern: not pattern.startswith("./")), paths)
def test_what_a_path_matches_it_matches_from_a_dot_too(pattern: str, path: str) -> None:
    try:
        glob = Glob(pattern)
    except BadGlob:
        return
    assert Glob(f"./{pattern}").matches(path) == glob.matches(path)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_a_glob_or_refused(pattern: str, path: str) -> None:
    try:
        glob = Glob(pattern)
    except BadGlob:
        return
    assert glob.matches(path) in {True, False}


def test_many_stars_cost_no_more_than_their_number() -> None:
    # A backtracking matcher would not come back from these.
    assert not matches("*a" * 40 + "b", "a" * 200)
    assert not matches("**/a/" * 40 + "b", "a/" * 200 + "c")
    assert matches("**a" * 40, "a/" * 200 + "a")


@given(st.text(min_size=1, max_size=20).filter(lambda text: "/" not in text and text not in {".", ".."}))
def test_an_escaped_name_matches_itself(path: str) -> None:
    pattern = re.sub(r"([*?\[\\{!])", r"\\\1", path)
    if pattern.strip():
        assert matches(pattern, path)
