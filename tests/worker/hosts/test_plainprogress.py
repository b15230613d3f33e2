"""What a person sees of BuildKit's plain progress. The transcripts are Docker 20.10's and buildx 0.21's own."""

from __future__ import annotations

import pytest

from worker.hosts.plainprogress import PlainProgress

OLD = """\
#2 [internal] load .dockerignore
#2 sha256:87535d412ddd1514d1bc9f624fb6d4730bca473965e37c4a9a064646742018d5
#2 transferring context: 2B done
#2 DONE 0.0s

#4 [b 1/2] FROM docker.io/library/busybox:1
#4 sha256:894ec487c5d39c1939ae69364ae2e573af4ecbfa0b8247852f23c8ebf61eec89
#4 CACHED

#7 [b 2/2] RUN make
#7 sha256:1320d6a6d3a0bd548b2bdfd68c145c2f3e3e72a475ab9165f9b41fa268ec5d83
#7 0.759 one
#7 0.975

#5 [stage-1 2/3] COPY . /app
#5 DONE 0.1s

#7 [b 2/2] RUN make
#7 1.178 12.5 of two
#7 ERROR: executor failed running [/bin/sh -c make]: exit code: 2
------
 > [b 2/2] RUN make:
#7 1.178 12.5 of two
------
executor failed running [/bin/sh -c make]: exit code: 2
"""

NEW = """\
#0 building with "default" instance using docker driver

#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 120B done
#1 DONE 0.0s

#4 [1/2] FROM docker.io/library/busybox:1@sha256:abc
#4 resolve docker.io/library/busybox:1@sha256:abc done
#4 sha256:abc 1.05MB / 2.10MB 0.2s
#4 CACHED

#5 [2/2] RUN false
#5 ERROR: process "/bin/sh -c false" did not complete successfully: exit code: 1

#6 exporting to image
#6 exporting layers done
#6 DONE 0.0s
Dockerfile:2
--------------------
   1 |     FROM busybox:1
   2 | >>> RUN false
--------------------
ERROR: failed to solve: process "/bin/sh -c false" did not complete successfully: exit code: 1
"""


def shown(transcript: str) -> list[str]:
    lines: list[str] = []
    progress = PlainProgress(lines.append)
    for raw in transcript.splitlines():
        progress.line(raw)
    return lines


@pytest.mark.parametrize(
    ("transcript", "lines"),
    [
        (
            OLD,
            [
                "[b 1/2] FROM docker.io/library/busybox:1",
                "CACHED [b 1/2]",
                "[b 2/2] RUN make",
                "one",
                "",
                "[stage-1 2/3] COPY . /app",
                "DONE 0.1s [stage-1 2/3]",
                "12.5 of two",
                "ERROR: executor failed running [/bin/sh -c make]: exit code: 2",
                "------",
                " > [b 2/2] RUN make:",
                "12.5 of two",
                "------",
                "executor failed running [/bin/sh -c make]: exit code: 2",
            ],
        ),
        (
            NEW,
            [
                "[1/2] FROM docker.io/library/busybox:1@sha256:abc",
                "CACHED [1/2]",
                "[2/2] RUN false",
                'ERROR: process "/bin/sh -c false" did not complete successfully: exit code: 1',
                "Dockerfile:2",
                "--------------------",
                "   1 |     FROM busybox:1",
                "   2 | >>> RUN false",
                "--------------------",
                'ERROR: failed to solve: process "/bin/sh -c false" did not complete successfully: exit code: 1',
            ],
        ),
        ("", []),
        ("error during connect: refused", ["error during connect: refused"]),
    ],
    ids=["20.10", "buildx", "nothing", "no progress"],
)
def test_steps_and_their_output_without_the_machinery(transcript: str, lines: list[str]) -> None:
    assert shown(transcript) == lines
