"""What real tools printed in a container, read as annotations of the repository; and what must not be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidegate.deployment import Finding
from tidegate.diagnostics import LONGEST_MESSAGE, LONGEST_TITLE, MOST, find

PRINTED = Path(__file__).with_name("printed")
FILES = (
    *("src/main.c", "src/calc.h", "src/calc.c", "src/link.c", "src/t.cpp"),
    *("lib/__init__.py", "lib/app.py", "lib/grp.py", "lib/syntax.py", "lib/importer.py", "lib/noimport.py"),
    *("tests/test_app.py", "tests/test_collect.py", "tests/ut.py"),
    *("web/src/a.ts", "web/src/e.js", "web/src/e2.js"),
    *("go/main.go", "go/cmd/ok.go", "go/cmd/ok_test.go", "rust/src/main.rs", "rust/src/other.rs"),
    # Named as files of libraries are, which nearly every trace below goes through.
    *("decoder.py", "runner.py", "testing.go", "stl_algo.h"),
)
_TYPE = "Type 'string' is not assignable to type 'number'."
_JSON = "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
_GCC = [
    ("src/calc.h", 1, "Error", "'y' undeclared (first use in this function)"),
    ("src/calc.c", 3, "Error", "'undeclared' undeclared (first use in this function)"),
]
_TSC = [
    ("web/src/a.ts", 1, "TS2322", _TYPE),
    ("web/src/a.ts", 3, "TS2322", _TYPE),
    ("web/src/a.ts", 5, "TS2322", "Type 'number' is not assignable to type 'string'."),
    ("web/src/a.ts", 6, "TS2307", "Cannot find module './nowhere' or its corresponding type declarations."),
]
_ESLINT = [
    ("web/src/e.js", 1, "no-unused-vars", "'a' is assigned a value but never used."),
    ("web/src/e.js", 2, "no-undef", "'foo' is not defined."),
    ("web/src/e2.js", 1, "Parsing error", "Parsing error: Unexpected token ="),
]
_PYTEST = [
    ("tests/test_app.py", 19, "ValueError", "ValueError: fixture"),
    ("tests/test_app.py", 6, "AssertionError", "assert (1 + 1) == 3"),
    ("tests/test_app.py", 9, "JSONDecodeError", f"json.decoder.JSONDecodeError: {_JSON}"),
    ("tests/test_app.py", 12, "AssertionError", "AssertionError: two wanted"),
]
_GO_TEST = [
    ("go/cmd/ok_test.go", 7, "TestTwo failed", "Two() = 3, want 2"),
    ("go/cmd/ok_test.go", 9, "TestTwo/sub failed", "sub failed"),
]
EXPECTED: dict[str, list[tuple[str, int, str, str]]] = {
    "gcc": [("src/main.c", 2, "Error", "missing.h: No such file or directory"), *_GCC],
    "gcc-colours": _GCC,
    "g++": [
        (
            "src/t.cpp",
            5,
            "Error",
            "conversion from 'int' to non-scalar type 'std::string' {aka 'std::__cxx11::basic_string<char>'} requested",
        ),
        (
            "src/t.cpp",
            5,
            "Error",
            "cannot convert 'std::string' {aka 'std::__cxx11::basic_string<char>'} to 'int' in return",
        ),
        ("src/t.cpp", 5, "Error", "no match for 'operator<' (operand types are 'S' and 'S')"),
    ],
    "clang": [
        ("src/main.c", 2, "Error", "'missing.h' file not found"),
        ("src/calc.h", 1, "Error", "use of undeclared identifier 'y'"),
        ("src/calc.c", 3, "Error", "use of undeclared identifier 'undeclared'"),
    ],
    "python": [
        ("lib/app.py", 5, "JSONDecodeError", f"json.decoder.JSONDecodeError: {_JSON}"),
        ("lib/app.py", 12, "RuntimeError", "RuntimeError: bad config"),
        ("lib/syntax.py", 1, "SyntaxError", "SyntaxError: invalid syntax"),
        ("lib/noimport.py", 1, "ModuleNotFoundError", "ModuleNotFoundError: No module named 'nothing_here'"),
        ("tests/ut.py", 4, "AssertionError", "AssertionError: 1 != 2"),
    ],
    "python-group": [
        ("lib/grp.py", 10, "ExceptionGroup", "ExceptionGroup: many (2 sub-exceptions)"),
        ("lib/grp.py", 2, "ValueError", "ValueError: one"),
        ("lib/grp.py", 5, "ValueError", "ValueError: invalid literal for int() with base 10: 'x'"),
        ("lib/grp.py", 11, "RecursionError", "RecursionError: maximum recursion depth exceeded"),
    ],
    "pytest": [*_PYTEST, ("lib/syntax.py", 1, "SyntaxError", "SyntaxError: invalid syntax")],
    "pytest-short": _PYTEST,
    "tsc": _TSC,
    "tsc-pretty": _TSC,
    "eslint": [(path, line, title, message.removesuffix(".")) for path, line, title, message in _ESLINT],
    "eslint-unix": _ESLINT,
    "eslint-compact": _ESLINT,
    "go": [
        ("go/main.go", 5, "Error", 'imported and not used: "os"'),
        ("go/main.go", 10, "Error", "undefined: undefinedThing"),
        ("go/main.go", 11, "Error", 'cannot use "s" (untyped string constant) as int value in variable declaration'),
        ("go/cmd/ok.go", 5, "Error", 'fmt.Printf format %d has arg "x" of wrong type string'),
    ],
    "go-test": _GO_TEST,
    "go-test-v": _GO_TEST,
    "rustc": [
        ("rust/src/main.rs", 5, "E0425", "cannot find function `gone` in module `other`"),
        ("rust/src/main.rs", 4, "E0308", "mismatched types"),
    ],
    "rustc-short": [
        ("rust/src/main.rs", 5, "E0425", "cannot find function `gone` in module `other`: not found in `other`"),
        ("rust/src/main.rs", 4, "E0308", "mismatched types: expected `i32`, found `&str`"),
    ],
    "rust-test": [("rust/src/main.rs", 5, "Panic", "assertion `left == right` failed: not same")],
}


def printed(name: str) -> list[str]:
    return (PRINTED / f"{name}.txt").read_text().split("\n")


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_tool_printed_is_read(name: str) -> None:
    assert find(printed(name), FILES) == tuple(Finding(*each) for each in EXPECTED[name])


def test_every_output_is_judged() -> None:
    assert {path.stem for path in PRINTED.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("prefix", ["#12 0.345 ", "0.345 ", "[build 3/4] ", "#7 12.1 [2/9] "])
def test_a_builder_s_prefix_changes_nothing(name: str, prefix: str) -> None:
    assert find([prefix + line for line in printed(name)], FILES) == find(printed(name), FILES)


def test_what_buildkit_s_summary_repeats_is_told_once() -> None:
    lines = printed("gcc")
    summary = ["------", " > [3/4] RUN make:", *(f"#9 1.234 {line}" for line in lines), "------"]
    assert find([*lines, *summary], FILES) == find(lines, FILES)


def test_the_outputs_of_several_tools_are_told_in_their_order() -> None:
    names = ["tsc", "python", "go", "rustc", "pytest-short", "eslint", "gcc"]
    lines = [line for name in names for line in printed(name)]
    assert find(lines, FILES) == tuple(Finding(*each) for name in names for each in EXPECTED[name])


@pytest.mark.parametrize(
    "line",
    [
        "src/main.c:3:5: warning: unused variable 'x' [-Wunused-variable]",
        "src/main.c:3:5: note: expanded from macro",
        "src/main.c:(.text+0x5): undefined reference to `gone'",
        "src/main.c:5: undefined reference to `gone'",
        "src/main.c:0: error: before the first line",
        "src/main.c:99999999999: error: no such line",
        "    src/main.c:3:5: error: in a probe that CMake prints indented",
        "collect2: error: ld returned 1 exit status",
        "src/gone.c:3:5: error: not in the repository",
        "main.go:12: a program's log",
        "    ok_test.go:12: outside of a test",
        'error: could not compile `x` (bin "x") due to 2 previous errors',
        "web/src/a.ts(3,5): warning TS6133: 'x' is declared but never used.",
        "  3:5  error  no file before it  no-undef",
        '  File "/app/lib/app.py", line 3, in f',
        "tests/test_app.py:9:",
        "E       assert 1 == 2",
        "2024-01-01 12:30:45: error: src/main.c",
        "#5 [2/3] RUN echo src/main.c:3: error: as the builder shows the command",
        "Step 2/3 : RUN echo web/src/a.ts(3,5): error TS1: as the builder shows the command",
        "executor failed running [/bin/sh -c echo web/src/a.ts(3,5): error TS1: x]: exit code: 1",
        "",
    ],
)
def test_what_is_no_mistake_at_a_line_is_not_read(line: str) -> None:
    assert find([line], FILES) == ()


def test_a_test_that_logs_and_passes_made_no_mistake() -> None:
    lines = ["=== RUN   TestA", "    ok_test.go:7: looking", "--- PASS: TestA (0.00s)", "    ok_test.go:8: after"]
    assert find(lines, FILES) == ()


def test_a_frame_of_a_library_is_not_taken_for_ours() -> None:
    trace = [
        "Traceback (most recent call last):",
        '  File "/usr/local/bin/flask", line 8, in <module>',
        '  File "/usr/local/lib/python3.12/site-packages/flask/runner.py", line 100, in load',
        "ImportError: no",
    ]
    assert find(trace, FILES) == ()


def test_no_more_than_most_and_each_within_its_length() -> None:
    lines = [f"src/main.c:{line}: error[{'c' * 200}]: {'m' * 700}" for line in range(1, MOST + 50)]
    found = find(lines, FILES)
    assert [finding.line for finding in found] == list(range(1, MOST + 1))
    assert {(len(finding.title), len(finding.message)) for finding in found} == {(LONGEST_TITLE, LONGEST_MESSAGE)}
