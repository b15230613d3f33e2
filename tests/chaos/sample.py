"""A repository of five services, that differ in what concerns them and in whether they wait for checks.

Each answers at / what git calls the files below its `www`, and at /commit its commit: so that what runs can be held
against what any commit holds, in whatever repository.
"""

from __future__ import annotations

from cli import base_image
from tests.e2e.apps import Files

#: By service, its lines of the deploy file.
_RULES = {
    "api": "autoDeployTrigger: commit\n    rootDir: api",
    "shop": "autoDeployTrigger: checksPass\n    rootDir: shop",
    "docs": "autoDeployTrigger: commit\n    buildFilter: {paths: ['docs/**'], ignoredPaths: ['**/*.md']}",
    "jobs": "autoDeployTrigger: checksPass\n    rootDir: jobs\n    buildFilter: {ignoredPaths: ['**/*.md']}",
    "site": "autoDeployTrigger: checksPass",
}
SERVICES = tuple(_RULES)
#: Not deployed before their commit's checks have passed.
GATED = frozenset({"shop", "jobs", "site"})
#: What changes anything in the repository changes it.
UNFILTERED = frozenset({"site"})

_START = """\
mkdir /answers
echo "$TIDEGATE_COMMIT" >/answers/commit
cd /www
for file in *; do
  echo "$file $( { printf 'blob %d\\0' "$(wc -c <"$file")"; cat "$file"; } | sha1sum | cut -d ' ' -f 1)"
done >/answers/index.html
httpd -f -p "$PORT" -h /answers &
trap 'kill $!; exit 0' TERM
wait $!
"""


def full_name(service: str, suffix: str) -> str:
    """Host names are for everybody, so services have names that no other repository's have."""
    return f"{service}-{suffix}"


def files(suffix: str) -> Files:
    """The first commit's. A service without a root directory has its Dockerfile where its name says."""
    made: Files = {"tidegate.yml": "previews:\n  generation: automatic\nservices:\n" + "".join(_entries(suffix))}
    for service in SERVICES:
        made[f"{service}/Dockerfile"] = (
            f'FROM {base_image.NAME}\nCOPY www /www\nCOPY start.sh /\nCMD ["sh", "/start.sh"]\n'
        )
        made[f"{service}/start.sh"] = _START
        made[f"{service}/www/first"] = f"{service}\n"
    return made


def _entries(suffix: str) -> list[str]:
    return [
        f"  - name: {full_name(service, suffix)}\n    type: web\n    runtime: docker\n    {rules}\n"
        + ("" if "rootDir" in rules else f"    dockerContext: {service}\n    dockerfilePath: {service}/Dockerfile\n")
        for service, rules in _RULES.items()
    ]
