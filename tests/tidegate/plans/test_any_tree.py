"""Whatever a repository holds, it has a plan or a reason why not; and the same tree has the same one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tidegate.plans import test_compiled, test_node, test_python
from tests.tidegate.plans.trees import Files, tree
from tidegate.dockerfile import instructions
from tidegate.plans import LANGUAGES, NoPlan, Tree, Wishes, detect, dockerfile, plan

TABLES: list[Mapping[str, tuple[Files, list[str]]]] = [
    test_node.MANAGERS,
    test_python.INSTALLS,
    test_compiled.BUILDS,
]
REAL: list[Files] = [files for cases in TABLES for files, _ in cases.values()]
NAMES = sorted(
    {path for files in REAL for path in files} | {"Procfile", ".nvmrc", "runtime.txt", "manage.py", "a/wsgi.py"}
)

_FIELDS = """scripts start build engines node main packageManager dependencies workspaces project tool poetry package
name bin requires-python python uv default-run toolchain channel"""
keys = st.sampled_from(_FIELDS.split())
values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["*", "^20", "x.js"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
broken = st.text(max_size=60) | st.dictionaries(keys, values, max_size=6).map(json.dumps)
snippets = st.sampled_from(sorted({text for files in REAL for text in files.values()}))
trees = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=12), broken | snippets, max_size=8)
wishes = st.builds(
    Wishes, st.none() | st.sampled_from(LANGUAGES), st.none() | st.just("make"), st.none() | st.just("./run")
)


def judged(made: Tree, asked: Wishes) -> tuple[str | None, str]:
    """(the Dockerfile, or why there is none)."""
    try:
        return dockerfile(plan(made, asked)), ""
    except NoPlan as none:
        return None, none.reason


@given(trees, wishes)
@settings(max_examples=250, deadline=None)
def test_it_has_a_dockerfile_or_a_reason(files: dict[str, str], asked: Wishes) -> None:
    text, reason = judged(tree(files), asked)
    if text is None:
        assert reason
        assert reason.isprintable()
        assert not reason.endswith(".")
        return
    text.encode()
    told = instructions(text)
    assert {each.text.split()[0] for each in told} <= {"FROM", "WORKDIR", "ENV", "RUN", "COPY", "CMD"}
    assert told[-1].text.startswith("CMD ")
    assert all(json.loads(each.text[4:])[2] for each in told if each.text.startswith("CMD "))
    assert judged(tree(dict(reversed(files.items()))), asked) == (text, "")


@given(st.sampled_from(REAL), wishes)
@settings(deadline=None)
def test_a_file_that_cannot_be_read_is_as_good_as_none(files: Files, asked: Wishes) -> None:
    """A link that leads elsewhere, say: its name is there, and its content is not."""
    text, reason = judged(Tree(frozenset(files)), asked)
    assert (text is None) == bool(reason)


def test_another_plan_for_the_same_tree_is_another_scheme() -> None:
    """Images are named by the tree and the scheme. Where this fails, raise `detect.SCHEME`, then write down both: else
    what was built by the old rules is taken for what the new ones would make."""
    text = "".join(dockerfile(plan(tree(files), Wishes())) for files in REAL)
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    assert (detect.SCHEME, digest) == (2, "040d578ce890a632")
