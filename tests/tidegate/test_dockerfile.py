"""From a builder's words to the Dockerfile's line; the outputs are as Docker 20.10 and 28 print them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.dockerfile import declared_arguments, error_location, instructions, mounted_secrets, step_line

DOCKERFILE = """\
# syntax=docker/dockerfile:1
ARG BASE=busybox
FROM $BASE AS build

# a comment
RUN echo one && \\
    # an inner comment

    echo two
COPY <<EOF /etc/motd
RUN is not an instruction here
EOF
RUN <<-"ONE" cat - <<TWO
	echo inner
	ONE
second
TWO
  WORKDIR /app

FROM scratch
COPY --from=build /app /app
"""

LINES = [2, 3, 6, 10, 13, 18, 20, 21]


def test_instructions_are_counted_as_the_classic_builder_does() -> None:
    found = instructions(DOCKERFILE)
    assert [each.line for each in found] == LINES
    assert found[2].text == "RUN echo one && echo two"
    assert [step_line(DOCKERFILE, step) for step in range(len(LINES) + 2)] == [None, *LINES, None]


@pytest.mark.parametrize(
    ("dockerfile", "lines"),
    [
        ("", []),
        ("\n\n# only this\n", []),
        ("FROM a", [1]),
        ("FROM a\r\nRUN b \\\r\n  c\r\nRUN d\r\n", [1, 2, 4]),
        ("FROM a\nRUN b \\  \n c\nRUN d", [1, 2, 4]),
        ("FROM a\nRUN b \\", [1, 2]),
        ("FROM a\nRUN \\\n\n\n b\nRUN c", [1, 2, 6]),
        ("# escape=`\nFROM a\nRUN b `\n c\nCOPY d C:\\\nRUN e", [2, 3, 5, 6]),
        ("FROM a\n# escape=`\nRUN b \\\n c\nRUN d", [1, 3, 5]),
        ("FROM a\nRUN cat <<EOF\nRUN x\nRUN y", [1, 2, 3, 4]),
        ("FROM a\nENV A=<<EOF\nRUN y", [1, 2, 3]),
        ("FROM a\nrun <<EOF\nx\nEOF\nrun b", [1, 2, 5]),
    ],
)
def test_corners_of_the_language(dockerfile: str, lines: list[int]) -> None:
    assert [each.line for each in instructions(dockerfile)] == lines


MULTI = """\
FROM busybox AS one
RUN make
FROM one AS two
WORKDIR /x
RUN make
FROM busybox
COPY $FILE /x
RUN false
"""


@pytest.mark.parametrize(
    ("dockerfile", "output", "line"),
    [
        pytest.param(
            DOCKERFILE,
            """\
Sending build context to Docker daemon  2.048kB
Step 1/8 : ARG BASE=busybox
Step 2/8 : FROM $BASE AS build
 ---> 54bb2f5d04d3
Step 3/8 : RUN echo one &&     echo two
 ---> Running in 315a9e62f5c3
The command '/bin/sh -c echo one &&     echo two' returned a non-zero code: 1
""",
            6,
            id="classic-run",
        ),
        pytest.param(
            DOCKERFILE,
            """\
Sending build context to Docker daemon  2.048kB
Error response from daemon: dockerfile parse error line 10: unknown instruction: RUNN
""",
            10,
            id="classic-parse-error",
        ),
        pytest.param(
            MULTI,
            """\
#5 [one 2/2] RUN make
#5 0.342 runc run failed
#5 ERROR: executor failed running [/bin/sh -c make]: exit code: 1
------
 > [one 2/2] RUN make:
------
executor failed running [/bin/sh -c make]: exit code: 1
""",
            2,
            id="buildkit-20-run-in-the-first-stage",
        ),
        pytest.param(MULTI, " > [two 2/2] RUN make:\n", 5, id="buildkit-20-the-same-run-in-the-second-stage"),
        pytest.param(MULTI, " > [linux/amd64 two 2/2] RUN make:\n", 5, id="buildkit-20-with-a-platform"),
        pytest.param(MULTI, " > [stage-2 3/3] RUN false:\n", 8, id="buildkit-20-stage-without-a-name"),
        pytest.param(MULTI, " > [stage-2 2/3] COPY main.go /x:\n", 7, id="buildkit-20-variables-put-in"),
        pytest.param(
            DOCKERFILE,
            """\
 > [build 2/5] RUN echo one &&     echo two:
------
executor failed running [/bin/sh -c echo one &&     echo two]: exit code: 1
""",
            6,
            id="buildkit-20-continuation",
        ),
        pytest.param(
            DOCKERFILE,
            "failed to solve with frontend dockerfile.v0: failed to create LLB definition: "
            "dockerfile parse error line 10: unknown instruction: RUNN\n",
            10,
            id="buildkit-20-parse-error",
        ),
        pytest.param(
            "FROM busybox\nCOPY nothere /x\n",
            """\
#5 ERROR: "/nothere" not found: not found
------
 > [2/2] COPY nothere /x:
------
failed to compute cache key: "/nothere" not found: not found
""",
            2,
            id="buildkit-20-copy",
        ),
        pytest.param(
            DOCKERFILE,
            """\
------
 > [build 2/5] RUN echo one &&     echo two:
0.204 two
------
Dockerfile:6
--------------------
   5 |     # a comment
   6 | >>> RUN echo one && \\
   7 | >>>     # an inner comment
   8 | >>>
   9 | >>>     echo two
  10 |     COPY <<EOF /etc/motd
--------------------
ERROR: failed to solve: process "/bin/sh -c echo one" did not complete successfully: exit code: 1
""",
            6,
            id="buildkit-today",
        ),
        pytest.param(
            DOCKERFILE,
            "docker/web.Dockerfile:18\n--------------------\nERROR: failed to solve: unknown\n",
            18,
            id="buildkit-today-another-name",
        ),
        pytest.param(
            DOCKERFILE,
            "ERROR: failed to solve: dockerfile parse error on line 10: unknown instruction: RUNN\n",
            10,
            id="buildkit-today-parse-error",
        ),
        pytest.param(DOCKERFILE, "ERROR: failed to solve: Canceled: context canceled\n", None, id="nothing-is-named"),
        pytest.param(DOCKERFILE, "", None, id="no-output"),
        pytest.param(DOCKERFILE, "Dockerfile:99\n", None, id="a-line-that-is-not-there"),
        pytest.param("", "Step 1/1 : FROM a\n > [1/1] RUN b:\n", None, id="no-dockerfile"),
    ],
)
def test_locations(dockerfile: str, output: str, line: int | None) -> None:
    assert error_location(output.splitlines(), dockerfile) == line


@given(st.text(max_size=300), st.lists(st.text(max_size=60), max_size=10))
def test_any_text_has_lines_within_it(dockerfile: str, output: list[str]) -> None:
    total = len(dockerfile.splitlines())
    found = [each.line for each in instructions(dockerfile)]
    assert found == sorted(set(found))
    assert all(1 <= line <= total for line in found)
    location = error_location(output, dockerfile)
    assert location is None or 1 <= location <= total


@given(st.lists(st.sampled_from(["RUN a", "RUN a \\\n  b", "# note", "", "COPY <<E x\ny\nE", "ENV A=b"]), max_size=10))
def test_a_numbered_step_leads_to_its_line(parts: list[str]) -> None:
    dockerfile = "\n".join(["FROM scratch", *parts, "RUN last"])
    step = len(instructions(dockerfile))
    assert step_line(dockerfile, step) == dockerfile.count("\n") + 1
    assert error_location([f"Step {step}/{step} : RUN last"], dockerfile) == dockerfile.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("FROM scratch\n", set()),
        ("ARG A\nFROM x:$A\narg B=1 C\n", {"A", "B", "C"}),
        ('ARG A="two words" B\n', {"A", "B"}),
        ("ARG A=$B\n", {"A"}),
        ("# ARG A\nRUN echo ARG B\nENV ARG=1\n", set()),
        ("ARG A \\\n    B=2\n", {"A", "B"}),
    ],
)
def test_arguments_that_are_declared(text: str, names: set[str]) -> None:
    assert declared_arguments(text) >= names
    assert declared_arguments(text) - names <= {"words"}, "a quoted value may look like a name, and nobody sets that"


@pytest.mark.parametrize(
    ("instruction", "ids"),
    [
        ("RUN make", set()),
        ("RUN --mount=type=secret,id=TOKEN make", {"TOKEN"}),
        ("RUN --network=none --mount=type=secret,id=A,target=/x --mount=id=B,type=secret,required make", {"A", "B"}),
        ("RUN --mount=type=secret,target=/run/secrets/KEY make", {"KEY"}),
        ("RUN --mount=type=cache,id=go,target=/go make", set()),
        ("RUN --mount=type=secret make", set()),
    ],
)
def test_secrets_that_are_mounted(instruction: str, ids: set[str]) -> None:
    assert mounted_secrets(f"FROM scratch\n{instruction}\n") == ids
