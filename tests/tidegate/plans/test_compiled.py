"""Go and Rust: one program, which runs without its compiler; and Elixir, Ruby and plain files."""

from __future__ import annotations

import pytest

from tests.tidegate.plans.trees import Files, lines, planned, started
from tidegate.plans import NoPlan

GO = {"go.mod": "module shop\n\ngo 1.22\n", "go.sum": "", "main.go": ""}
RUST = {"Cargo.toml": "[package]\nname = 'shop'\n", "Cargo.lock": "", "src/main.rs": ""}
MIX = 'def project do [elixir: "~> 1.15", deps: deps()] end\n'
PHOENIX = MIX + '{:phoenix, "~> 1.7"},\n"assets.deploy": ["esbuild"]\n"assets.deploy"\n'
RAILS = {"Gemfile": "gem 'rails', '~> 7.1'\n", "Gemfile.lock": "    rails (7.1.3)\n    propshaft (1.0)\n"}

BUILDS: dict[str, tuple[Files, list[str]]] = {
    "go": (
        GO,
        [
            "FROM golang:1.22-bookworm AS build",
            "COPY go.mod go.sum ./",
            "RUN go mod download",
            "RUN go build -tags netgo -ldflags '-s -w' -o app",
            "FROM buildpack-deps:bookworm-scm",
            "COPY --from=build /app /app",
        ],
    ),
    "go, in cmd": (
        {"go.mod": "module x\n", "lib.go": "", "cmd/web/main.go": ""},
        ["FROM golang:1.25-bookworm AS build", "RUN go build -tags netgo -ldflags '-s -w' -o app ./cmd/web"],
    ),
    "go, with a package of the program's name": (
        {**GO, "app/app.go": ""},
        ["RUN go build -tags netgo -ldflags '-s -w' -o app.bin"],
    ),
    "go, with modules of the tree": (
        {**GO, "go.mod": "module x\nreplace y => ../y\n"},
        ["FROM golang:1.25-bookworm AS build", "COPY . ."],
    ),
    "go's toolchain": (
        {**GO, "go.mod": "module x\ngo 1.22.0 // why\ntoolchain go1.23.4\n"},
        ["FROM golang:1.23.4-bookworm AS build"],
    ),
    "go, older than its images": ({**GO, "go.mod": "module x\ngo 1.16\n"}, ["FROM golang:1.25-bookworm AS build"]),
    "rust": (
        RUST,
        [
            "FROM rust:1-bookworm AS build",
            "RUN cargo build --release --locked",
            "FROM buildpack-deps:bookworm",
            "COPY --from=build /app/target/release/shop /usr/local/bin/",
        ],
    ),
    "rust, of several": (
        {
            "Cargo.toml": "[package]\nname='shop'\ndefault-run='web'\n",
            "src/bin/web.rs": "",
            "src/bin/jobs/main.rs": "",
        },
        ["RUN cargo build --release", "COPY --from=build /app/target/release/web /usr/local/bin/"],
    ),
    "rust's toolchain": (
        {**RUST, "rust-toolchain.toml": "[toolchain]\nchannel = '1.79'\n"},
        ["FROM rust:1.79-bookworm AS build"],
    ),
    "elixir": (
        {"mix.exs": MIX},
        ["FROM elixir:1.18", 'ENV MIX_ENV="prod"', "RUN mix deps.get --only prod", "RUN mix compile"],
    ),
    "phoenix": (
        {"mix.exs": PHOENIX, ".tool-versions": "erlang 27\nelixir 1.17.2-otp-27\n"},
        ["FROM elixir:1.17.2", "RUN mix compile", "RUN mix assets.deploy"],
    ),
    "rails": (
        {**RAILS, ".ruby-version": "ruby-3.3.1\n"},
        [
            "FROM ruby:3.3.1",
            "COPY Gemfile Gemfile.lock ./",
            "RUN bundle config set frozen true && bundle install",
            "RUN SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile",
        ],
    ),
    "ruby, with gems of the tree": (
        {"Gemfile": "ruby '3.2.2'\ngem 'own', path: 'own'\ngem 'puma'\n", "config.ru": "", "Gemfile.lock": ""},
        ["FROM ruby:3.2.2", "COPY . .", "RUN bundle config set frozen true && bundle install"],
    ),
    "files": ({"index.html": "", "style.css": ""}, ["FROM caddy:2-alpine", "COPY --from=build /site /srv"]),
}


@pytest.mark.parametrize(("files", "wanted"), BUILDS.values(), ids=BUILDS)
def test_how_it_is_built(files: Files, wanted: list[str]) -> None:
    assert [line for line in lines(files) if line in wanted] == wanted


STARTS: list[tuple[Files, str]] = [
    (GO, "exec ./app"),
    ({**GO, "app/app.go": ""}, "exec ./app.bin"),
    (RUST, "exec shop"),
    ({"mix.exs": MIX}, "exec mix run --no-halt"),
    ({"mix.exs": PHOENIX}, "exec mix phx.server"),
    (RAILS, "exec bundle exec rails server -b 0.0.0.0 -p $PORT"),
    ({"Gemfile": "gem 'puma'\ngem 'sinatra'\n", "config.ru": ""}, "exec bundle exec puma -b tcp://0.0.0.0:$PORT"),
    ({"Gemfile": "gem 'rackup'\n", "config.ru": ""}, "exec bundle exec rackup -o 0.0.0.0 -p $PORT"),
    ({"public/index.html": ""}, "exec caddy run --config /etc/caddy/site.json"),
    ({"Gemfile": "", "Procfile": "web: ruby s.rb && echo\n"}, "ruby s.rb && echo"),
]


@pytest.mark.parametrize(("files", "script"), STARTS)
def test_what_it_starts(files: Files, script: str) -> None:
    assert started(files) == script


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"go.mod": "module x\n", "cmd/a/main.go": "", "cmd/b/main.go": ""}, "`go build -o app ./cmd/a`"),
        ({"go.mod": "module x\n"}, "add `main.go`"),
        ({"Cargo.toml": "[workspace]\nmembers = ['a']\n"}, "workspace"),
        ({"Cargo.toml": "[package]\nname='x'\n", "src/lib.rs": ""}, "add `src/main.rs`"),
        ({"Cargo.toml": "[package]\nname='x'\n", "src/bin/a.rs": "", "src/bin/b.rs": ""}, "set `default-run`"),
        ({"Cargo.toml": "[[["}, "`Cargo.toml` is not TOML"),
        ({"Gemfile": "gem 'sinatra'\n"}, "gem `puma`"),
        ({"Gemfile": "gem 'rails'\ngem 'jsbundling-rails'\n", "package.json": "{}"}, "Node beside Ruby"),
        ({"README.md": ""}, "add a `Dockerfile`"),
        ({}, "correct `rootDir`"),
    ],
)
def test_what_is_missing_is_said(files: Files, words: str) -> None:
    with pytest.raises(NoPlan) as none:
        planned(files)
    assert words in none.value.reason
