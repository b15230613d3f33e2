"""Node and Bun: which manager, which version, and what is started."""

from __future__ import annotations

import pytest

from tests.tidegate.plans.trees import Files, lines, package, planned, started
from tidegate.plans import NoPlan

NPM = {"package.json": package(), "package-lock.json": "{}"}
BERRY = {"package.json": package(), "yarn.lock": "__metadata:\n  version: 8\n", ".yarnrc.yml": ""}

MANAGERS: dict[str, tuple[Files, list[str]]] = {
    "npm": (NPM, ["FROM node:24", "COPY package.json package-lock.json ./", "RUN npm ci", "COPY . ."]),
    "npm, no lock": ({"package.json": package()}, ["FROM node:24", "COPY . .", "RUN npm install"]),
    "npm's shrinkwrap": (
        {"package.json": package(), "npm-shrinkwrap.json": "{}"},
        ["COPY package.json npm-shrinkwrap.json ./", "RUN npm ci"],
    ),
    "a version of npm": (
        {**NPM, "package.json": package(packageManager="npm@10.9.0")},
        ["RUN npm install --global npm@10.9.0", "RUN npm ci"],
    ),
    "pnpm, by its lock": (
        {"package.json": package(), "pnpm-lock.yaml": "lockfileVersion: '6.0'\n"},
        ["RUN npm install --global pnpm@8", "RUN pnpm install --frozen-lockfile"],
    ),
    "pnpm, older": (
        {"package.json": package(), "pnpm-lock.yaml": "lockfileVersion: 5.4\n"},
        ["RUN npm install --global pnpm@7"],
    ),
    "pnpm, by its name": (
        {"package.json": package(packageManager="pnpm@9.1.2+sha512.abc"), "pnpm-lock.yaml": ""},
        ["RUN npm install --global pnpm@9.1.2"],
    ),
    "pnpm's workspace": (
        {"package.json": package(), "pnpm-lock.yaml": "lockfileVersion: '9.0'\n", "pnpm-workspace.yaml": ""},
        ["RUN npm install --global pnpm@10", "COPY . .", "RUN pnpm install --frozen-lockfile"],
    ),
    "yarn 1": (
        {"package.json": package(), "yarn.lock": "# yarn lockfile v1\n"},
        ["COPY package.json yarn.lock ./", "RUN yarn install --frozen-lockfile"],
    ),
    "yarn 4": (
        BERRY,
        [
            "RUN npm install --global --force corepack && corepack enable",
            "RUN corepack install --global yarn@4",
            "COPY . .",
            "RUN yarn install --immutable",
        ],
    ),
    "yarn 4 in the tree": (
        {**BERRY, ".yarn/releases/yarn-4.5.0.cjs": ""},
        ["FROM node:24", "WORKDIR /app", "COPY . .", "RUN yarn install --immutable"],
    ),
    "bun": (
        {"package.json": package(), "bun.lock": "{}"},
        ["FROM oven/bun:1", "COPY package.json bun.lock ./", "RUN bun install --frozen-lockfile"],
    ),
    "bun, older": (
        {"package.json": package(packageManager="bun@1.1.30"), "bun.lockb": ""},
        ["FROM oven/bun:1.1.30", "COPY package.json bun.lockb ./"],
    ),
    "two locks, and a word on which": (
        {**NPM, "yarn.lock": "", "package.json": package(packageManager="yarn@1.22.22")},
        ["COPY package.json yarn.lock ./", "RUN yarn install --frozen-lockfile"],
    ),
}


@pytest.mark.parametrize(("files", "wanted"), MANAGERS.values(), ids=MANAGERS)
def test_the_lock_file_says_how_packages_are_installed(files: Files, wanted: list[str]) -> None:
    found = lines(files)
    assert [line for line in found if line in wanted] == wanted


@pytest.mark.parametrize(
    "fields",
    [
        {"scripts": {"start": "x", "postinstall": "prisma generate"}},
        {"scripts": {"start": "x", "prepare": "husky"}},
        {"workspaces": ["packages/*"]},
        {"dependencies": {"own": "file:lib/own"}},
        {"dependencies": {"own": "workspace:*"}},
        {"dependencies": {"odd": 7}},
    ],
)
def test_an_install_that_may_need_more_than_the_lists_has_the_whole_tree(fields: dict[str, object]) -> None:
    found = lines({**NPM, "package.json": package(**fields)})
    assert found.index("COPY . .") < found.index("RUN npm ci")


VERSIONS: list[tuple[Files, str, str]] = [
    ({}, "24", "the default"),
    ({".nvmrc": "v20.11.1\n"}, "20.11.1", "`.nvmrc`"),
    ({".nvmrc": "lts/iron\n"}, "20", "`.nvmrc`"),
    ({".nvmrc": "lts/*\n"}, "24", "`.nvmrc`"),
    ({".node-version": "22\n", ".nvmrc": "18\n"}, "22", "`.node-version`"),
    ({".nvmrc": "# ours\n\n18\n"}, "18", "`.nvmrc`"),
    ({".nvmrc": "whatever; rm -rf /\n"}, "24", "the default"),
    ({".tool-versions": "python 3.12\nnodejs 20.9.0\n"}, "20.9.0", "`.tool-versions`"),
    ({"package.json": package(engines={"node": "20.x"})}, "20", "`engines.node` in `package.json` (20.x)"),
    ({"package.json": package(engines={"node": ">=18 <21"})}, "20", "`engines.node` in `package.json` (>=18 <21)"),
    ({"package.json": package(engines={"node": 20})}, "24", "the default"),
]


@pytest.mark.parametrize(("files", "number", "reason"), VERSIONS)
def test_its_version_is_where_people_write_it(files: Files, number: str, reason: str) -> None:
    found = planned({**NPM, **files})
    assert (found.version.number, found.version.reason, found.base) == (number, reason, f"node:{number}")


STARTS: list[tuple[Files, str]] = [
    (NPM, "exec npm start"),
    ({**NPM, "Procfile": "release: x\nweb: node --enable-source-maps s.js\n"}, "exec node --enable-source-maps s.js"),
    ({"package.json": '{"main": "./lib/index.js"}', "lib/index.js": ""}, "exec node lib/index.js"),
    ({"package.json": '{"main": "lib"}', "lib/index.js": ""}, "exec node lib"),
    ({"package.json": '{"main": "gone.js"}', "index.js": ""}, "exec node index.js"),
    ({"package.json": '{"main": "a b.js"}', "a b.js": ""}, "exec node 'a b.js'"),
    ({"package.json": "{}", "server.js": ""}, "exec node server.js"),
    ({"package.json": "{}", "bun.lock": "", "index.ts": ""}, "exec bun index.ts"),
    ({"package.json": package(), "pnpm-lock.yaml": ""}, "exec pnpm start"),
]


@pytest.mark.parametrize(("files", "script"), STARTS)
def test_what_it_starts(files: Files, script: str) -> None:
    assert started(files) == script


def test_a_build_script_runs_after_the_tree_is_there() -> None:
    found = lines({**NPM, "package.json": package(scripts={"start": "x", "build": "tsc"})})
    assert found.index("COPY . .") < found.index("RUN npm run build") < found.index('ENV NODE_ENV="production"')


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"package.json": "{}"}, 'add a script `start`, such as {"start": "node server.js"}'),
        ({"package.json": "{,}"}, "`package.json` is not JSON"),
        ({"package.json": "[]"}, "not an object"),
        ({"package.json": "[" * 100_000}, "`package.json` is not JSON"),
        ({"index.html": ""}, "there is no `package.json`"),
    ],
)
def test_what_is_missing_is_said(files: Files, words: str) -> None:
    with pytest.raises(NoPlan) as none:
        planned(files, runtime="node")
    assert words in none.value.reason
