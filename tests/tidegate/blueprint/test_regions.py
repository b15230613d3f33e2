"""Where a service may run, as the deploy file says it: `regions`, or Render's `region` for one."""

from __future__ import annotations

import pytest

from tidegate.blueprint import BlueprintError, parse

WEB = "services:\n  - name: web\n    type: web\n"


@pytest.mark.parametrize(
    ("written", "regions"),
    [
        ("", ()),
        ("    regions: [eu, us]\n", ("eu", "us")),
        ("    region: oregon\n", ("oregon",)),
    ],
)
def test_the_regions_of_a_service(written: str, regions: tuple[str, ...]) -> None:
    assert parse(WEB + written).services[0].regions == regions


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("    region: eu\n    regions: [us]\n", "say the same thing twice"),
        ("    regions: eu\n", "regions"),
        ('    region: ""\n', ""),
    ],
)
def test_what_says_nothing_clear_is_told(written: str, said: str) -> None:
    with pytest.raises(BlueprintError) as told:
        parse(WEB + written)
    (problem,) = told.value.problems
    assert said in str(problem)
    assert problem.line in {4, 5}
