"""A client of the control API, for the demo and the tests; the calls are those that `standin.control` lists."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

Json = dict[str, Any]


class StandInError(Exception):
    """The stand-in refused; the message is its answer."""


class StandIn:
    """Usable from several threads; each keeps its own connection."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._local = threading.local()

    def call(self, method: str, path: str, body: Json | None = None, /, **query: Any) -> Any:
        """One call of the control API; `path` is below ``/_standin``."""
        target = f"/_standin{path}" + (f"?{urlencode(query)}" if query else "")
        status, answer = self._ask(method, target, json.dumps(body or {}))
        if status >= 400:
            raise StandInError(f"{method} {path}: {status} {answer.get('message', answer)}")
        return answer

    # People and repositories

    def create_user(self, login: str, kind: str = "User", **details: str) -> Json:
        """The user, with a personal `token`."""
        made: Json = self.call("POST", "/users", {"login": login, "kind": kind, **details})
        return made

    def rename_user(self, login: str, now: str) -> None:
        self.call("PATCH", f"/users/{login}", {"login": now})

    def create_repo(self, full_name: str, **details: Any) -> Json:
        """`private`, `apps`, `files`, `ci`, `fork_of`, `default_branch`, as the control API has them."""
        owner, name = full_name.split("/")
        made: Json = self.call("POST", "/repos", {"owner": owner, "name": name, **details})
        return made

    def repo(self, full_name: str) -> Json:
        """The repository with its `refs`."""
        found: Json = self.call("GET", f"/repos/{full_name}")
        return found

    def change_repo(self, full_name: str, **changes: Any) -> None:
        self.call("PATCH", f"/repos/{full_name}", changes)

    def delete_repo(self, full_name: str) -> None:
        self.call("DELETE", f"/repos/{full_name}")

    def set_permission(self, full_name: str, login: str, permission: str) -> None:
        self.call("PUT", f"/repos/{full_name}/collaborators/{login}", {"permission": permission})

    def clone_url(self, full_name: str, token: str) -> str:
        """An address that git may push to."""
        scheme, host, *_ = urlsplit(self.url)
        return urlunsplit((scheme, f"x-access-token:{token}@{host}", f"/{full_name}.git", "", ""))

    def commit(
        self, full_name: str, files: dict[str, str | None], message: str = "Change", branch: str = "", **details: str
    ) -> str:
        """A push without git: one commit on `branch`, which is made from the default branch if need be; its SHA."""
        made = self.call(
            "POST", f"/repos/{full_name}/commits", {"files": files, "message": message, "branch": branch, **details}
        )
        return str(made["sha"])

    # CI and buttons

    def set_ci(self, full_name: str, **settings: Any) -> None:
        self.call("PUT", f"/repos/{full_name}/ci", settings)

    def conclude(self, full_name: str, sha: str, conclusion: str = "success", name: str = "") -> Json:
        body = {"sha": sha, "conclusion": conclusion, "name": name}
        concluded: Json = self.call("POST", f"/repos/{full_name}/ci/conclude", body)
        return concluded

    def press(self, full_name: str, run: int, identifier: str, user: str = "") -> None:
        """A check run's button; "rerun" is GitHub's own."""
        self.call(
            "POST",
            f"/repos/{full_name}/press",
            {"run": run, "identifier": identifier, **({"user": user} if user else {})},
        )

    # Apps

    def create_app(self, slug: str, **details: Any) -> Json:
        made: Json = self.call("POST", "/apps", {"slug": slug, **details})
        return made

    def app(self, slug: str) -> Json:
        found: Json = self.call("GET", f"/apps/{slug}")
        return found

    def change_app(self, slug: str, **changes: Any) -> None:
        self.call("PATCH", f"/apps/{slug}", changes)

    def install(self, slug: str, account: str, repositories: list[str] | None = None) -> int:
        body = {"account": account, "repositories": repositories}
        return int(self.call("POST", f"/apps/{slug}/installations", body)["id"])

    def change_installation(self, number: int, **changes: Any) -> Json:
        changed: Json = self.call("PATCH", f"/installations/{number}", changes)
        return changed

    def uninstall(self, number: int) -> None:
        self.call("DELETE", f"/installations/{number}")

    def installation_token(self, slug: str, full_name: str) -> str:
        return str(self.call("POST", f"/apps/{slug}/token", {"repo": full_name})["token"])

    def expire_tokens(self, slug: str = "") -> int:
        return int(self.call("POST", "/tokens/expire", {"app": slug} if slug else {})["expired"])

    # Calls, faults, limits, deliveries

    def calls(self, **filters: str) -> list[Json]:
        """Recorded requests, oldest first: `app`, `method`, `path` (a regular expression), `kind` rest or git."""
        found: list[Json] = self.call("GET", "/calls", None, **filters)
        return found

    def take_calls(self) -> list[Json]:
        """All recorded requests, oldest first, each told once: they are forgotten by this."""
        taken: list[Json] = self.call("POST", "/calls/take")
        return taken

    def reset_calls(self) -> None:
        self.call("DELETE", "/calls")

    def keep_bodies(self, *, on: bool = True) -> None:
        """REST requests are recorded with the texts `body` and `answer`."""
        self.call("PUT", "/calls/bodies", {"on": on})

    def fault(self, kind: str, **details: Any) -> None:
        """See `standin.faults.Fault`."""
        self.call("POST", "/faults", {"kind": kind, **details})

    def faults(self) -> list[Json]:
        """Those of requests, in the order of their making, each with the `times` that it still has to strike."""
        listed: list[Json] = self.call("GET", "/faults")["requests"]
        return listed

    def webhook_fault(self, kind: str, **details: Any) -> None:
        """See `standin.faults.Post`."""
        self.call("POST", "/faults/webhooks", {"kind": kind, **details})

    def seed_faults(self, seed: int) -> None:
        """What happens to webhooks by chance follows from it."""
        self.call("PUT", "/faults/dice", {"seed": seed})

    def clear_faults(self) -> None:
        self.call("DELETE", "/faults")

    def limits(self, **rules: Any) -> Json:
        """Change the limits; `lifted=True` lifts all."""
        now: Json = self.call("PATCH", "/limits", rules)
        return now

    def reset_limits(self) -> None:
        self.call("POST", "/limits/reset")

    def deliveries(self, slug: str, event: str = "") -> list[Json]:
        found: list[Json] = self.call("GET", f"/deliveries/{slug}", None, **({"event": event} if event else {}))
        return found

    def wait_idle(self, seconds: float = 10.0) -> bool:
        """Until no webhook is on its way."""
        return bool(self.call("POST", "/deliveries/wait", {"seconds": seconds})["idle"])

    def wait_ready(self, seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.call("GET", "/health")
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    def close(self) -> None:
        """Close this thread's connection."""
        kept = getattr(self._local, "connection", None)
        if kept is not None:
            kept.close()
            self._local.connection = None

    def _ask(self, method: str, target: str, body: str) -> tuple[int, Any]:
        """On the kept connection; once more on a new one if the server has closed it meanwhile."""
        headers = {"Content-Type": "application/json"}
        for attempt in (1, 2):
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
            try:
                connection.request(method, target, body, headers)
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read() or b"{}")
            except (http.client.HTTPException, OSError):
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")
