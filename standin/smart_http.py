"""Git over HTTP: `git http-backend` behind GitHub's authentication; a push is noticed by what it moved.

https://git-scm.com/docs/git-http-backend
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator

from flask import Blueprint, Response, request

from standin import faulty, pushes
from standin.access import Actor, authenticate, check_repo
from standin.call import Call, here
from standin.objects import ENVIRONMENT
from standin.records import Repo
from standin.refusals import Refusal
from standin.rest import record
from standin.world import MissingError, World

routes = Blueprint("git", __name__)
SERVICES = {"info/refs", "git-upload-pack", "git-receive-pack"}
CHUNK = 65_536
SPOOLED = 1 << 20  # bytes of a body kept in memory before it goes to a file


@routes.route("/<owner>/<repo>.git/<path:service>", methods=["GET", "POST"])
@routes.route("/<owner>/<repo>/info/refs", methods=["GET"], defaults={"service": "info/refs"})
@routes.route("/<owner>/<repo>/git-upload-pack", methods=["POST"], defaults={"service": "git-upload-pack"})
@routes.route("/<owner>/<repo>/git-receive-pack", methods=["POST"], defaults={"service": "git-receive-pack"})
def serve(owner: str, repo: str, service: str) -> Response:
    began = time.perf_counter()
    call = Call(here())
    fault = call.world.faults.strike(request.method, request.path)
    response = faulty.answer(fault) if fault else None
    if response is None:
        response = _served(call, owner, repo, service)
    record(call, "git", response, began)
    return faulty.stalled(fault, response, call.world.faults.waiting())


def _served(call: Call, owner: str, name: str, service: str) -> Response:
    pushing = "git-receive-pack" in {service, request.args.get("service")}
    if service not in SERVICES:
        return Response("Not Found", 404)
    try:
        with call.world.lock:
            call.actor = authenticate(call.world, request.headers.get("Authorization", ""))
            repo = call.world.repo(owner, name)
            check_repo(call.world, call.actor, repo, "contents:write" if pushing else "contents:read")
    except (Refusal, MissingError) as refusal:
        return _refused(refusal, call.actor)
    if service == "git-receive-pack":
        return _receive(call.world, repo, call.actor)
    return _backend(repo, service, call.actor)


def _refused(refusal: Refusal | MissingError, actor: Actor) -> Response:
    """A stranger is asked who he is, so that git sends its credentials; others are told."""
    status = refusal.status if isinstance(refusal, Refusal) else 404
    if actor.kind == "anonymous" or status == 401:
        return Response("Requires authentication.", 401, {"WWW-Authenticate": 'Basic realm="GitHub"'})
    return Response("Repository not found." if status == 404 else str(refusal), status)


def _receive(world: World, repo: Repo, actor: Actor) -> Response:
    """The backend takes the push without the world's lock; two pushes to one repository take turns."""
    with repo.pushing:
        before = repo.git.refs()
        response = _backend(repo, "git-receive-pack", actor)
        after = repo.git.refs()
        if before != after:
            with world.lock:
                pushes.after_push(world, repo, actor.person, before, after)
    return response


def _backend(repo: Repo, service: str, actor: Actor) -> Response:
    process = subprocess.Popen(
        ["git", "http-backend"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(repo, service, actor),
    )
    assert process.stdin
    assert process.stdout
    _feed(process)
    status, headers = _head(process)
    body = process.stdout.read() if service == "git-receive-pack" else _stream(process)
    if isinstance(body, bytes):
        process.stdout.close()
        process.wait()
    return Response(body, status, headers)


def _feed(process: subprocess.Popen[bytes]) -> None:
    """The whole request first: git reads all of it before it answers."""
    assert process.stdin
    with tempfile.SpooledTemporaryFile(SPOOLED) as spool:
        shutil.copyfileobj(request.stream, spool, CHUNK)
        spool.seek(0)
        try:
            shutil.copyfileobj(spool, process.stdin, CHUNK)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it has heard enough; what it says follows


def _head(process: subprocess.Popen[bytes]) -> tuple[int, dict[str, str]]:
    assert process.stdout
    headers: dict[str, str] = {}
    for raw in iter(process.stdout.readline, b""):
        line = raw.decode().strip()
        if not line:
            break
        name, _, value = line.partition(": ")
        headers[name] = value
    status = headers.pop("Status", "200 OK" if headers else "500")
    return int(status.split()[0]), headers


def _stream(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    assert process.stdout
    try:
        while chunk := process.stdout.read1(CHUNK):  # type: ignore[attr-defined]  # a BufferedReader, which IO lacks
            yield chunk
    finally:
        process.stdout.close()
        process.kill()
        process.wait()


def _environment(repo: Repo, service: str, actor: Actor) -> dict[str, str]:
    headers = {
        "HTTP_GIT_PROTOCOL": "Git-Protocol",
        "GIT_PROTOCOL": "Git-Protocol",
        "HTTP_CONTENT_ENCODING": "Content-Encoding",
    }
    passed = {name: request.headers[header] for name, header in headers.items() if header in request.headers}
    return {
        **ENVIRONMENT,
        **passed,
        "GIT_PROJECT_ROOT": str(repo.git.path),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{service}",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.query_string.decode(),
        "CONTENT_TYPE": request.content_type or "",
        "REMOTE_USER": actor.user.login if actor.user else "",
        "REMOTE_ADDR": "127.0.0.1",
    }
