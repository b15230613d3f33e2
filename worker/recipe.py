"""What an image is made of, and what it is called by that: the same tree with the same arguments is built once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tidegate import buildplan, plans
from tidegate.blueprint import Service as Definition
from tidegate.deployment import Deployment
from tidegate.dockerfile import declared_arguments
from tidegate.repository import Repository
from tidegate.snapshot import Snapshot
from worker import tool
from worker.parts import Parts


@dataclass(frozen=True)
class Recipe:
    """`key` names what goes in, `image` is the reference by it, `arguments` what the Dockerfile's ARGs are given, or a
    build tool, whose version is then told."""

    key: str
    image: str
    arguments: Mapping[str, str]
    tool_version: str | None = None


def recipe(
    parts: Parts, repository: Repository, deployment: Deployment, definition: Definition, variables: Snapshot
) -> Recipe:
    """Asks GitHub at most for the trees on the way to the build's context, and for the Dockerfile where there are
    variables that it may want. Refused where the build tool that is wanted isn't there."""
    tree = deployment.tree or parts.github.commit(repository, deployment.sha).tree
    context = definition.context_dir()
    inside = not context or definition.dockerfile().startswith(f"{context}/")
    dockerfile = definition.dockerfile()
    version = tool.version(definition.builder) if definition.builder else None
    arguments = _arguments(parts, repository, deployment.sha, definition, variables)
    sources = buildplan.Sources(
        context_tree=(parts.github.subtree(repository, tree, context) if context else tree) or tree,
        dockerfile_path=dockerfile.removeprefix(f"{context}/") if inside else dockerfile,
        # A Dockerfile outside of the context is covered by the whole tree: seldom reused, never wrong.
        dockerfile_id=None if inside else tree,
        plan=_plan(definition, version),
        arguments=arguments,
    )
    key = buildplan.build_key(sources)
    if deployment.clear_cache:
        key = f"{key}-{deployment.id}"  # an image of its own: what was built before stays for those who roll back to it
    return Recipe(key, buildplan.image_reference(repository.id, definition.name, key), arguments, version)


def _plan(definition: Definition, tool_version: str | None) -> str | None:
    if definition.by_tool is not None and tool_version is not None:
        return definition.by_tool.fingerprint(tool_version)
    return None if definition.wishes is None else plans.fingerprint(definition.wishes)


def may_have_arguments(definition: Definition, variables: Snapshot) -> bool:
    """Whether variables may go into its image: plain ones only, since an image shows whoever has it what they were."""
    planned = definition.wishes is not None and definition.wishes.runtime is not None
    return definition.prebuilt is None and not planned and bool(variables.plain)


def _arguments(
    parts: Parts, repository: Repository, sha: str, definition: Definition, variables: Snapshot
) -> dict[str, str]:
    if not may_have_arguments(definition, variables):
        return {}
    if definition.builder is not None:
        return variables.plain  # it is told of all of them: many are about the tool itself
    text = parts.github.file(repository, sha, definition.dockerfile())
    declared = declared_arguments(text or "")
    return {name: value for name, value in sorted(variables.plain.items()) if name in declared}
