"""Render's blueprint, `render.yaml`: most of it is ours word for word, and the rest is translated here or noted.

Source of the fields: Render's Blueprint YAML reference.
"""

from __future__ import annotations

from tidegate.blueprint.nodes import Data, Path, read
from tidegate.blueprint.problem import BlueprintError
from tidegate.imports.imported import Draft, Imported, NotRead

#: Where a web service listens that says nothing else.
_PORT = "10000"
_STORES = ("keyvalue", "redis")
_SET_IT = "Set the value on the server: `tidegate variables SERVICE set {}`."
#: Older names of fields of a service.
_OLDER = {"env": "runtime", "publishPath": "staticPublishPath", "domain": "domains"}


def convert(file: str, text: str) -> Imported:
    """Raises NotRead."""
    try:
        document = read(text)
    except BlueprintError as error:
        raise NotRead(str(error)) from None
    if not isinstance(document.data, dict):
        raise NotRead("it is no mapping of fields")
    draft = Draft(document)
    _gather(draft)
    _databases(draft)
    _previews(draft)
    _stores(draft)
    services = draft.get(("services",))
    for index, service in enumerate(services if isinstance(services, list) else []):
        if isinstance(service, dict):
            _service(draft, service, ("services", index))
    return draft.finished(file)


def _gather(draft: Draft) -> None:
    """Services of projects' environments, and of none, stand beside the others."""
    for holder in _holders(draft):
        for name in ("services", "envVarGroups", "databases"):
            items = draft.get((*holder, name))
            for index, item in enumerate(items if isinstance(items, list) else []):
                _append(draft, name, item, (*holder, name, index))
    for name in ("projects", "ungrouped", "version"):
        if name in draft.data:
            draft.remove((name,))


def _holders(draft: Draft) -> list[Path]:
    """Where else than at the top services stand. A project's other environments are of another branch."""
    found: list[Path] = [("ungrouped",)]
    projects = draft.get(("projects",))
    for index, _ in enumerate(projects if isinstance(projects, list) else []):
        environments = draft.get(("projects", index, "environments"))
        found.append(("projects", index, "environments", 0))
        for number in range(1, len(environments) if isinstance(environments, list) else 0):
            path = ("projects", index, "environments", number)
            message = "Services of a project's other environments are left out."
            draft.note(path, message, "Another environment is another repository's or branch's deploy file.")
    return found


def _append(draft: Draft, name: str, item: Data, source: Path) -> None:
    """With the lines that it had."""
    items = draft.data.setdefault(name, [])
    if not isinstance(items, list):
        return
    target: Path = (name, len(items))
    items.append(item)
    for places in (draft.document.at, draft.document.keys):
        for path, place in list(places.items()):
            if path[: len(source)] == source:
                places[(*target, *path[len(source) :])] = place


def _databases(draft: Draft) -> None:
    databases = draft.get(("databases",))
    for index, each in enumerate(databases if isinstance(databases, list) else []):
        name = each.get("name", "?") if isinstance(each, dict) else "?"
        instead = "Run it yourself, and set its address where a variable was `fromDatabase`."
        draft.note(("databases", index), f"The database `{name}` is not managed here.", instead)
    draft.data.pop("databases", None)


def _previews(draft: Draft) -> None:
    """The older switches, of the file or of one service, for all of its services."""
    previews: dict[str, Data] = {}
    services = draft.get(("services",))
    asked = [each for each in services if isinstance(each, dict)] if isinstance(services, list) else []
    switches = [draft.data.pop("previewsEnabled", None)]
    switches += [each.pop("pullRequestPreviewsEnabled", None) for each in asked]
    if any(isinstance(each, str) and each.lower() in {"true", "yes"} for each in switches):
        previews["generation"] = "automatic"
    days = draft.data.pop("previewsExpireAfterDays", None)
    if days is not None:
        previews["expireAfterDays"] = days
    if previews:
        draft.data.setdefault("previews", previews)


def _stores(draft: Draft) -> None:
    """Key-value stores, and which variables are theirs."""
    services = draft.get(("services",))
    found = services if isinstance(services, list) else []
    for index in reversed(range(len(found))):
        each = found[index]
        if isinstance(each, dict) and each.get("type") in _STORES:
            message = f"The key-value store `{each.get('name', '?')}` is not managed here."
            draft.note(("services", index), message, "Run it yourself, and set its address as a variable.")
            draft.remove(("services", index))


def _service(draft: Draft, service: dict[str, Data], path: Path) -> None:
    for older, name in _OLDER.items():
        if older in service:
            value = service.pop(older)
            service.setdefault(name, [value] if older == "domain" else value)
            draft.document.keys.setdefault((*path, name), draft.document.keys[*path, older])
    if "region" in service:
        told = f"`region: {service['region']}` is one of Render's."
        draft.note((*path, "region"), told, "Regions are those of your Docker hosts: `regions: […]`.")
        del service["region"]
    _scaling(draft, service, path)
    _variables(draft, service, path)
    if service.get("type", "web") == "web" and service.get("runtime") != "static":
        service.setdefault("port", _PORT)


def _scaling(draft: Draft, service: dict[str, Data], path: Path) -> None:
    scaling = service.pop("scaling", None)
    if isinstance(scaling, dict):
        least = scaling.get("minInstances", "1")
        service["numInstances"] = least
        told = f"Nothing is scaled by load: it has its `minInstances` all the time, {least}."
        draft.note((*path, "scaling"), told, "Change `numInstances`, or use `tidegate scale`.")


def _variables(draft: Draft, service: dict[str, Data], path: Path) -> None:
    variables = service.get("envVars")
    found = variables if isinstance(variables, list) else []
    for index in reversed(range(len(found))):
        each, at = found[index], (*path, "envVars", index)
        if not isinstance(each, dict):
            continue
        if each.get("key") == "PORT" and "value" in each:
            service["port"] = each["value"]
            draft.document.at[*path, "port"] = draft.document.at[*at, "value"]
            draft.remove(at)
            continue
        _elsewhere(draft, each, at)


def _elsewhere(draft: Draft, variable: dict[str, Data], at: Path) -> None:
    """One whose value comes from what isn't here is set on the server."""
    key, source = variable.get("key", "?"), variable.get("fromService")
    if "fromDatabase" in variable:
        told = f"`{key}` has its value from a database."
    elif isinstance(source, dict) and (source.get("type") in _STORES or source.get("property") == "connectionString"):
        told = f"`{key}` has its value from a key-value store."
    else:
        return
    draft.note(at, told, _SET_IT.format(key))
    for name in ("fromDatabase", "fromService"):
        variable.pop(name, None)
    variable["sync"] = "false"
