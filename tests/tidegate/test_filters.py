"""Build filters and root directories: which changes deploy a service (SEMANTICS 2.5)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tidegate import slow_globs
from tests.tidegate.make import service
from tidegate import filters
from tidegate.blueprint import Service
from tidegate.facts import Changes

PLAIN = service()
ROOTED = service(rootDir="backend")
INCLUDED = service(buildFilter={"paths": ["backend/**", "shared/**"]})
IGNORED = service(buildFilter={"ignoredPaths": ["**/*.md"]})
BOTH = service(buildFilter={"paths": ["backend/**"], "ignoredPaths": ["**/*.md"]})
ROOTED_INCLUDED = service(rootDir="backend", buildFilter={"paths": ["shared/**"]})
ROOTED_IGNORED = service(rootDir="backend", buildFilter={"ignoredPaths": ["backend/docs/**"]})


@pytest.mark.parametrize(
    ("definition", "paths", "go", "reason"),
    [
        (PLAIN, [], True, "every change"),
        (PLAIN, ["readme.md"], True, "every change"),
        (ROOTED, ["backend/main.go"], True, "`backend/main.go` changed"),
        (ROOTED, ["backend/a", "backend/b", "x"], True, "`backend/a` changed, and 1 more"),
        (ROOTED, ["frontend/index.js"], False, "no changed file is below the root directory `backend`"),
        (ROOTED, ["backend2/main.go", "x/backend/main.go"], False, "no changed file is below"),
        (ROOTED, [], False, "no file changed since the last deploy"),
        (INCLUDED, ["shared/lib.go"], True, "`shared/lib.go` changed"),
        (INCLUDED, ["frontend/index.js"], False, "no changed file matches `buildFilter.paths`"),
        (INCLUDED, [], False, "no file changed"),
        (IGNORED, ["readme.md", "a/b.md"], False, "ignored by `buildFilter.ignoredPaths`"),
        (IGNORED, ["readme.md", "main.go"], True, "`main.go` changed"),
        (BOTH, ["backend/readme.md"], False, "ignored"),
        (BOTH, ["backend/main.go", "backend/readme.md"], True, "`backend/main.go` changed"),
        (BOTH, ["frontend/x.js", "readme.md"], False, "no changed file matches"),
        (ROOTED_INCLUDED, ["shared/lib.go"], True, "`shared/lib.go` changed"),
        (ROOTED_INCLUDED, ["backend/main.go"], False, "no changed file matches"),
        (ROOTED_IGNORED, ["backend/docs/a.md"], False, "ignored"),
        (ROOTED_IGNORED, ["frontend/x.js"], False, "no changed file is below the root directory"),
        (ROOTED_IGNORED, ["backend/main.go"], True, "`backend/main.go` changed"),
        (ROOTED, ["tidegate.yml"], True, "`tidegate.yml` changed"),
        (service(buildFilter={"ignoredPaths": ["*.yml"]}), ["tidegate.yml"], True, "`tidegate.yml` changed"),
        (service(buildFilter={"paths": ["src/**"]}), ["sub/tidegate.yml"], False, "no changed file matches"),
    ],
)
def test_which_changes_deploy(definition: Service, paths: list[str], go: bool, reason: str) -> None:
    verdict = filters.affected(definition, Changes(frozenset(paths)))
    assert verdict.go is go
    assert reason in verdict.reason


#: What Render documents: SEED is its page "Deploying on Render" (seeds/render-deploys.txt, "Skipping an auto-deploy"),
#: PAGE the page "Monorepo Support" that it refers to for all the rest, with the words for it of SEMANTICS 2.5.
SEED = "SEED: with build filters, only changes to particular files deploy; no skip phrase is needed"
ANY = "PAGE: by default any change that is pushed deploys"
ROOT = "PAGE, root directory: only changes of files anywhere under it deploy"
EMPTY = "PAGE, included paths: where there are none, all files match"
INCLUDES = "PAGE, included paths: a changed file that matches one deploys"
IGNORES = "PAGE, ignored paths: a changed file that matches one doesn't deploy"
BEATS = "PAGE, ignored paths: ignored beats included"
FROM_ROOT = "PAGE, build filters: paths start at the repository's root, also where there is a root directory"
OUTSIDE = "PAGE, build filters: an included path may lie outside of the root directory"
TOGETHER = "PAGE: a root directory and build filters may be combined"

FRONTEND = service(rootDir="frontend")
FRONTEND_SHARED = service(rootDir="frontend", buildFilter={"paths": ["frontend/**", "shared/*.ts"]})
RELATIVE = service(rootDir="frontend", buildFilter={"paths": ["src/**"]})
NO_DOCS = service(buildFilter={"paths": ["frontend/**"], "ignoredPaths": ["frontend/**/*.md"]})
FRONTEND_NO_DOCS = service(rootDir="frontend", buildFilter={"ignoredPaths": ["**/*.md"]})


@pytest.mark.parametrize(
    ("rule", "definition", "path", "go"),
    [
        (SEED, INCLUDED, "backend/main.go", True),
        (SEED, INCLUDED, "readme.md", False),
        (ANY, PLAIN, "community/docker/setup.sh", True),
        (ROOT, FRONTEND, "frontend/index.js", True),
        (ROOT, FRONTEND, "frontend/src/deep/auth.js", True),
        (ROOT, FRONTEND, "backend/main.go", False),
        (ROOT, FRONTEND, "frontend.md", False),
        (EMPTY, IGNORED, "community/docker/setup.sh", True),
        (INCLUDES, INCLUDED, "shared/lib.go", True),
        (INCLUDES, INCLUDED, "frontend/index.js", False),
        (IGNORES, IGNORED, "community/readme.md", False),
        (BEATS, NO_DOCS, "frontend/src/readme.md", False),
        (BEATS, NO_DOCS, "frontend/src/auth.js", True),
        (FROM_ROOT, RELATIVE, "src/index.js", True),
        (FROM_ROOT, RELATIVE, "frontend/src/index.js", False),
        (OUTSIDE, FRONTEND_SHARED, "shared/types.ts", True),
        (OUTSIDE, FRONTEND_SHARED, "shared/deep/types.ts", False),
        (TOGETHER, FRONTEND_SHARED, "frontend/index.js", True),
        (TOGETHER, FRONTEND_NO_DOCS, "frontend/readme.md", False),
        (TOGETHER, FRONTEND_NO_DOCS, "frontend/index.js", True),
        (TOGETHER, FRONTEND_NO_DOCS, "backend/main.go", False),
    ],
)
def test_every_rule_of_render_s(rule: str, definition: Service, path: str, go: bool) -> None:
    assert filters.affected(definition, Changes(frozenset({path}))).go is go, rule


class TestSubmodules:
    """One that moved is a changed file of its own name: Git lists nothing below it."""

    VENDORED = service(buildFilter={"paths": ["vendor/lib/**"]})
    SEGMENT = service(buildFilter={"paths": ["vendor/*"]})

    @pytest.mark.parametrize(
        ("definition", "path", "go"),
        [
            (ROOTED, "backend", True),
            (ROOTED, "backend/vendor/lib", True),
            (ROOTED, "vendor/lib", False),
            (VENDORED, "vendor/lib", True),
            (VENDORED, "vendor/other", False),
            (SEGMENT, "vendor/lib", True),
            (SEGMENT, "vendored", False),
            (service(buildFilter={"ignoredPaths": ["vendor/lib"]}), "vendor/lib", False),
            (service(buildFilter={"ignoredPaths": ["vendor/*"]}), "vendor/lib", False),
            # Nobody knows whether more than what is ignored has changed in it.
            (service(buildFilter={"ignoredPaths": ["vendor/lib/docs/**"]}), "vendor/lib", True),
        ],
    )
    def test_counts_where_it_is(self, definition: Service, path: str, go: bool) -> None:
        assert filters.affected(definition, Changes(frozenset({path}))).go is go


def test_a_file_that_moved_away_or_in_counts_under_both_names() -> None:
    moved = Changes(frozenset({"backend/util.go", "shared/util.go"}))  # as worker/github reads a rename
    for definition in (ROOTED, BOTH, service(rootDir="shared"), INCLUDED):
        assert filters.affected(definition, moved).go


@pytest.mark.parametrize("definition", [ROOTED, INCLUDED, IGNORED, BOTH])
@pytest.mark.parametrize("why", ["more than 300 files changed", "the branch was force-pushed", "the base is gone"])
def test_an_unknown_list_deploys_and_says_why(definition: Service, why: str) -> None:
    verdict = filters.affected(definition, Changes(frozenset({"nothing/of/it"}), unknown=why))
    assert verdict.go
    assert why in verdict.reason


@pytest.mark.parametrize(
    ("definition", "expected"), [(PLAIN, False), (ROOTED, True), (INCLUDED, True), (IGNORED, True), (BOTH, True)]
)
def test_who_needs_to_know_the_changed_files(definition: Service, expected: bool) -> None:
    assert filters.narrows(definition) is expected


globs = st.sampled_from(["**", "**/*.md", "backend/**", "shared/*", "*", "b/[cd].*", "backend/sub/**", "backend/?"])
filtered = st.builds(
    lambda root, included, ignored: service(rootDir=root, buildFilter={"paths": included, "ignoredPaths": ignored}),
    st.sampled_from(["", "backend", "b", "backend/sub"]),
    st.lists(globs, max_size=2),
    st.lists(globs, max_size=2),
)


def plainly(definition: Service, path: str) -> bool:
    """SEMANTICS 2.5 for one changed file, word by word, with the slow matcher."""
    included, ignored = definition.build_filter.paths, definition.build_filter.ignored_paths
    if path == "tidegate.yml":
        return True
    if any(slow_globs.matches(each, path) for each in ignored):
        return False
    if included:
        return any(slow_globs.matches(each, name) for each in included for name in (path, f"{path}/"))
    return not definition.root_dir or (f"{path}/").startswith(f"{definition.root_dir}/")


paths = st.frozensets(
    st.sampled_from(
        ["a", "b/c.go", "b/d.md", "backend/x", "backend/y.md", "backend/sub", "backend", "shared/z", "tidegate.yml"]
    )
)


@given(paths, paths, st.sampled_from([ROOTED, INCLUDED, IGNORED, BOTH, ROOTED_INCLUDED, ROOTED_IGNORED]))
def test_a_further_changed_file_never_stops_a_deploy(
    some: frozenset[str], more: frozenset[str], definition: Service
) -> None:
    if filters.affected(definition, Changes(some)).go:
        assert filters.affected(definition, Changes(some | more)).go


@given(paths.map(lambda found: found - {"tidegate.yml"}), st.sampled_from([ROOTED, INCLUDED, BOTH, ROOTED_INCLUDED]))
def test_what_is_ignored_never_deploys(changed: frozenset[str], definition: Service) -> None:
    everything = {"paths": definition.build_filter.paths, "ignoredPaths": ("**",)}
    ignoring = service(rootDir=definition.root_dir, buildFilter=everything)
    assert not filters.affected(ignoring, Changes(changed)).go


@settings(max_examples=300)
@given(filtered, paths)
def test_a_service_deploys_where_any_changed_file_concerns_it_by_the_plain_rules(
    definition: Service, changed: frozenset[str]
) -> None:
    expected = not filters.narrows(definition) or any(plainly(definition, path) for path in changed)
    assert filters.affected(definition, Changes(changed)).go is expected
