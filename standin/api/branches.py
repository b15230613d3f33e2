"""Branches and git references."""

from standin import pushes
from standin.call import Answer, Call
from standin.clock import node_id
from standin.git import ZERO
from standin.records import Json
from standin.refusals import Refusal, not_found
from standin.rest import Routes
from standin.views import commits
from standin.views.repositories import api_url

routes = Routes("branches")
OPEN: Json = {
    "enabled": False,
    "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []},
}


@routes("GET", "/repos/<owner>/<repo>/branches", needs="contents:read")
def list_branches(call: Call) -> Answer:
    heads = [(name[11:], sha) for name, sha in call.repo.git.refs().items() if name.startswith("refs/heads/")]
    url = api_url(call.world, call.repo)

    def show(head: tuple[str, str]) -> Json:
        name, sha = head
        commit = {"sha": sha, "url": f"{url}/commits/{sha}"}
        return {
            "name": name,
            "commit": commit,
            "protected": False,
            "protection": OPEN,
            "protection_url": f"{url}/branches/{name}/protection",
        }

    return call.paged(heads, show)


@routes("GET", "/repos/<owner>/<repo>/branches/<path:name>", needs="contents:read")
def get_branch(call: Call, name: str) -> Json:
    sha = call.repo.git.branch(name)
    if sha is None:
        raise Refusal(404, "Branch not found")
    url = f"{api_url(call.world, call.repo)}/branches/{name}"
    return {
        "name": name,
        "commit": commits.commit(call.world, call.repo, call.world.commit(call.repo, sha)),
        "_links": {"self": url, "html": f"{call.world.url}/{call.repo.full_name}/tree/{name}"},
        "protected": False,
        "protection": OPEN,
        "protection_url": f"{url}/protection",
    }


def _ref(call: Call, name: str, sha: str) -> Json:
    url = api_url(call.world, call.repo)
    kind = (call.repo.git.objects.read(sha) or ("", "commit", b""))[1]
    return {
        "ref": name,
        "node_id": node_id("Ref", int(sha[:10], 16)),
        "url": f"{url}/git/{name}",
        "object": {"sha": sha, "type": kind, "url": f"{url}/git/{kind}s/{sha}"},
    }


@routes("GET", "/repos/<owner>/<repo>/git/ref/<path:ref>", needs="contents:read")
def get_ref(call: Call, ref: str) -> Json:
    name = f"refs/{ref}"
    sha = call.repo.git.refs().get(name)
    if sha is None:
        raise not_found()
    return _ref(call, name, sha)


@routes("GET", "/repos/<owner>/<repo>/git/matching-refs/<path:ref>", needs="contents:read")
def list_matching_refs(call: Call, ref: str) -> Answer:
    found = [(name, sha) for name, sha in call.repo.git.refs().items() if name.startswith(f"refs/{ref}")]
    return Answer([_ref(call, name, sha) for name, sha in found])


@routes("POST", "/repos/<owner>/<repo>/git/refs", needs="contents:write", status=201)
def create_ref(call: Call) -> Json:
    name, sha = call.body.get("ref", ""), call.body.get("sha", "")
    if not name.startswith("refs/") or name.count("/") < 2:
        raise Refusal(422, "Reference name must start with 'refs/' and have at least two slashes.")
    if name in call.repo.git.refs():
        raise Refusal(422, "Reference already exists")
    if call.repo.git.commit(sha) is None:
        raise Refusal(422, "Object does not exist")
    pushes.move(call.world, call.repo, name, ZERO, sha, call.actor.person)
    return _ref(call, name, sha)


@routes("PATCH", "/repos/<owner>/<repo>/git/refs/<path:ref>", needs="contents:write")
def update_ref(call: Call, ref: str) -> Json:
    name, sha = f"refs/{ref}", call.body.get("sha", "")
    before = call.repo.git.refs().get(name)
    if before is None:
        raise Refusal(422, "Reference does not exist")
    if call.repo.git.commit(sha) is None:
        raise Refusal(422, "Object does not exist")
    if not call.body.get("force") and not call.repo.git.is_ancestor(before, sha):
        raise Refusal(422, "Update is not a fast forward")
    if before != sha:
        pushes.move(call.world, call.repo, name, before, sha, call.actor.person)
    return _ref(call, name, sha)


@routes("DELETE", "/repos/<owner>/<repo>/git/refs/<path:ref>", needs="contents:write")
def delete_ref(call: Call, ref: str) -> Answer:
    name = f"refs/{ref}"
    before = call.repo.git.refs().get(name)
    if before is None:
        raise Refusal(422, "Reference does not exist")
    pushes.move(call.world, call.repo, name, before, ZERO, call.actor.person)
    return Answer(status=204)
