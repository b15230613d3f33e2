"""Python: which installer, which version, and what is served by which server."""

from __future__ import annotations

import pytest

from tests.tidegate.plans.trees import Files, lines, planned, started
from tidegate.plans import NoPlan

FLASK = {"requirements.txt": "Flask==3.0\ngunicorn>=22\n", "app.py": "app = Flask(__name__)\n"}
POETRY = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.11"\nflask = "*"\ngunicorn = "*"\n'
UV = '[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["fastapi[standard]>=0.110"]\n'

INSTALLS: dict[str, tuple[Files, list[str]]] = {
    "pip": (FLASK, ["FROM python:3.13", "COPY requirements.txt ./", "RUN pip install -r requirements.txt", "COPY . ."]),
    "pip, of several files": (
        {**FLASK, "requirements.txt": "-r base.txt\ngunicorn\n"},
        ["COPY . .", "RUN pip install -r requirements.txt"],
    ),
    "pip, of the tree itself": (
        {**FLASK, "requirements.txt": "flask\ngunicorn\n-e .\n"},
        ["COPY . .", "RUN pip install -r requirements.txt"],
    ),
    "poetry": (
        {"pyproject.toml": POETRY, "poetry.lock": "", "app.py": "app = 1\n"},
        ["RUN python -m venv /opt/poetry", "COPY . .", "RUN poetry install --only main --no-root"],
    ),
    "poetry, a package": (
        {"pyproject.toml": POETRY, "shop/__init__.py": "app = Flask('shop')\n"},
        ["RUN poetry install --only main"],
    ),
    "uv": (
        {"pyproject.toml": UV, "uv.lock": "", "main.py": "app = FastAPI()\n"},
        [
            "RUN pip install uv",
            "COPY pyproject.toml uv.lock ./",
            "RUN uv sync --frozen --no-dev --no-install-project",
            "COPY . .",
            "RUN uv sync --frozen --no-dev",
        ],
    ),
    "uv's workspace": (
        {"pyproject.toml": UV + "[tool.uv.workspace]\nmembers = ['a']\n", "uv.lock": "", "main.py": "app = FastAPI()"},
        ["RUN pip install uv", "COPY . .", "RUN uv sync --frozen --no-dev"],
    ),
    "a project": ({"pyproject.toml": UV, "main.py": "app = FastAPI()\n"}, ["COPY . .", "RUN pip install ."]),
    "nothing to install": ({"main.py": "print()\n"}, ["FROM python:3.13", "COPY . ."]),
}


@pytest.mark.parametrize(("files", "wanted"), INSTALLS.values(), ids=INSTALLS)
def test_how_packages_are_installed(files: Files, wanted: list[str]) -> None:
    assert [line for line in lines(files) if line in wanted] == wanted


VERSIONS: list[tuple[Files, str, str]] = [
    ({}, "3.13", "the default"),
    ({".python-version": "3.12.4\n"}, "3.12.4", "`.python-version`"),
    ({"runtime.txt": "python-3.11.9\n"}, "3.11.9", "`runtime.txt`"),
    ({".tool-versions": "python 3.10.1 # why\n"}, "3.10.1", "`.tool-versions`"),
    ({"pyproject.toml": '[project]\nrequires-python = ">=3.10,<3.12"\n'}, "3.11", ">=3.10,<3.12"),
    ({"pyproject.toml": '[project]\nrequires-python = "~=3.12.0"\n'}, "3.12", "~=3.12.0"),
    ({"pyproject.toml": POETRY}, "3.13", "tool.poetry.dependencies.python"),
    ({"pyproject.toml": '[project]\nrequires-python = "latest"\n'}, "3.13", "the default"),
]


@pytest.mark.parametrize(("files", "number", "reason"), VERSIONS)
def test_its_version_is_where_people_write_it(files: Files, number: str, reason: str) -> None:
    found = planned({**FLASK, **files})
    assert found.version.number == number
    assert reason in found.version.reason


STARTS: list[tuple[Files, str]] = [
    (FLASK, "exec gunicorn 'app:app'"),
    ({**FLASK, "app.py": "def create_app():\n"}, "exec gunicorn 'app:create_app()'"),
    ({**FLASK, "app.py": "", "shop/__init__.py": "application = Flask('shop')\n"}, "exec gunicorn 'shop:application'"),
    ({**FLASK, "Procfile": "web: gunicorn shop:app -w 2\r\n"}, "exec gunicorn shop:app -w 2"),
    (
        {"requirements.txt": "fastapi\nuvicorn[standard]\n", "app/main.py": "app: FastAPI = FastAPI()\n"},
        "exec uvicorn app.main:app --host 0.0.0.0 --port $PORT",
    ),
    (
        {"requirements.txt": "fastapi[standard]\n", "main.py": "api = FastAPI()\n"},
        "exec uvicorn main:api --host 0.0.0.0 --port $PORT",
    ),
    (
        {"requirements.txt": "Django\ngunicorn\n", "manage.py": "", "mysite/wsgi.py": "", "mysite/asgi.py": ""},
        "exec gunicorn mysite.wsgi",
    ),
    ({"pyproject.toml": '[project]\nname="x"\nscripts = {serve = "x:main"}\n'}, "exec serve"),
    ({"requirements.txt": "aiohttp\n", "main.py": "run()\n"}, "exec python main.py"),
    ({"requirements.txt": "", "bot.py": ""}, "exec python bot.py"),
]


@pytest.mark.parametrize(("files", "script"), STARTS)
def test_what_it_starts(files: Files, script: str) -> None:
    assert started(files) == script


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"requirements.txt": "flask\n", "app.py": "app = Flask(__name__)\n"}, "add `gunicorn`"),
        ({"requirements.txt": "fastapi\n", "main.py": "app = FastAPI()\n"}, "add `uvicorn`"),
        ({"requirements.txt": "django\n", "manage.py": "", "site/wsgi.py": ""}, "add `gunicorn`"),
        ({"requirements.txt": "celery\n"}, "set `startCommand`"),
        ({"Pipfile": "", "Pipfile.lock": "{}", "app.py": ""}, "pipenv requirements"),
        ({"requirements.txt": "", "pyproject.toml": "[project"}, "`pyproject.toml` is not TOML"),
    ],
)
def test_what_is_missing_is_said(files: Files, words: str) -> None:
    with pytest.raises(NoPlan) as none:
        planned(files)
    assert words in none.value.reason


def test_a_pyproject_for_tools_alone_makes_no_python_app() -> None:
    found = planned({"pyproject.toml": "[tool.ruff]\n", "package.json": '{"scripts": {"start": "x"}}'})
    assert found.language == "Node"
