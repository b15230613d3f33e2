"""Which file of the repository a path in a container means, whatever the Dockerfile copied where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.diagnostics.sources import Sources

FILES = ("app.py", "setup.py", "src/x.c", "src/deep/y.c", "web/src/x.c", "web/main.ts", "api/main.go", "worker/main.go")


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        # As it is, and from the working directory.
        ("src/x.c", "src/x.c"),
        ("./src/x.c", "src/x.c"),
        ("src/../src/x.c", "src/x.c"),
        ("../src/deep/y.c", "src/deep/y.c"),
        # COPY . /app
        ("/app/src/x.c", "src/x.c"),
        ("/usr/src/app/app.py", "app.py"),
        ("/home/node/app/web/src/x.c", "web/src/x.c"),
        # COPY src/deep /build, and the file's name alone.
        ("/build/y.c", "src/deep/y.c"),
        ("/build/deep/y.c", "src/deep/y.c"),
        ("main.ts", "web/main.ts"),
        # Several would do.
        ("/app/main.go", None),
        ("x.c", None),
        # None would.
        ("/app/gone.c", None),
        ("<string>", None),
        ("", None),
        ("/", None),
        ("..", None),
        # Other people's code, though a file of ours is named alike.
        ("/usr/local/lib/python3.12/site-packages/flask/app.py", None),
        ("/opt/venv/lib/python3.12/app.py", None),
        ("/usr/include/y.c", None),
        ("node_modules/left-pad/main.ts", None),
        ("/go/pkg/mod/example.com/y.c", None),
        ("/root/.cargo/registry/src/y.c", None),
        ("/rustc/0123/library/y.c", None),
        # Words.
        ("RUN cc src/x.c", None),
        ("/bin/sh -c cc src/x.c", None),
    ],
)
def test_a_printed_path_means(printed: str, meant: str | None) -> None:
    assert Sources(FILES).locate(printed) == meant


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("/app/src/x.c", "web/src/x.c"),
        ("/work/web/src/x.c", "web/src/x.c"),
        ("main.ts", "web/main.ts"),
        ("app.py", None),
        ("main.go", None),
    ],
)
def test_only_the_context_is_in_a_container(printed: str, meant: str | None) -> None:
    assert Sources(FILES, "web").locate(printed) == meant


def test_what_of_libraries_is_in_the_repository_is_found() -> None:
    kept = ("node_modules/pad/index.js", "index.js")
    assert Sources(kept).locate("/app/node_modules/pad/index.js") == "node_modules/pad/index.js"
    assert Sources(kept).locate("/app/node_modules/other/index.js") is None


def test_a_name_that_cannot_be_shown_is_never_told() -> None:
    assert Sources(["caf\udce9/x.c", "a\nb/y.c"]).locate("x.c") is None
    assert Sources(["a\nb/y.c"]).locate("/app/y.c") is None


parts = st.sampled_from(["a", "b", "c", "x.c", "y.c"])
paths = st.lists(parts, min_size=1, max_size=4).map("/".join)


@given(st.sets(paths, max_size=12))
def test_a_copied_tree_is_found_again(files: set[str]) -> None:
    """`COPY . /srv/app` of any tree: no file of it is taken for another one."""
    sources = Sources(files)
    for file in files:
        assert sources.locate(f"/srv/app/{file}") == file
        assert sources.locate(f"./{file}") == file


@given(st.sets(paths, max_size=12), paths)
def test_what_is_found_ends_as_the_printed_path_does(files: set[str], printed: str) -> None:
    found = Sources(files).locate(printed)
    assert found is None or (found in files and found.split("/")[-1] == printed.split("/")[-1])
