"""Build filters and root directories: which changes deploy a service (SEMANTICS 2.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        (ROOTED, ["backend2/main.go", "backend"], False, "no changed file is below"),
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


paths = st.frozensets(st.sampled_from(["a", "b/c.go", "b/d.md", "backend/x", "backend/y.md", "shared/z"]))


@given(paths, paths, st.sampled_from([ROOTED, INCLUDED, IGNORED, BOTH, ROOTED_INCLUDED, ROOTED_IGNORED]))
def test_a_further_changed_file_never_stops_a_deploy(
    some: frozenset[str], more: frozenset[str], definition: Service
) -> None:
    if filters.affected(definition, Changes(some)).go:
        assert filters.affected(definition, Changes(some | more)).go


@given(paths, st.sampled_from([ROOTED, INCLUDED, BOTH, ROOTED_INCLUDED]))
def test_what_is_ignored_never_deploys(changed: frozenset[str], definition: Service) -> None:
    everything = {"paths": definition.build_filter.paths, "ignoredPaths": ("**",)}
    ignoring = service(rootDir=definition.root_dir, buildFilter=everything)
    assert not filters.affected(ignoring, Changes(changed)).go
