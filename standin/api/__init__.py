"""The REST API, a file for each noun: what an endpoint takes, what it needs, what it answers."""

from standin.api import (
    apps,
    branches,
    checks,
    commits,
    contents,
    deliveries,
    deployments,
    meta,
    pulls,
    repositories,
    statuses,
)

BLUEPRINTS = [
    noun.routes.blueprint
    for noun in (
        apps,
        branches,
        checks,
        commits,
        contents,
        deliveries,
        deployments,
        meta,
        pulls,
        repositories,
        statuses,
    )
]
