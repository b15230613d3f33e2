"""What is proposed for trees as people have them; and whatever the tree, the reader takes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tidegate.plans.trees import package
from tidegate import proposal
from tidegate.blueprint import Service, parse
from tidegate.plans import Tree
from tidegate.proposal import Proposal, is_read, new_file_url

Files = Mapping[str, str]


def proposed(files: Files, name: str = "shop") -> Proposal:
    texts = {path: text for path, text in files.items() if is_read(path)}
    return proposal.propose(Tree(frozenset(files), texts), name)


def services(files: Files, name: str = "shop") -> dict[str, Service]:
    made = proposed(files, name)
    assert made.missing is None
    assert parse(made.bare) == parse(made.text)
    return {each.name: each for each in parse(made.text).services}


def test_a_dockerfile_is_a_service_at_the_port_that_it_exposes() -> None:
    (web,) = services({"Dockerfile": "FROM x\nEXPOSE 8080/tcp\n"}).values()
    assert (web.name, web.runtime, web.port) == ("shop", "docker", 8080)
    assert "# Found: `Dockerfile`, which has `EXPOSE 8080`." in proposed({"Dockerfile": "FROM x\nEXPOSE 8080"}).text
    assert "set `port`" in proposed({"Dockerfile": "FROM x\nEXPOSE $PORT"}).text


@pytest.mark.parametrize(
    ("files", "type_", "runtime", "publish"),
    [
        ({"package.json": package()}, "web", "node", None),
        ({"go.mod": "module shop\n", "main.go": ""}, "web", "go", None),
        ({"requirements.txt": "flask\ngunicorn\n", "app.py": "app = Flask(__name__)\n"}, "web", "python", None),
        ({"index.html": ""}, "web", "static", None),
        (
            {"package.json": json.dumps({"scripts": {"build": "vite build"}, "devDependencies": {"vite": "5"}})},
            "web",
            "static",
            "dist",
        ),
        (
            {
                "package.json": package(
                    scripts={"start": "react-scripts start", "build": "b"}, dependencies={"react-scripts": "5"}
                )
            },
            "web",
            "static",
            "build",
        ),
        (
            {"package.json": package(scripts={"start": "node serve.js", "build": "b"}, dependencies={"vite": "5"})},
            "web",
            "node",
            None,
        ),
    ],
)
def test_a_tree_that_has_a_plan(files: Files, type_: str, runtime: str, publish: str | None) -> None:
    (only,) = services(files).values()
    assert (only.type, only.runtime, only.static_publish_path) == (type_, runtime, publish)


def test_a_procfile_has_a_service_for_each_process() -> None:
    found = services(
        {"Gemfile": "", "Gemfile.lock": "", "Procfile": "worker: rake work\nrelease: rake migrate\nweb: puma\n"}
    )
    web, worker = found["shop"], found["shop-worker"]
    assert (web.type, web.start_command, web.pre_deploy_command) == ("web", "puma", "rake migrate")
    assert (worker.type, worker.start_command, worker.runtime) == ("worker", "rake work", "ruby")


COMPOSE = """
services:
  web:
    build: ./web
    ports: ["8080:80"]
    environment:
      MODE: production
      DATABASE_URL: postgres://app:hunter2@db/app
      API_TOKEN: ${API_TOKEN}
      PORT: 80
  api:
    build: {context: ., dockerfile: api/Dockerfile}
    expose: [4000]
    environment: [DEBUG=1, SECRET_KEY=x]
  jobs:
    build: jobs
  db:
    image: postgres:17
"""


def test_a_compose_file_s_own_services_are_proposed_and_the_others_named() -> None:
    found = services({"compose.yaml": COMPOSE, "Dockerfile": "FROM x"})
    web, api, jobs = found["web"], found["api"], found["jobs"]
    assert (web.type, web.root_dir, web.port) == ("web", "web", 80)
    assert [(each.key, each.value) for each in web.env_vars] == [
        ("MODE", "production"),
        ("DATABASE_URL", None),
        ("API_TOKEN", None),
    ]
    assert (api.type, api.dockerfile(), api.context_dir(), api.port) == ("private", "api/Dockerfile", "", 4000)
    assert [(each.key, each.value) for each in api.env_vars] == [("DEBUG", "1"), ("SECRET_KEY", None)]
    assert (jobs.type, jobs.root_dir) == ("worker", "jobs")
    made = proposed({"compose.yaml": COMPOSE})
    assert "# `compose.yaml` runs `db` besides, which nothing here deploys: run that yourself." in made.text
    assert "hunter2" not in made.text


@pytest.mark.parametrize(
    ("command", "taken", "told"),
    [
        ("celery -A shop worker", "celery -A shop worker", ""),
        ('["python", "work.py", "two words"]', "python work.py 'two words'", ""),
        ("celery -l ${LEVEL}", None, "its `command` can't be had over"),
        ("a && b", None, "its `command` can't be had over"),
        ("[]", None, ""),
    ],
)
def test_a_compose_file_s_command_is_what_is_run(command: str, taken: str | None, told: str) -> None:
    files = {"compose.yml": f"services:\n  jobs:\n    build: .\n    command: {command}\n", "Dockerfile": "FROM x"}
    assert services(files)["jobs"].docker_command == taken
    assert told in proposed(files).text
    entry = proposed({**files, "Dockerfile": 'FROM x\nENTRYPOINT ["tini"]'})
    assert ("without the ENTRYPOINT of `Dockerfile`" in entry.text) == (taken is not None)


def test_a_compose_file_of_databases_alone_says_nothing_about_the_rest() -> None:
    (only,) = services({"compose.yaml": "services: {db: {image: postgres}}", "Dockerfile": "FROM x"}).values()
    assert (only.name, only.runtime) == ("shop", "docker")


def test_directories_that_have_a_service_each() -> None:
    files = {
        "README.md": "",
        "backend/requirements.txt": "flask\ngunicorn\n",
        "backend/app.py": "app = Flask(__name__)\n",
        "frontend/package.json": json.dumps({"scripts": {"build": "b"}, "dependencies": {"vite": "5"}}),
        "apps/mail/Dockerfile": "FROM x\nEXPOSE 25",
        "apps/mail/inner/Dockerfile": "FROM x",
        "examples/Dockerfile": "FROM x",
        "lib/util.py": "",
    }
    found = services(files)
    assert {name: (each.root_dir, each.runtime) for name, each in found.items()} == {
        "backend": ("backend", "python"),
        "frontend": ("frontend", "static"),
        "mail": ("apps/mail", "docker"),
    }


def test_a_directory_that_can_not_be_built_as_it_is_is_told() -> None:
    made = proposed({"api/requirements.txt": "flask\n", "api/app.py": "app = Flask(1)\n", "web/Dockerfile": ""})
    assert made.services == ("web",)
    assert "# `api` is left out: nothing here can serve Flask's `app.py`" in made.text


@pytest.mark.parametrize(
    ("lock", "build", "start"),
    [
        ("package-lock.json", "npm ci && npm run build --workspace=apps/web", "npm run start --workspace=apps/web"),
        ("pnpm-lock.yaml", "pnpm install --frozen-lockfile && pnpm --filter ./apps/web...", "pnpm --filter ./apps/web"),
        ("yarn.lock", "yarn install --frozen-lockfile && yarn workspace @shop/web", "yarn workspace @shop/web"),
        ("bun.lock", "bun install --frozen-lockfile && bun run --filter ./apps/web", "bun run --filter ./apps/web"),
    ],
)
def test_packages_of_a_workspace_are_built_from_the_root(lock: str, build: str, start: str) -> None:
    scripts = {"start": "node s.js", "build": "tsc"}
    files = {
        "package.json": json.dumps({"private": True, "workspaces": ["apps/*", "packages/*"]}),
        lock: "",
        "apps/web/package.json": package(name="@shop/web", scripts=scripts),
        "packages/ui/package.json": package(name="@shop/ui", scripts={"build": "tsc"}),
    }
    (web,) = services(files).values()
    assert (web.name, web.root_dir, web.runtime) == ("web", "", "node")
    assert str(web.build_command).startswith(build)
    assert str(web.start_command).startswith(start)
    assert web.build_filter.paths == ("apps/web/**", "packages/**", *sorted(["package.json", lock]))


def test_two_of_one_name_are_told_apart() -> None:
    assert sorted(services({"a/api/Dockerfile": "", "b/api/Dockerfile": ""})) == ["api", "api-2"]


def test_where_nothing_is_found_it_says_what_to_add() -> None:
    made = proposed({"README.md": ""}, "My Shop!")
    assert made.services == ("my-shop",)
    assert "add a `Dockerfile`" in str(made.missing)
    assert "# Not found: nothing here tells how to build it" in made.text
    assert parse(made.text).services[0].name == "my-shop"


_TEXTS = [
    "",
    "{",
    package(),
    package(workspaces=["x/*"]),
    "web: a\nb: c",
    "FROM a\nEXPOSE 99999",
    COMPOSE,
    "services: [1]",
]
_PARTS = st.sampled_from(["apps", "web", "A b", "x-pr-1", "Dockerfile", "package.json", "Procfile", "compose.yaml"])
_NAMES = st.sampled_from(
    ["Dockerfile", "package.json", "Procfile", "compose.yaml", "go.mod", "index.html", "pnpm-lock.yaml"]
)
_PATHS = st.builds(lambda above, name: "/".join([*above, name]), st.lists(_PARTS, max_size=2), _NAMES)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(_PATHS, st.sampled_from(_TEXTS), max_size=8), st.text(max_size=60))
def test_whatever_the_tree_the_reader_takes_what_is_proposed(files: dict[str, str], name: str) -> None:
    made = proposed(files, name)
    assert tuple(each.name for each in parse(made.text).services) == made.services
    assert len(new_file_url("https://github.com", "o/r", "main", made)) <= proposal.link.LONGEST


class TestLink:
    def test_it_opens_the_page_for_a_new_file_with_all_of_it(self) -> None:
        made = proposed({"Dockerfile": "EXPOSE 80"})
        url = urlsplit(new_file_url("https://ghes.example/", "o/r", "feature/a b", made))
        assert (url.netloc, url.path) == ("ghes.example", "/o/r/new/feature/a%20b")
        assert parse_qs(url.query) == {"filename": ["tidegate.yml"], "value": [made.text]}
        assert "+" not in url.query

    def test_what_is_too_long_goes_without_its_comments_and_then_without_its_text(self) -> None:
        services = [{"name": f"s{n}", "type": "worker"} for n in range(3)]
        bare = json.dumps({"services": services})
        long = Proposal("# " + "x" * 6000 + "\n" + bare, bare, (), None)
        assert parse_qs(urlsplit(new_file_url("https://a.b", "o/r", "m", long)).query)["value"] == [bare]
        longer = Proposal(long.text, long.text, (), None)
        assert new_file_url("https://a.b", "o/r", "m", longer) == "https://a.b/o/r/new/m?filename=tidegate.yml"
