"""Files and directories of a commit, read and written."""

import base64
import binascii
from urllib.parse import quote

from flask import request

from standin import pushes
from standin.call import Answer, Call
from standin.git import ZERO
from standin.objects import Entry
from standin.records import Json
from standin.refusals import Refusal, invalid, not_found
from standin.rest import Routes
from standin.views import commits
from standin.views.repositories import api_url, web_url

routes = Routes("contents")
INLINE = 1_000_000  # bytes; larger files come without content, or raw
KINDS = {"blob": "file", "tree": "dir", "commit": "submodule"}


def _shown(call: Call, ref: str, path: str, sha: str, kind: str, size: int) -> Json:
    url, web, at = api_url(call.world, call.repo), web_url(call.world, call.repo), quote(path)
    here = f"{url}/contents/{at}?ref={ref}"
    git_url = f"{url}/git/{'trees' if kind == 'dir' else 'blobs'}/{sha}"
    page = f"{web}/{'tree' if kind == 'dir' else 'blob'}/{ref}/{at}"
    return {
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "sha": sha,
        "size": size,
        "url": here,
        "html_url": page,
        "git_url": git_url,
        "download_url": f"{web}/raw/{ref}/{at}" if kind == "file" else None,
        "type": kind,
        "_links": {"self": here, "git": git_url, "html": page},
    }


@routes("GET", "/repos/<owner>/<repo>/contents/<path:path>", needs="contents:read")
@routes("GET", "/repos/<owner>/<repo>/contents/", needs="contents:read")
def get_contents(call: Call, path: str = "") -> Answer:
    ref = call.query.get("ref") or call.repo.default_branch
    commit = call.repo.git.sha(ref)
    if commit is None:
        raise Refusal(404, f"No commit found for the ref {ref}")
    path = path.strip("/")
    found = call.repo.git.blob(commit, path)
    if found is None:
        raise not_found()
    sha, kind, content = found
    if kind == "tree":
        return Answer([_entry(call, ref, path, each) for each in call.repo.git.listing(sha)])
    if "raw" in request.headers.get("Accept", ""):
        return Answer(content, headers={"Content-Type": "application/vnd.github.raw+json; charset=utf-8"})
    encoded = base64.encodebytes(content).decode() if len(content) <= INLINE else ""
    more = {"content": encoded, "encoding": "base64" if encoded or not content else "none"}
    return Answer({**_shown(call, ref, path, sha, "file", len(content)), **more})


def _entry(call: Call, ref: str, path: str, entry: Entry) -> Json:
    where = f"{path}/{entry.path}".lstrip("/")
    kind = "symlink" if entry.mode == "120000" else KINDS[entry.kind]
    return _shown(call, ref, where, entry.sha, kind, entry.size or 0)


@routes("PUT", "/repos/<owner>/<repo>/contents/<path:path>", needs="contents:write")
def put_contents(call: Call, path: str) -> Answer:
    """One file, one commit: a push from the browser."""
    if not call.body.get("message"):
        raise invalid("Content", "message", "missing_field")
    try:
        content = base64.b64decode(call.body.get("content", ""))
    except binascii.Error:
        raise Refusal(422, "content is not valid Base64") from None
    branch = call.body.get("branch") or call.repo.default_branch
    tip = call.repo.git.branch(branch)
    known = call.repo.git.blob(tip, path) if tip else None
    if known and call.body.get("sha") != known[0]:
        raise Refusal(409 if call.body.get("sha") else 422, f"{path} does not match {known[0]}")
    who = call.actor.person
    tree = call.repo.git.with_files(tip, {path: content})
    made = call.repo.git.commit_tree(tree, [tip] if tip else [], call.body["message"], call.world.signature(who))
    pushes.move(call.world, call.repo, f"refs/heads/{branch}", tip or ZERO, made, who)
    blob = call.repo.git.blob(made, path)
    commit = call.repo.git.commit(made)
    assert blob
    assert commit
    shown = _shown(call, branch, path, blob[0], "file", len(content))
    body = {"content": shown, "commit": commits.git_commit(call.world, call.repo, commit)}
    return Answer(body, 200 if known else 201)
