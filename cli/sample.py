"""The demo's repository: a small web service with a test suite, and the changes that the demo pushes to it."""

from __future__ import annotations

from cli import base_image

_DOCKERFILE = f"""\
FROM {base_image.NAME}
COPY www /www
COPY start.sh /start.sh
CMD ["sh", "/start.sh"]
"""

# A process of its own for the server, since a container's first process ignores SIGTERM unless it traps it.
_START = """\
echo "$TIDEGATE_COMMIT" >/www/commit
httpd -f -p "$PORT" -h /www &
trap 'kill $!; exit 0' TERM
wait $!
"""

_TEST = """\
# What the stand-in's CI runs on every push; the deploy waits until it is green.
set -e
grep -q "<h1>" www/index.html
sh -n start.sh
echo "all tests passed"
"""

_TIDEGATE = """\
services:
  - name: hello
    type: web
    runtime: docker
    autoDeployTrigger: checksPass
"""


def page(greeting: str) -> str:
    return f"<!doctype html>\n<title>hello</title>\n<h1>{greeting}</h1>\n"


def first(greeting: str) -> dict[str, str]:
    """Path → text of the whole repository."""
    return {
        "tidegate.yml": _TIDEGATE,
        "Dockerfile": _DOCKERFILE,
        "start.sh": _START,
        "test.sh": _TEST,
        "www/index.html": page(greeting),
    }


#: Builds up to line 3, which then fails with this exit code.
BROKEN_LINE, BROKEN_EXIT = 3, 7


def broken() -> dict[str, str]:
    """The change that must not take the service down."""
    lines = _DOCKERFILE.splitlines(keepends=True)
    lines.insert(BROKEN_LINE - 1, f'RUN echo "this step is broken on purpose" && exit {BROKEN_EXIT}\n')
    return {"Dockerfile": "".join(lines)}
