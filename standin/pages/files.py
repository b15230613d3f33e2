"""Files and directories of a repository, as pages and raw."""

from __future__ import annotations

from flask import Response, request

from standin.pages.frame import blueprint, page, show
from standin.records import Repo
from standin.refusals import not_found
from standin.world import World

routes = blueprint("files")
PATH = "/<owner>/<name>"


def _split(repo: Repo, where: str) -> tuple[str, str, str]:
    """(ref, its commit, path) of `ref/path`, where a ref may hold slashes: the longest that exists."""
    parts = where.strip("/").split("/")
    for count in range(len(parts), 0, -1):
        ref = "/".join(parts[:count])
        sha = repo.git.sha(ref)
        if sha is not None:
            return ref, sha, "/".join(parts[count:])
    raise not_found()


@routes.get(f"{PATH}/blob/<path:where>")
@routes.get(f"{PATH}/tree/<path:where>")
@page
def browse(world: World, owner: str, name: str, where: str) -> Response:
    repo = world.repo(owner, name)
    ref, sha, path = _split(repo, where)
    found = repo.git.blob(sha, path)
    if found is None:
        raise not_found()
    entries = repo.git.listing(found[0]) if found[1] == "tree" else ()
    lines = [] if entries else found[2].decode(errors="replace").splitlines()
    return show("file.html", world, repo.owner, repo=repo, ref=ref, path=path, entries=entries, lines=lines)


@routes.get(f"{PATH}/raw/<path:where>")
@page
def raw(world: World, owner: str, name: str, where: str) -> Response:
    repo = world.repo(owner, name)
    if repo.private and "Authorization" not in request.headers:
        raise not_found()
    _, sha, path = _split(repo, where)
    found = repo.git.blob(sha, path)
    if found is None or found[1] != "blob":
        raise not_found()
    return Response(found[2], content_type="text/plain; charset=utf-8")
