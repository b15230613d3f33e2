"""`tidegate clean`: the clean-up that the workers do by themselves now and then, now, or told without being done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cli.up import MISSING, read, with_data
from tidegate.retention import GIGABYTE, Item
from tidegate.store import StoreDown


def clean(environment: Mapping[str, str], *, dry_run: bool, urgent: bool) -> int:
    """The exit code. Runs on the machine of the workers, with their environment."""
    settings, trouble = read(with_data(environment))
    if settings is None:
        print("Nothing can be cleaned up. Missing or wrong:\n" + "\n".join(f"  - {each}" for each in trouble))
        return MISSING
    from worker import clean as cleaning
    from worker.survey import survey
    from worker.wiring import make

    parts = make(settings, "tidegate-clean")
    rules = settings.retention.urgent() if urgent else settings.retention
    try:
        if not parts.store.ready():
            print(f"The store isn't there, or isn't this version's: {settings.data} (TIDEGATE_DATA), DATABASE_URL.")
            return MISSING
        print(told(survey(parts, rules)) if dry_run else told(cleaning.clean(parts, rules)))
    except StoreDown as down:
        print(f"The store can't be reached: {down}")
        return 1
    finally:
        parts.store.close()
    return 0


def told(items: Sequence[Item]) -> str:
    """A line for each, what goes first, and their sum."""
    lines = [_line(item) for item in sorted(items, key=lambda item: not item.verdict.go)]
    going = [item for item in items if item.verdict.go]
    return "\n".join(
        (*lines, f"to remove: {len(going)} of {len(items)}, {_size(sum(each.size or 0 for each in going))}")
    )


def _line(item: Item) -> str:
    size = f" ({_size(item.size)})" if item.size is not None and item.verdict.go else ""
    return f"{'remove' if item.verdict.go else 'keep  '}  {item.kind} {item.name}{size}: {item.verdict.reason}"


def _size(size: int) -> str:
    return f"{size / GIGABYTE:.2f} GB"
