"""A pull request in a project: opened, pushed to, talked to as people do; its preview visited through the router."""

from __future__ import annotations

from collections.abc import Sequence

from cli.hub import Json
from cli.visit import Answer, visit
from tests.e2e.apps import Files, web
from tests.e2e.project import Project
from tests.e2e.waiting import wait_for


def reply_to(comment: int) -> str:
    """What the App's answer to that comment contains, unseen."""
    return f"<!-- tidegate:reply:{comment} -->"


def previewed(greeting: str, generation: str = "automatic", trigger: str = "commit", extra: str = "") -> Files:
    """`web` with previews."""
    return with_previews(web(greeting, trigger, extra=extra), generation)


def with_previews(files: Files, generation: str = "automatic") -> Files:
    return {**files, "tidegate.yml": f"previews:\n  generation: {generation}\n{files['tidegate.yml']}"}


class Pull:
    """Its branch belongs to the project's own repository, or to `fork` ("owner/name")."""

    def __init__(self, project: Project, number: int, branch: str, sha: str, fork: str = "") -> None:
        self.project, self.number, self.branch, self.sha, self.fork = project, number, branch, sha, fork
        self.environment = f"pr-{number}"
        self.check_name = f"{project.check_name} ({self.environment})"

    def push(self, files: Files, message: str = "More") -> str:
        """One more commit on its branch, made by GitHub's side; its SHA."""
        project = self.project
        named = project.named(files)
        self.sha = project.world.github.commit(self.fork or project.full_name, named, message, self.branch)
        return self.sha

    # What people do

    def comment(self, body: str, login: str = "") -> int:
        """By the owner, or somebody else; its id."""
        made = self._as(login, "POST", f"issues/{self.number}/comments", {"body": body})
        return int(made["id"])

    def says(self, body: str, login: str, reaction: str, *words: str) -> Json:
        """A comment by that person; the App's reaction to it and its answer, once both are there."""
        comment = self.comment(body, login)
        answer = self.answer(reply_to(comment), *words)
        wait_for(lambda: self.reactions(comment) == [reaction], f"{reaction} on “{body}”", 30, self.project.log)
        return answer

    def label(self, *names: str) -> None:
        self.project.hub.post(f"issues/{self.number}/labels", {"labels": list(names)})

    def unlabel(self, name: str) -> None:
        self._as("", "DELETE", f"issues/{self.number}/labels/{name}")

    def edit(self, **changes: object) -> None:
        """`title`, `base`, `state` (closed, open), as GitHub's API has them."""
        self._as("", "PATCH", f"pulls/{self.number}", changes)

    def close(self) -> None:
        self.edit(state="closed")

    def merge(self, method: str = "merge") -> str:
        """The SHA that the base branch has then."""
        merged = self._as("", "PUT", f"pulls/{self.number}/merge", {"merge_method": method})
        return str(merged["sha"])

    def press(self, identifier: str, login: str = "", name: str = "") -> None:
        """A button of our check run on its head."""
        run = self.check(name)
        assert run is not None
        self.project.world.github.press(self.project.full_name, run["id"], identifier, login)

    # What can be seen

    def check(self, name: str = "") -> Json | None:
        return self.project.our_check(self.sha, name or self.check_name)

    def shows(self, conclusion: str, patience: float = 60) -> Json:
        """Our check run on its head, once it has come to this."""

        def look() -> Json | None:
            run = self.check()
            return run if run and run["conclusion"] == conclusion else None

        what = f"“{self.check_name}” to become {conclusion}"
        return wait_for(look, what, patience, lambda: f"{self.check()}\n{self.project.log()}")

    def skipped(self, *words: str) -> Json:
        """Our check run on its head, once it says that there is nothing to deploy, and why."""
        run = self.shows("skipped")
        told = f"{run['output']['title']} {run['output']['summary']}"
        assert all(word in told for word in words), told
        return run

    def host(self, service: str = "") -> str:
        return f"{service or self.project.service}-{self.environment}.{self.project.world.settings.domain}"

    def visit(self, path: str = "/", service: str = "") -> Answer:
        return visit(self.project.world.router_port, self.host(service), path)

    def serves(self, greeting: str, sha: str = "") -> None:
        """Waits until its preview says so, at its head or at `sha`."""
        wanted = (f"{greeting}\n", sha or self.sha)
        wait_for(
            lambda: (self.visit().text, self.visit("/commit").text.strip()) == wanted,
            f"{self.host()} to say {greeting} at {wanted[1][:7]}",
            90,
            self.project.log,
        )

    def gone(self) -> None:
        """Waits until nothing of its preview is left: containers, network, images, and the route."""
        wait_for(self._is_gone, f"{self.environment} to be gone", 90, self.project.log)

    def comments(self) -> Sequence[Json]:
        found: list[Json] = self.project.hub.get(f"issues/{self.number}/comments", per_page=100)
        return found

    def ours(self) -> Sequence[Json]:
        """Comments that the App wrote."""
        return [each for each in self.comments() if each["performed_via_github_app"]]

    def answer(self, *words: str, patience: float = 60) -> Json:
        """The App's comment that says all these words, once there is one."""

        def look() -> Json | None:
            return next((each for each in self.ours() if all(word in each["body"] for word in words)), None)

        def explain() -> str:
            return f"{[each['body'] for each in self.ours()]}\n{self.project.log()}"

        return wait_for(look, f"a comment that says {words}", patience, explain)

    def reactions(self, comment: int) -> list[str]:
        found = self.project.hub.get(f"issues/comments/{comment}/reactions", per_page=100)
        return [each["content"] for each in found]

    def deployment_states(self) -> list[str]:
        """The newest state of each of GitHub's deployments in its environments, oldest first."""
        name = f"{self.project.service} ({self.environment})"
        made = self.project.hub.get("deployments", environment=name, per_page=100)
        states = [self.project.hub.get(f"deployments/{each['id']}/statuses", per_page=1) for each in reversed(made)]
        return [state[0]["state"] for state in states if state]

    def _is_gone(self) -> bool:
        return not self.project.containers(environment=self.environment) and self.visit().status == 404

    def _as(self, login: str, method: str, path: str, body: Json | None = None) -> Json:
        return self.project.act(login, method, path, body)


def open_pull(
    project: Project,
    files: Files,
    *,
    branch: str = "feature",
    base: str = "main",
    title: str = "Change",
    fork_of: str = "",
    draft: bool = False,
    labels: Sequence[str] = (),
) -> Pull:
    """With one commit on `branch`. `fork_of`: the login that forks the repository for it."""
    world = project.world
    home = project.full_name
    if fork_of:
        world.github.create_user(fork_of)
        home = f"{fork_of}/{project.full_name.partition('/')[2]}"
        world.github.create_repo(home, fork_of=project.full_name, apps=[])
    sha = world.github.commit(home, project.named(files), title, branch)
    body = {"title": title, "head": f"{fork_of}:{branch}" if fork_of else branch, "base": base, "draft": draft}
    made = project.act(fork_of, "POST", "pulls", body)
    pull = Pull(project, made["number"], branch, sha, home if fork_of else "")
    if labels:
        pull.label(*labels)
    return pull
