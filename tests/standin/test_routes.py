"""That nothing is served which GitHub doesn't serve."""

from __future__ import annotations

import re
from pathlib import Path

from standin.rest import PREFIX
from standin.server import create_app
from standin.world import World
from tests.standin.openapi import judge

# The catch-all that answers 404 in JSON.
NOTHING = "/<path:_path>"


def test_every_endpoint_is_one_of_github_s(tmp_path: Path) -> None:
    rules = create_app(World("http://standin.test", tmp_path)).url_map.iter_rules()
    served = [rule for rule in rules if rule.rule.startswith(f"{PREFIX}/") and not rule.rule.endswith(NOTHING)]
    assert len(served) > 60
    for rule in served:
        path = re.sub(r"<[^>]+>", "1", rule.rule.removeprefix(PREFIX))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            judge().operation(method, path)
