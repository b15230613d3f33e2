"""The deploy file's text → a Blueprint, or every mistake at once, each with its line and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ValidationError

from tidegate.blueprint import builder, links, static, unsupported
from tidegate.blueprint.complaint import EXAMPLE, in_words
from tidegate.blueprint.fields import MADE
from tidegate.blueprint.model import (
    AutoDeploy,
    Blueprint,
    BuildFilter,
    Disk,
    Image,
    Previews,
    RegistryCredential,
    Service,
)
from tidegate.blueprint.nodes import Data, Document, Path, read
from tidegate.blueprint.problem import BlueprintError
from tidegate.blueprint.suggestion import suggestion
from tidegate.blueprint.variable import EnvVar, EnvVarGroup, FromService
from tidegate.plans import LANGUAGES

_REPEATED = {"key": "variable", "fromGroup": "group"}
_SWITCH = {"true": AutoDeploy.COMMIT, "yes": AutoDeploy.COMMIT, "on": AutoDeploy.COMMIT}
_SWITCH |= {"false": AutoDeploy.OFF, "no": AutoDeploy.OFF, "off": AutoDeploy.OFF}


def parse(text: str) -> Blueprint:
    """Raises BlueprintError with all problems. Nothing in the file is ignored: what isn't known is refused."""
    document = read(text)
    blueprint = check(document)
    if document.problems or blueprint is None:
        raise BlueprintError(tuple(sorted(set(document.problems))))
    return blueprint


def check(document: Document) -> Blueprint | None:
    """What the document says; what is wrong is told to it. Its data is changed on the way."""
    data = document.data
    if not isinstance(data, dict):
        wrong = "is empty" if data is None else "is not a mapping of fields"
        document.problem((), f"The file {wrong}.", EXAMPLE)
        return None
    _check_fields(document, data, (), Blueprint, unsupported.TOP)
    _check_inner(document, data, ("previews",), Previews, {})
    services = data.get("services")
    if isinstance(services, list):
        for index, service in enumerate(services):
            if isinstance(service, dict):
                _check_service(document, service, ("services", index))
        _check_unique(document, services)
    groups = data.get("envVarGroups")
    if isinstance(groups, list):
        for index, group in enumerate(groups):
            if isinstance(group, dict):
                _check_group(document, group, ("envVarGroups", index))
        _check_repeated(document, ("envVarGroups",), "group", _named(groups, "name"))
    blueprint = _validated(document, data)
    return links.linked(blueprint, document) if blueprint is not None else None


def _check_service(document: Document, service: dict[str, Data], path: Path) -> None:
    _translate_auto_deploy(document, service, path)
    static.translate(document, service, path)
    _translate_region(document, service, path)
    _check_type(document, service, path)
    _check_fields(document, service, path, Service, unsupported.SERVICE)
    for (name, value), (message, hint) in unsupported.VALUES.items():
        if service.get(name) == value:
            document.problem((*path, name), message, hint)
            del service[name]
    _check_inner(document, service, (*path, "buildFilter"), BuildFilter, {})
    for name, model in static.RULES:
        _check_each(document, service, (*path, name), model)
    static.check(document, service, path)
    _check_image(document, service, path)
    _check_credential(document, service, (*path, "registryCredential"))
    builder.check(document, service, path)
    _check_dockerfile(document, service, path)
    _check_inner(document, service, (*path, "disk"), Disk, {})
    if service.get("disk") is not None and service.get("numInstances", "1") != "1":
        message = "A service with a disk has one instance: two would write to the same files."
        document.problem((*path, "numInstances"), message, "Remove it, or the disk.", key=True)
    if service.get("autoDeployTrigger") != AutoDeploy.CHECKS_PASS:
        for name in ("requiredChecks", "countStatuses"):
            if name in service:
                wrong, hint = f"`{name}` is for `checksPass` only.", "Set `autoDeployTrigger: checksPass`."
                document.problem((*path, name), wrong, hint, key=True)
    _check_variables(document, service, path, unsupported.ENV_VAR)


def _check_type(document: Document, service: dict[str, Data], path: Path) -> None:
    """Only what a service of its type can have."""
    kind = service.get("type", "web")
    if not isinstance(kind, str):
        return
    service["type"] = kind = unsupported.TYPES.get(kind, kind)
    if kind == "cron" and "schedule" not in service:
        hint = 'Add `schedule:`, such as `schedule: "0 3 * * *"` for 3:00 UTC each day.'
        document.problem((*path, "type"), "A cron service needs a `schedule`.", hint)
    for name, why in unsupported.OF_OTHER_TYPES.get(kind, {}).items():
        if name in service:
            del service[name]
            message = f"`{name}` has no meaning with `type: {kind}`: {why}."
            document.problem((*path, name), message, "Remove it.", key=True)


def _check_image(document: Document, service: dict[str, Data], path: Path) -> None:
    """`runtime: image` and `image` belong together, and leave nothing to build or to deploy on a push."""
    _check_inner(document, service, (*path, "image"), Image, {})
    image = service.get("image")
    if isinstance(image, dict):
        _check_credential(document, image, (*path, "image", "creds"))
    if service.get("runtime") != "image":
        if "image" in service:
            document.problem(
                (*path, "image"), "`image` is for `runtime: image` only.", "Add `runtime: image`.", key=True
            )
        return
    if "image" not in service:
        hint = "Add `image:` and below it `url: …`."
        document.problem((*path, "runtime"), "`runtime: image` needs to know which image.", hint)
    for name in unsupported.OF_A_BUILD:
        if name in service:
            message = f"`{name}` has no meaning with `runtime: image`: nothing is built."
            document.problem((*path, name), message, "Remove it.", key=True)
    if service.get("autoDeployTrigger", AutoDeploy.OFF) != AutoDeploy.OFF:
        message = "Services from a prebuilt image are deployed by hand only."
        document.problem((*path, "autoDeployTrigger"), message, "Write `off`, or remove it.", key=True)


def _check_credential(document: Document, holder: dict[str, Data], path: Path) -> None:
    _check_inner(document, holder, path, RegistryCredential, {})
    credential = holder.get(str(path[-1]))
    if isinstance(credential, dict):
        _check_inner(document, credential, (*path, "fromRegistryCreds"), RegistryCredential.Named, {})


def _check_dockerfile(document: Document, service: dict[str, Data], path: Path) -> None:
    """A service has a Dockerfile or a plan. Where `runtime` leaves that open, a field of a Dockerfile decides it."""
    told = [name for name in unsupported.OF_A_DOCKERFILE if name in service]
    runtime = service.get("runtime")
    if runtime is None and told:
        service["runtime"] = runtime = "docker"
    if runtime == "docker":
        for name, hint in unsupported.OF_A_PLAN.items():
            if name in service:
                document.problem((*path, name), f"`{name}` has no meaning with a Dockerfile.", hint, key=True)
    elif runtime == "image" and "startCommand" in service:
        message = "`startCommand` has no meaning with `runtime: image`."
        document.problem((*path, "startCommand"), message, "Write `dockerCommand`.", key=True)
    elif runtime in LANGUAGES:
        for name in told:
            message = f"`{name}` has no meaning with `runtime: {runtime}`: no Dockerfile is used."
            hint = "Write `startCommand`." if name == "dockerCommand" else "Remove it, or write `runtime: docker`."
            document.problem((*path, name), message, hint, key=True)


def _check_group(document: Document, group: dict[str, Data], path: Path) -> None:
    _check_fields(document, group, path, EnvVarGroup, {})
    _check_variables(document, group, path, unsupported.OF_A_GROUP)


def _check_variables(
    document: Document, holder: dict[str, Data], path: Path, refused: Mapping[str, tuple[str, str]]
) -> None:
    variables = holder.get("envVars")
    if isinstance(variables, list):
        for index, variable in enumerate(variables):
            if isinstance(variable, dict):
                _check_variable(document, variable, (*path, "envVars", index), refused)
        for name in ("key", "fromGroup"):
            _check_repeated(document, (*path, "envVars"), _REPEATED[name], _named(variables, name))


def _check_variable(
    document: Document, variable: dict[str, Data], path: Path, refused: Mapping[str, tuple[str, str]]
) -> None:
    unknown = _check_fields(document, variable, path, EnvVar, refused)
    _check_inner(document, variable, (*path, "fromService"), FromService, {})
    if "fromGroup" in variable:
        return
    if unknown:
        # What it wants is refused already: that it has no value besides would be noise.
        variable.setdefault("key", "_")
        if not {"value", "generateValue", "fromService"} & variable.keys():
            variable.setdefault("sync", "false")
    elif "key" not in variable:
        document.problem((*path, "key"), "`key` is missing.", "Add `key: …`.")
        variable["key"] = "_"


def _translate_auto_deploy(document: Document, service: dict[str, Data], path: Path) -> None:
    """The older `autoDeploy: true|false`, into today's `autoDeployTrigger`."""
    older = service.pop("autoDeploy", None)
    if older is None:
        return
    where = (*path, "autoDeploy")
    if "autoDeployTrigger" in service:
        document.problem(
            where, "`autoDeploy` and `autoDeployTrigger` say the same thing twice.", "Keep `autoDeployTrigger`."
        )
    elif isinstance(older, str) and older.lower() in _SWITCH:
        service["autoDeployTrigger"] = _SWITCH[older.lower()]
    else:
        document.problem(where, "`autoDeploy` is neither true nor false.", "Better: `autoDeployTrigger: commit`.")


def _translate_region(document: Document, service: dict[str, Data], path: Path) -> None:
    """Render's `region: one`, into `regions`."""
    one = service.pop("region", None)
    if one is None:
        return
    if "regions" in service:
        document.problem((*path, "region"), "`region` and `regions` say the same thing twice.", "Keep `regions`.")
    else:
        service["regions"] = [one]
        document.at[*path, "regions", 0] = document.at[*path, "region"]


def _check_inner(
    document: Document,
    mapping: dict[str, Data],
    path: Path,
    model: type[BaseModel],
    refused: Mapping[str, tuple[str, str]],
) -> None:
    """The fields of the mapping that `path` ends at, where it is one."""
    inner = mapping.get(str(path[-1]))
    if isinstance(inner, dict):
        _check_fields(document, inner, path, model, refused)


def _check_each(document: Document, holder: dict[str, Data], path: Path, model: type[BaseModel]) -> None:
    """The fields of each mapping in the list that `path` ends at, where it is one."""
    items = holder.get(str(path[-1]))
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            _check_fields(document, item, (*path, index), model, {})


def _check_fields(
    document: Document,
    mapping: dict[str, Data],
    path: Path,
    model: type[BaseModel],
    refused: Mapping[str, tuple[str, str]],
) -> bool:
    """Reports and takes out every field that the model doesn't have; True where there was one."""
    known = [field.alias or name for name, field in model.model_fields.items() if name not in MADE]
    strangers = [name for name in mapping if name not in known or name in refused]
    nothing = [name for name in document.empty.get(path, ()) if name not in known and name not in unsupported.OLDER]
    for name in (*strangers, *nothing):
        mapping.pop(name, None)
        message, hint = refused.get(name, (f"There is no field `{name}` here.", suggestion(name, known)))
        document.problem((*path, name), message, hint, key=True)
    return bool(strangers)


def _check_unique(document: Document, services: list[Data]) -> None:
    _check_repeated(document, ("services",), "service", _named(services, "name"))
    seen: dict[str, str] = {}
    for index, service in enumerate(services):
        domains = service.get("domains") if isinstance(service, dict) else None
        for number, domain in enumerate(domains if isinstance(domains, list) else []):
            if isinstance(domain, str) and seen.setdefault(domain.lower(), f"{index}.{number}") != f"{index}.{number}":
                path = ("services", index, "domains", number)
                document.problem(path, f"The domain `{domain}` is given twice.", "A domain leads to one service.")


def _named(items: Iterable[Data], key: str) -> list[tuple[Path, str]]:
    pairs = [((index, key), item.get(key)) for index, item in enumerate(items) if isinstance(item, dict)]
    return [(path, name) for path, name in pairs if isinstance(name, str)]


def _check_repeated(document: Document, path: Path, what: str, names: list[tuple[Path, str]]) -> None:
    first: dict[str, Path] = {}
    for inner, name in names:
        if name in first:
            line = document.at.get((*path, *first[name]), (1, 1))[0]
            message = f"There is another {what} named `{name}`, on line {line}."
            document.problem((*path, *inner), message, "Give each a name of its own.")
        first.setdefault(name, inner)


def _validated(document: Document, data: dict[str, Data]) -> Blueprint | None:
    try:
        return Blueprint.model_validate(data)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            if each["type"] == "too_short" and each["input"]:
                continue  # pydantic counts the valid ones only, and the others have their own problems
            message, hint = in_words(each)
            document.problem(each["loc"], message, hint)
        return None
