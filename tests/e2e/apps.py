"""Small web services for the stories, as the files of a repository."""

from __future__ import annotations

import json

from cli import base_image

Files = dict[str, str | None]

#: A process of its own for the server, since a container's first process ignores SIGTERM unless it traps it.
_START = """\
echo "$TIDEGATE_COMMIT" >/www/commit
httpd -f -p {port} -h /www &
trap 'kill $!; exit 0' TERM
wait $!
"""


#: A command, or a part of one, that ends once there is a file /go in its container.
AWAITS_GO = "until [ -e /go ]; do sleep 0.1; done"


def pre_deploy(command: str) -> str:
    """A service's line of the deploy file; JSON's strings are YAML's."""
    return f"    preDeployCommand: {json.dumps(command)}\n"


def deploy_file(trigger: str = "commit", extra: str = "") -> str:
    """One service named app; `extra` is YAML at a service's indentation (four spaces)."""
    return f"services:\n  - name: app\n    type: web\n    runtime: docker\n    autoDeployTrigger: {trigger}\n{extra}"


def web(greeting: str, trigger: str = "commit", port: str = '"$PORT"', extra: str = "") -> Files:
    """Says `greeting` at / and its commit at /commit."""
    return {
        "tidegate.yml": deploy_file(trigger, extra),
        "Dockerfile": f'FROM {base_image.NAME}\nCOPY www /www\nCOPY start.sh /\nCMD ["sh", "/start.sh"]\n',
        "start.sh": _START.format(port=port),
        "www/index.html": f"{greeting}\n",
    }


def mute() -> Files:
    """Stays up and listens nowhere."""
    return {**web("never"), "start.sh": "trap 'exit 0' TERM\nsleep 100000 &\nwait $!\n"}
