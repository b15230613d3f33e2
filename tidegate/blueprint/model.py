"""The deploy file's model. Field names are those of Render's blueprint where the meaning is the same, so that a
`render.yaml` is close to being a `tidegate.yml`."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from tidegate.blueprint import rules
from tidegate.blueprint.fields import Fields, Switch, Words, like
from tidegate.blueprint.static import Header, Route
from tidegate.blueprint.variable import EnvVar, EnvVarGroup
from tidegate.buildtool import BuildTool, ToolBuild
from tidegate.plans import Wishes
from tidegate.preview import Generation
from tidegate.restart import RestartPolicy
from tidegate.scaling import MOST
from tidegate.site import Site

DEFAULT_PORT = 3000
#: Headers, and redirects and rewrites, that a static site has.
_MOST_RULES = 500

_Name = Annotated[str, AfterValidator(rules.service_name), like(rules.NAME, rules.LONGEST_NAME)]
_Directory = Annotated[str, AfterValidator(rules.directory)]
_File = Annotated[str, AfterValidator(rules.file_path)]
_Glob = Annotated[str, AfterValidator(rules.glob)]
_HealthPath = Annotated[str, AfterValidator(rules.health_path), like(rules.FROM_THE_ROOT)]
_Domain = Annotated[str, AfterValidator(rules.domain)]
_Command = Annotated[str, AfterValidator(rules.command)]
_Memory = Annotated[str, AfterValidator(rules.memory_size), like(rules.MEMORY)]
_Image = Annotated[str, AfterValidator(rules.image_name)]
_Schedule = Annotated[str, AfterValidator(rules.schedule)]
_DiskName = Annotated[str, AfterValidator(rules.disk_name), like(rules.NAME, rules.LONGEST_NAME)]
_MountPath = Annotated[str, AfterValidator(rules.mount_path), like(rules.FROM_THE_ROOT)]
_Script = Annotated[str, AfterValidator(rules.script)]


class AutoDeploy(StrEnum):
    """When a push deploys: at once, once its checks have passed, or never."""

    COMMIT = "commit"
    CHECKS_PASS = "checksPass"  # noqa: S105 - not a password
    OFF = "off"


class BuildFilter(Fields):
    """Globs, from the repository's root, of files whose changes deploy the service or don't. Ignored beats included."""

    paths: tuple[_Glob, ...] = Field(
        (), description="Only changes of files that match one of these deploy. Empty: all."
    )
    ignored_paths: tuple[_Glob, ...] = Field((), description="Changes of files that match one of these never deploy.")


class RegistryCredential(Fields):
    """Which of the server's credentials a private registry is asked with."""

    class Named(Fields):
        """One of the server's credentials."""

        name: Words = Field(description="As it was set on the server: `tidegate registry add NAME`.")

    from_registry_creds: Named = Field(description="By its name; its password is on the server only.")


class Image(Fields):
    """A prebuilt image."""

    url: _Image = Field(description="Name of the image, such as `registry.example.com/team/app:1.2`.")
    creds: RegistryCredential | None = Field(None, description="Where its registry is private: with what it is asked.")


class Disk(Fields):
    """What stays from deploy to deploy. A service that has one has one instance, and stops before it is replaced."""

    name: _DiskName = Field(description="Another name is another, empty disk.")
    mount_path: _MountPath = Field(description="Where the service finds it, such as `/data`.")
    size_gb: int = Field(
        10, alias="sizeGB", ge=1, le=100_000, description="Its size. Beyond it there is an event; nothing is cut off."
    )


class Previews(Fields):
    """Previews of the repository's pull requests: each in an environment of its own, with all services."""

    generation: Generation = Field(
        Generation.OFF, description="Every pull request gets one, or those that ask for it, or none but by `/preview`."
    )
    expire_after_days: int | None = Field(
        None, ge=1, le=365, description="A preview goes after so many days without a push."
    )


class Service(Fields):
    """One service, from a Dockerfile, a plan that is detected from its tree, or a prebuilt image."""

    name: _Name = Field(description="Unique in the file; part of the host name and of the check's name.")
    type: Literal["web", "private", "worker", "cron"] = Field(
        "web",
        description="What it serves: `web` gets public HTTP(S) through the router; `private` is reached by the other "
        "services of the repository only, by its name (Render's `pserv`); `worker` is reached by nobody; `cron` runs "
        "by its `schedule`; `static` is a site of files.",
    )
    schedule: _Schedule | None = Field(
        None, description="With `type: cron`: when it runs, in UTC. Minute, hour, day of month, month, day of week."
    )
    runtime: Literal["docker", "image", "node", "python", "ruby", "go", "rust", "elixir", "static"] | None = Field(
        None,
        description="`docker`: built from a Dockerfile. `image`: a prebuilt image, deployed by hand only. A language: "
        "built by a plan that is detected from the tree. `static`: files that a file server serves. Absent: from a "
        "Dockerfile where there is one, else by a plan.",
    )
    builder: BuildTool | None = Field(
        None,
        description="A build tool that others keep and that is installed beside Tidegate's workers: it finds out by "
        "itself how the tree is built. Absent: a Dockerfile or a plan.",
    )
    image: Image | None = Field(None, description="With `runtime: image`: which one.")
    root_dir: _Directory = Field(
        "", description="Its directory in the repository. Alone, only changes below it deploy."
    )
    branch: Words | None = Field(None, description="Linked branch; the repository's default branch where it is absent.")
    trigger: AutoDeploy = Field(
        AutoDeploy.COMMIT, alias="autoDeployTrigger", description="Deploy on a push, after its checks pass, or never."
    )
    required_checks: tuple[Words, ...] = Field((), description="With `checksPass`: the checks that count. Empty: all.")
    count_statuses: Switch = Field(False, description="With `checksPass`: commit statuses count beside check runs.")
    build_filter: BuildFilter = Field(BuildFilter(), description="Which changed files deploy this service.")
    dockerfile_path: _File = Field("Dockerfile", description="Relative to `rootDir`.")
    docker_context: _Directory = Field("", description="Directory that is sent to the build, relative to `rootDir`.")
    docker_command: _Command | None = Field(
        None, description="Runs instead of the image's ENTRYPOINT and CMD; no shell."
    )
    build_command: _Script | None = Field(
        None, description="Without a Dockerfile: installs and builds, by /bin/sh, instead of what the plan would do."
    )
    start_command: _Script | None = Field(
        None, description="Without a Dockerfile: starts the service, by /bin/sh, instead of what the plan would start."
    )
    registry_credential: RegistryCredential | None = Field(
        None, description="Where what the Dockerfile builds `FROM` is private: with what its registry is asked."
    )
    static_publish_path: _Directory | None = Field(
        None,
        description="Of a static site: the directory of its files, relative to `rootDir`; where there is no build, an "
        "`index.html` tells it.",
    )
    headers: tuple[Header, ...] = Field((), max_length=_MOST_RULES, description="Of a static site: what answers have.")
    routes: tuple[Route, ...] = Field(
        (), max_length=_MOST_RULES, description="Of a static site: redirects and rewrites."
    )
    pre_deploy_command: Words | None = Field(
        None, description="Run by /bin/sh in a container of the new image before it starts; a failure fails the deploy."
    )
    port: int = Field(DEFAULT_PORT, ge=1, le=65535, description="Where the service listens; handed to it as `PORT`.")
    health_check_path: _HealthPath | None = Field(
        None,
        description="GET it: 2xx or 3xx means healthy. Absent: `/`; a private service is well once its port is open.",
    )
    restart_policy: RestartPolicy = Field(
        RestartPolicy.ON_FAILURE,
        description="When an instance's process ends: started again unless it exits with code 0, always, or never.",
    )
    num_instances: int = Field(1, ge=1, le=MOST, description="Instances that run at the same time.")
    max_shutdown_delay_seconds: int = Field(30, ge=1, le=300, description="From SIGTERM to SIGKILL.")
    regions: tuple[Words, ...] = Field(
        (), description="Regions of the Docker hosts that its instances run on, spread over them. Empty: any host."
    )
    memory: _Memory | None = Field(None, description="Limit for each instance, such as `512MB`.")
    cpus: float | None = Field(
        None, gt=0, le=512, allow_inf_nan=False, description="Limit for each instance, in cores."
    )
    read_only_root_filesystem: Switch = Field(
        False, description="Instances can write to their disk and to `/tmp`, which is in memory, and nowhere else."
    )
    disk: Disk | None = Field(None, description="A directory that stays from deploy to deploy.")
    domains: tuple[_Domain, ...] = Field((), description="Custom domains, beside the default host name.")
    env_vars: tuple[EnvVar, ...] = Field((), description="Variables of the service.")

    @model_validator(mode="before")
    @classmethod
    def _manual_only(cls, fields: Any) -> Any:
        """Nothing that is pushed changes a prebuilt image, so no push deploys it."""
        if isinstance(fields, dict) and fields.get("runtime") == "image":
            return {"autoDeployTrigger": AutoDeploy.OFF, **fields}
        return fields

    @property
    def prebuilt(self) -> str | None:
        """Name of the image that it runs, where nothing is built. Such a service is deployed by hand only."""
        return self.image.url if self.runtime == "image" and self.image else None

    @property
    def credential(self) -> str | None:
        """Name of the credential that its images are fetched with, be it the base of a build; None: without one."""
        wanted = self.image.creds if self.prebuilt and self.image else self.registry_credential
        return wanted.from_registry_creds.name if wanted else None

    @property
    def wishes(self) -> Wishes | None:
        """What is asked of a plan; None where the service has a Dockerfile or an image in any case, or a build tool."""
        if self.runtime in {"docker", "image"} or self.builder is not None:
            return None
        return Wishes(self.runtime, self.build_command, self.start_command, self.site)

    @property
    def by_tool(self) -> ToolBuild | None:
        """What is asked of the build tool, where one was chosen."""
        return ToolBuild(self.builder, self.build_command, self.start_command) if self.builder else None

    @property
    def site(self) -> Site | None:
        """What its file server is told; None where it isn't a static site."""
        if self.runtime != "static":
            return None
        headers = tuple(each.told for each in self.headers)
        return Site(self.static_publish_path, headers, tuple(each.told for each in self.routes))

    @property
    def listens(self) -> bool:
        """Whether it has a port. One that has none is healthy for as long as it runs."""
        return self.type not in {"worker", "cron"}

    @property
    def stays(self) -> bool:
        """Whether it has instances that run all the time. A cron service has runs instead, each of which ends."""
        return self.type != "cron"

    @property
    def most_instances(self) -> int:
        """Two must never write to one disk."""
        return MOST if self.disk is None else 1

    @property
    def probed_path(self) -> str | None:
        """What a probe asks for; None: it only connects to the port."""
        page = "/" if self.type == "web" and self.runtime != "static" else None
        return self.health_check_path or page

    def linked_branch(self, default: str) -> str:
        """The branch whose pushes deploy it; `default` is the repository's."""
        return self.branch or default

    def context_dir(self) -> str:
        """Of the build, relative to the repository's root; "" for the root itself.

        `dockerContext` and `dockerfilePath` start at `rootDir`, since on Render files outside of the root directory are
        not available to a build; without one they start at the repository's root, as its field reference says.
        """
        return rules.directory(posixpath.join(self.root_dir, self.docker_context))

    def dockerfile(self) -> str:
        """Relative to the repository's root. It may lie outside of the context."""
        return posixpath.join(self.root_dir, self.dockerfile_path)

    def command(self) -> tuple[str, ...] | None:
        """Runs instead of the image's ENTRYPOINT and CMD, as Render's `dockerCommand` does; None: the image's own."""
        return rules.command_words(self.docker_command) if self.docker_command else None

    def memory_bytes(self) -> int | None:
        return rules.memory_bytes(self.memory) if self.memory else None

    def dump(self) -> dict[str, object]:
        """JSON-able, by the file's field names; `load` gives it back."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def load(cls, mapping: Mapping[str, object]) -> Self:
        return cls.model_validate(mapping)


class Blueprint(Fields):
    services: tuple[Service, ...] = Field(min_length=1, description="The repository's services.")
    env_var_groups: tuple[EnvVarGroup, ...] = Field((), description="Variables that several services have.")
    previews: Previews = Field(Previews(), description="Which pull requests get a preview, and for how long.")
