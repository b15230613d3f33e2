"""Python with pip, Poetry or uv: how its packages are listed, and which object or file is served.

Sources of the rules: packaging.python.org (pyproject.toml), python-poetry.org, docs.astral.sh/uv, docs.gunicorn.org
(PORT), www.uvicorn.org.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tidegate.plans import procfile, versions
from tidegate.plans.plan import NoPlan, Plan, Version, Wishes
from tidegate.plans.tree import MODULES, Tree, string, strings, table

LANGUAGE = "Python"
_KNOWN = ("3.13", "3.12", "3.11", "3.10", "3.9", "3.14", "3.8")
_DEFAULT = Version(_KNOWN[0], "the default")
_MANIFESTS = ("uv.lock", "poetry.lock", "requirements.txt", "Pipfile", "setup.py", "manage.py", "main.py", "app.py")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
#: The first object of a module that a server can serve; the name is its own.
_OBJECT = re.compile(r"^(app|application|api|server)\s*(?::[^=\n]+)?=(?!=)", re.MULTILINE)
_FACTORY = re.compile(r"^def create_app\(", re.MULTILINE)
_ASGI = re.compile(r"\b(?:FastAPI|Starlette|Litestar|Quart|get_asgi_application)\b")
_SCRIPTS = ("main.py", "app.py", "server.py", "bot.py", "__main__.py")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)
#: Lines of requirements.txt that need other files, or tell nothing by themselves.
_NEEDS_FILES = re.compile(r"^\s*(?:-r|-c|-e|--requirement|--constraint|--editable|\.|/|file:)|@\s*file:", re.MULTILINE)
_VENV = ("PATH", "/app/.venv/bin:$PATH")
_ALWAYS = (("PYTHONUNBUFFERED", "1"), ("PIP_NO_CACHE_DIR", "1"), ("PIP_ROOT_USER_ACTION", "ignore"))


@dataclass(frozen=True)
class _Install:
    """One way to install packages; the words are those of Plan."""

    reason: str
    command: str
    early: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()


def claims(tree: Tree) -> str | None:
    """Why this tree is one; None where it isn't. A pyproject.toml may be there for a linter alone."""
    found = tree.first(*_MANIFESTS)
    if found is None and _lists_packages(tree.toml("pyproject.toml")):
        found = "pyproject.toml"
    return f"`{found}`" if found else None


def plan(tree: Tree, wishes: Wishes) -> Plan:
    project = tree.toml("pyproject.toml")
    install = _install(tree, project)
    version = _version(tree, project)
    start, why = _start(tree, project, wishes)
    return Plan(
        language=LANGUAGE,
        version=version,
        base=f"python:{version.number}",
        start=start,
        because=(f"packages: {install.reason}", f"start: {why}"),
        variables=(*_ALWAYS, *install.variables),
        tools=install.tools,
        early=() if wishes.build else install.early,
        install=(wishes.build,) if wishes.build else tuple(filter(None, (install.command,))),
        build=() if wishes.build else install.after,
    )


def _lists_packages(project: dict[str, Any]) -> bool:
    return bool(table(project, "project") or table(project, "tool", "poetry"))


def _install(tree: Tree, project: dict[str, Any]) -> _Install:
    if "uv.lock" in tree:
        return _uv(project)
    if "poetry.lock" in tree or table(project, "tool", "poetry"):
        return _poetry(tree, project)
    if "requirements.txt" in tree:
        needs = "requirements.txt" not in tree.texts or _NEEDS_FILES.search(tree.text("requirements.txt"))
        early = () if needs else ("requirements.txt",)
        return _Install("`requirements.txt`", "pip install -r requirements.txt", early)
    if "Pipfile" in tree:
        raise NoPlan(
            "Pipenv's `Pipfile` is not built from: export it with `pipenv requirements > requirements.txt`, or write a "
            "Dockerfile"
        )
    if table(project, "project") or "setup.py" in tree:
        return _Install("`pyproject.toml`" if table(project, "project") else "`setup.py`", "pip install .")
    return _Install("none are listed", "")


def _uv(project: dict[str, Any]) -> _Install:
    """The packages first, then the project itself, unless something of it is a package of its own."""
    sync = "uv sync --frozen --no-dev"
    variables = (("UV_PYTHON_DOWNLOADS", "never"), ("UV_LINK_MODE", "copy"), _VENV)
    tools = ("pip install uv",)
    uv = table(project, "tool", "uv")
    if "workspace" in uv or "sources" in uv:
        return _Install("`uv.lock`", sync, tools=tools, variables=variables)
    early = ("pyproject.toml", "uv.lock")
    return _Install("`uv.lock`", f"{sync} --no-install-project", early, (sync,), tools, variables)


def _poetry(tree: Tree, project: dict[str, Any]) -> _Install:
    """In a place of its own, so that its packages and the app's don't meet."""
    told = table(project, "tool", "poetry")
    package = (string(told, "name") or string(table(project, "project"), "name")).replace("-", "_")
    listed = "packages" in told or f"{package}/__init__.py" in tree or f"src/{package}/__init__.py" in tree
    tools = (
        "python -m venv /opt/poetry",
        "/opt/poetry/bin/pip install poetry && ln -s /opt/poetry/bin/poetry /usr/local/bin/poetry",
    )
    variables = (("POETRY_VIRTUALENVS_IN_PROJECT", "true"), ("POETRY_NO_INTERACTION", "1"), _VENV)
    reason = "`poetry.lock`" if "poetry.lock" in tree else "`tool.poetry` in `pyproject.toml`"
    command = "poetry install --only main" + ("" if listed else " --no-root")
    return _Install(reason, command, tools=tools, variables=variables)


def _start(tree: Tree, project: dict[str, Any], wishes: Wishes) -> tuple[str, str]:
    if wishes.start:
        return wishes.start, "`startCommand`"
    found = procfile.web(tree) or _served(tree, _packages(tree, project))
    if found:
        return found
    scripts = [name for name in table(project, "project", "scripts") if _NAME.fullmatch(name)]
    if len(scripts) == 1:
        return scripts[0], "`project.scripts` in `pyproject.toml`"
    script = tree.first(*_SCRIPTS)
    if script:
        return f"python {script}", f"`{script}`"
    raise NoPlan(
        "nothing here says what to start: set `startCommand`, such as `gunicorn your_application.wsgi`, or add a "
        "`Procfile` with a line `web: …`"
    )


def _served(tree: Tree, packages: frozenset[str]) -> tuple[str, str] | None:
    """By the server that is among the packages. NoPlan where a framework's is missing: its own is for development."""
    if "manage.py" in tree:
        settings = sorted(path for path in tree.paths if path.count("/") == 1 and path.endswith("/wsgi.py"))
        if settings and "gunicorn" in packages and _module(settings[0]):
            return f"gunicorn {_module(settings[0])}", f"Django, whose `{settings[0]}` gunicorn serves"
        raise NoPlan(_no_server("Django", "gunicorn"))
    served = next(_objects(tree), None)
    if served is None:
        return None
    name, path = served
    asgi = _ASGI.search(tree.text(path)) is not None
    if asgi and packages & {"uvicorn", "fastapi-standard"}:
        return f"uvicorn {name} --host 0.0.0.0 --port $PORT", f"`{path}`, which uvicorn serves"
    if not asgi and "gunicorn" in packages:
        return f"gunicorn '{name}'", f"`{path}`, which gunicorn serves"
    if asgi and packages & {"fastapi", "starlette"}:
        raise NoPlan(_no_server(f"`{path}`", "uvicorn"))
    if "flask" in packages:
        raise NoPlan(_no_server(f"Flask's `{path}`", "gunicorn"))
    return None


def _no_server(what: str, server: str) -> str:
    return f"nothing here can serve {what}: add `{server}` to its packages, or set `startCommand`"


def _objects(tree: Tree) -> Iterator[tuple[str, str]]:
    """(`module:object`, path) of whatever could be served: in the root first, then in packages right below it."""
    inner = sorted(path for path in tree.texts if path.count("/") == 1 and path.rpartition("/")[2] in MODULES)
    for path in (*(name for name in MODULES if name in tree), *inner):
        module, text = _module(path), tree.text(path)
        found = _OBJECT.search(text)
        if module and found:
            yield f"{module}:{found[1]}", path
        elif module and _FACTORY.search(text):
            yield f"{module}:create_app()", path


def _module(path: str) -> str | None:
    """`shop/wsgi.py` → `shop.wsgi`; None where no such name can be imported."""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    return ".".join(parts) if all(_IDENTIFIER.fullmatch(part) for part in parts) else None


def _packages(tree: Tree, project: dict[str, Any]) -> frozenset[str]:
    """Names of what is asked for, as packaging compares them; `fastapi[standard]` brings its server."""
    lines = [
        *tree.text("requirements.txt").splitlines(),
        *strings(table(project, "project"), "dependencies"),
        *table(project, "tool", "poetry", "dependencies"),
    ]
    found = [(name[0], line) for line in lines if (name := _NAME.match(line.strip()))]
    named = {re.sub(r"[-_.]+", "-", name).lower() for name, _ in found}
    standard = any(name.lower() == "fastapi" and "standard" in line for name, line in found)
    return frozenset(named | ({"fastapi-standard"} if standard else set()))


def _version(tree: Tree, project: dict[str, Any]) -> Version:
    read = (
        versions.written(tree, ".python-version"),
        versions.written(tree, "runtime.txt", lambda text: versions.exact(text.removeprefix("python-"))),
        versions.tool(tree, "python"),
    )
    found = next(filter(None, read), None)
    if found:
        return found
    for spec, where in (
        (string(table(project, "project"), "requires-python"), "`requires-python`"),
        (string(table(project, "tool", "poetry", "dependencies"), "python"), "`tool.poetry.dependencies.python`"),
    ):
        ranged = versions.ranged(spec, _KNOWN, f"{where} in `pyproject.toml` ({spec[:60]})") if spec else None
        if ranged:
            return ranged
    return _DEFAULT
