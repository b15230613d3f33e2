"""What an exported tree is built by: its Dockerfile, one that a plan makes beside it, or a build tool."""

from __future__ import annotations

from pathlib import Path

from tidegate import buildtool, wording
from tidegate.blueprint import Service as Definition
from tidegate.buildtool import ToolBuild
from tidegate.container import labels
from tidegate.deployment import Deployment
from tidegate.dockerfile import declared_arguments, mounted_secrets
from tidegate.registry import Login
from tidegate.repository import Repository
from tidegate.snapshot import Snapshot
from worker import planning, tool
from worker.ports import BuildOrder, OnLine, Refused
from worker.recipe import Recipe


def order(
    root: Path,
    repository: Repository,
    deployment: Deployment,
    definition: Definition,
    wanted: Recipe,
    variables: Snapshot,
    login: Login | None,
    on_line: OnLine,
) -> BuildOrder:
    """The build of an exported tree, by its Dockerfile or by one that is made beside it and told to `on_line`. Raises
    Refused where its context isn't there, or where nothing says how to build it."""
    if definition.by_tool is not None:
        return _of_tool(root, repository, deployment, definition, definition.by_tool, wanted, on_line)
    context, dockerfile = root / definition.context_dir(), root / definition.dockerfile()
    for path, name_in_tree in ((context, definition.context_dir()), (dockerfile, definition.dockerfile())):
        # A link in the tree must not make us build from our own files.
        if not path.resolve().is_relative_to(root.resolve()):
            raise Refused(wording.leads_outside(name_in_tree))
    if not context.is_dir():
        raise Refused(wording.no_context(definition.context_dir()))
    wishes = definition.wishes
    if wishes is not None and planning.wanted(wishes, dockerfile, definition.dockerfile()):
        dockerfile = planning.write(context, wishes, root.with_name("Dockerfile"), on_line)
    elif not dockerfile.is_file():
        raise Refused(wording.no_dockerfile(definition.dockerfile()))
    text = dockerfile.read_text(errors="replace")
    for name in sorted(declared_arguments(text) & variables.hidden):
        on_line(wording.no_secret_argument(name))
    mounted = mounted_secrets(text)
    return BuildOrder(
        context,
        dockerfile,
        wanted.image,
        labels(deployment, repository.full_name, "image"),
        arguments=wanted.arguments,
        secrets={name: value for name, value in variables.values.items() if name in mounted},
        no_cache=deployment.clear_cache,
        login=login,
    )


def _of_tool(
    root: Path,
    repository: Repository,
    deployment: Deployment,
    definition: Definition,
    by: ToolBuild,
    wanted: Recipe,
    on_line: OnLine,
) -> BuildOrder:
    """The same by a build tool. Refused, besides, where a link leads out of the tree."""
    tool.check_links(root)
    tool.check_commands(by.tool, root)
    context = root / definition.context_dir()
    if not context.is_dir():
        raise Refused(wording.no_context(definition.context_dir()))
    on_line(buildtool.building(by.tool, wanted.tool_version or ""))
    return BuildOrder(
        context,
        Path("Dockerfile"),
        wanted.image,
        labels(deployment, repository.full_name, "image"),
        arguments=wanted.arguments,
        no_cache=deployment.clear_cache,
        tool=by,
    )
