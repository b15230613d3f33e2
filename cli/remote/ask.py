"""What a command asks of the API: of a server's, or on the workers' machine of the same without a web process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.command import Run, Shown, Told, tell
from cli.onstore import is_here
from cli.remote.account import find
from tidegate.markdown import clip

if TYPE_CHECKING:
    from cli.remote.api import Api

#: Raises Trouble.
Act = Callable[["Api", Told], Shown]
#: Characters of a column.
_WIDEST = 60


def by_api(act: Act, *, hurried: bool = False) -> Run:
    """`hurried`: a server is not waited for."""

    def run(environment: Mapping[str, str], told: Told) -> int:
        with _api(environment, hurried=hurried) as api:
            return tell(told, act(api, told))

    return run


@contextmanager
def _api(environment: Mapping[str, str], *, hurried: bool) -> Iterator[Api]:
    """Raises Trouble."""
    if is_here(environment):
        from cli.remote.here import here

        with here(environment) as api:
            yield api
        return
    from cli.remote.api import signed_in

    api = signed_in(find(environment), hurried=hurried)
    try:
        yield api
    finally:
        api.close()


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Side by side, the last as wide as it is; a word where there are none."""
    if not rows:
        return ["There are none."]
    cells = [[clip(each, _WIDEST) for each in row[:-1]] + [clip(row[-1], 4 * _WIDEST)] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
