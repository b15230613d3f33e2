"""What Render's blueprint has and this version doesn't do: refused in so many words, never silently ignored."""

from __future__ import annotations

_YET = "is not supported by this version yet."

#: Of the file as a whole: what to say, and what to do instead.
TOP: dict[str, tuple[str, str]] = {
    "previewsEnabled": ("`previewsEnabled` is an older spelling.", "Write `generation: automatic` below `previews:`."),
    "previewsExpireAfterDays": (
        "`previewsExpireAfterDays` is an older spelling.",
        "Write `expireAfterDays` below `previews:`.",
    ),
    "databases": ("`databases` are not managed.", "Run the database yourself, and set its URL as a variable."),
    "projects": ("`projects` have no meaning here.", "Move the services to `services:`."),
    "ungrouped": ("`ungrouped` has no meaning here.", "Move the services to `services:`."),
    "version": ("`version` has no meaning here.", "Remove it."),
}

SERVICE: dict[str, tuple[str, str]] = {
    "scaling": (f"`scaling` {_YET}", "Set `numInstances`."),
    "previews": (
        f"`previews` of one service {_YET}",
        "Write it at the top level: a preview holds all services, each with as many instances as it has.",
    ),
    "pullRequestPreviewsEnabled": (
        "`pullRequestPreviewsEnabled` is an older spelling.",
        "Write `previews:` at the top level.",
    ),
    "previewPlan": (f"`previewPlan` {_YET}", "Remove it."),
    "initialDeployHook": (f"`initialDeployHook` {_YET}", "Use `preDeployCommand`, which runs on every deploy."),
    "ipAllowList": (f"`ipAllowList` {_YET}", "Restrict access in front of the router."),
    "plan": ("`plan` has no meaning on your own machines.", "Set `memory` and `cpus`."),
    "repo": ("`repo` has no meaning here.", "A service is deployed from the repository that holds the deploy file."),
    "env": ("`env` is an older name.", "Write `runtime: docker`, or `envVars` for variables."),
    "publishPath": ("`publishPath` is an older spelling.", "Write `staticPublishPath`."),
}

ENV_VAR: dict[str, tuple[str, str]] = {
    "fromDatabase": (
        "`fromDatabase` needs databases, which are not managed.",
        "Write `sync: false`, and set the value.",
    ),
}

#: What a service's variable may have, and a group's not: a group is the same for all services.
OF_A_GROUP: dict[str, tuple[str, str]] = {
    **ENV_VAR,
    **{
        name: (f"A group's variable can't have `{name}`.", "Write it in each service.")
        for name in ("fromService", "fromGroup", "sync")
    },
}

#: Fields of a service that are translated, with what schema and reference say of them: (type, description).
OLDER: dict[str, tuple[str, str]] = {
    "autoDeploy": ("boolean", "Older spelling of `autoDeployTrigger`: `true` is `commit`, `false` is `off`."),
    "region": ("string", "One region, as Render has it: the same as `regions` with this alone."),
}
#: Other words for what there is, as a `render.yaml` has them.
TYPES = {"pserv": "private"}
#: By type, what has no meaning for it: (the field, why).
_NO_SCHEDULE = {"schedule": "only cron services run by one"}
OF_OTHER_TYPES: dict[str, dict[str, str]] = {
    "web": _NO_SCHEDULE,
    "private": {**_NO_SCHEDULE, "domains": "it has no address outside of its environment"},
    "worker": {
        **_NO_SCHEDULE,
        "domains": "nothing is sent to it",
        "port": "nothing is sent to it",
        "healthCheckPath": "it is healthy for as long as it runs",
    },
    "cron": {
        "domains": "nothing is sent to it",
        "port": "nothing is sent to it",
        "healthCheckPath": "nothing of it runs all the time",
        "numInstances": "there is one run at a time",
        "disk": "what a run writes is gone with it",
        "restartPolicy": "a run that fails is not started again, and the next comes by its schedule",
    },
}

#: What only a static site has, and what has no meaning for one, with why.
OF_A_SITE = ("staticPublishPath", "headers", "routes")
OF_NO_SITE: dict[str, str] = {
    **dict.fromkeys(("dockerfilePath", "dockerContext", "dockerCommand"), "no Dockerfile is used"),
    "disk": "its files are in its image",
    **dict.fromkeys(("startCommand", "preDeployCommand"), "nothing of yours runs but its build"),
    **dict.fromkeys(("port", "healthCheckPath"), "its file server sees to that"),
    "numInstances": "one file server is enough for it",
    "restartPolicy": "its file server is started again whenever it fails",
}

#: What has no meaning for a service that nothing is built for.
OF_A_BUILD = ("rootDir", "dockerfilePath", "dockerContext", "buildFilter", "buildCommand", "registryCredential")
#: What says that a service has a Dockerfile, and what says that it has none: (the field, what to do where both do).
OF_A_DOCKERFILE = ("dockerfilePath", "dockerContext", "dockerCommand")
OF_A_PLAN = {
    "buildCommand": "Do it in the Dockerfile, or name the language: `runtime: node`.",
    "startCommand": "Write `dockerCommand`, or name the language: `runtime: node`.",
}

_TYPES = "`web`, `private`, `worker`, `cron` and `static` services are."

#: (field, value) of a service.
VALUES: dict[tuple[str, str], tuple[str, str]] = {
    ("type", name): (f"`type: {name}` is not deployed by this version yet.", _TYPES) for name in ("keyvalue", "redis")
}
