"""Ruby with Bundler: Rails, or whatever Rack serves.

Sources of the rules: bundler.io (Gemfile, Gemfile.lock, deployment settings), guides.rubyonrails.org (asset pipeline),
puma.io.
"""

from __future__ import annotations

import re

from tidegate.plans import procfile, versions
from tidegate.plans.plan import NoPlan, Plan, Version, Wishes
from tidegate.plans.tree import Tree

LANGUAGE = "Ruby"
_DEFAULT = Version("3.4", "the default")
_IN_GEMFILE = re.compile(r"""^\s*ruby\s*\(?\s*["'](?:~>\s*|>=\s*)?(\d{1,4}(?:\.\d{1,4}){0,2})["']""", re.MULTILINE)
_IN_LOCK = re.compile(r"^RUBY VERSION\s+ruby (\d{1,4}(?:\.\d{1,4}){1,2})", re.MULTILINE)
_GEM = re.compile(r"""^\s*gem\s*\(?\s*["']([\w-]+)["']|^ {4}([\w-]+) \(""", re.MULTILINE)
#: What makes Bundler read more than the two lists.
_NEEDS_FILES = re.compile(r"\bgemspec\b|\bpath\b|\bfile:|\beval_gemfile\b|\brequire_relative\b|\bFile\.")
_RUNNING = (("RAILS_ENV", "production"), ("RACK_ENV", "production"), ("RAILS_LOG_TO_STDOUT", "1"))
_SERVE_FILES = ("RAILS_SERVE_STATIC_FILES", "1")


def claims(tree: Tree) -> str | None:
    """Why this tree is one; None where it isn't."""
    return "`Gemfile`" if "Gemfile" in tree else None


def plan(tree: Tree, wishes: Wishes) -> Plan:
    if "Gemfile" not in tree:
        raise NoPlan("there is no `Gemfile` here")
    gems = frozenset(one or other for one, other in _GEM.findall(tree.text("Gemfile") + tree.text("Gemfile.lock")))
    rails = "rails" in gems or "railties" in gems
    build = () if wishes.build else _build(tree, gems)
    start, why = _start(tree, gems, wishes, rails=rails)
    version = _version(tree)
    locked = "Gemfile.lock" in tree
    early = locked and not wishes.build and not _NEEDS_FILES.search(tree.text("Gemfile"))
    return Plan(
        language=LANGUAGE,
        version=version,
        base=f"ruby:{version.number}",
        start=start,
        because=(f"start: {why}",),
        variables=(*_RUNNING, *((_SERVE_FILES,) if rails else ()), ("BUNDLE_WITHOUT", "development:test")),
        early=("Gemfile", "Gemfile.lock") if early else (),
        install=(wishes.build or ("bundle config set frozen true && " if locked else "") + "bundle install",),
        build=build,
    )


def _build(tree: Tree, gems: frozenset[str]) -> tuple[str, ...]:
    if gems & {"jsbundling-rails", "cssbundling-rails"} and "package.json" in tree:
        raise NoPlan(
            "its assets need Node beside Ruby, and a plan has one language: set `buildCommand` to install both, or "
            "write a Dockerfile"
        )
    if gems & {"sprockets-rails", "propshaft"}:
        return ("SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile",)
    return ()


def _start(tree: Tree, gems: frozenset[str], wishes: Wishes, *, rails: bool) -> tuple[str, str]:
    if wishes.start:
        return wishes.start, "`startCommand`"
    told = procfile.web(tree)
    if told:
        return told
    if rails:
        return "bundle exec rails server -b 0.0.0.0 -p $PORT", "Rails, in `Gemfile`"
    if "config.ru" in tree and "puma" in gems:
        return "bundle exec puma -b tcp://0.0.0.0:$PORT", "`config.ru`, which Puma serves"
    if "config.ru" in tree and gems & {"rackup", "rack"}:
        return "bundle exec rackup -o 0.0.0.0 -p $PORT", "`config.ru`"
    raise NoPlan(
        "nothing here says what to start: set `startCommand`, such as `bundle exec puma`, or add `config.ru` and the "
        "gem `puma`"
    )


def _version(tree: Tree) -> Version:
    found = versions.written(tree, ".ruby-version", lambda text: versions.exact(text.removeprefix("ruby-")))
    if found:
        return found
    for pattern, path in ((_IN_GEMFILE, "Gemfile"), (_IN_LOCK, "Gemfile.lock")):
        read = pattern.search(tree.text(path))
        if read:
            return Version(read[1], f"`{path}`")
    return versions.tool(tree, "ruby") or _DEFAULT
