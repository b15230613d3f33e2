"""Check suites and check runs."""

from standin import checks, ci
from standin.api.commits import named
from standin.call import Answer, Call
from standin.checkrules import latest
from standin.records import App, Json, Run, Suite
from standin.refusals import Refusal, malformed, not_found
from standin.rest import Routes
from standin.views import checks as views

routes = Routes("checks")
RUNS_LISTED = 1000


def _app(call: Call) -> App:
    if call.actor.via is None:
        raise Refusal(403, "You must authenticate via a GitHub App.")
    return call.actor.via


def _run(call: Call, number: int) -> Run:
    if number not in call.repo.runs:
        raise not_found()
    return call.repo.runs[number]


def _suite(call: Call, number: int) -> Suite:
    if number not in call.repo.suites:
        raise not_found()
    return call.repo.suites[number]


def _show(call: Call, run: Run) -> Json:
    return views.run(call.world, call.repo, run)


@routes("POST", "/repos/<owner>/<repo>/check-runs", needs="checks:write", status=201)
def create_run(call: Call) -> Json:
    return _show(call, checks.create(call.world, call.repo, _app(call), call.body))


@routes("PATCH", "/repos/<owner>/<repo>/check-runs/<int:number>", needs="checks:write")
def update_run(call: Call, number: int) -> Json:
    return _show(call, checks.update(call.world, call.repo, _app(call), _run(call, number), call.body))


@routes("GET", "/repos/<owner>/<repo>/check-runs/<int:number>", needs="checks:read")
def get_run(call: Call, number: int) -> Json:
    return _show(call, _run(call, number))


@routes("GET", "/repos/<owner>/<repo>/check-runs/<int:number>/annotations", needs="checks:read")
def list_annotations(call: Call, number: int) -> Answer:
    run = _run(call, number)
    return call.paged(run.annotations, lambda note: views.annotation(call.world, call.repo, run, note))


@routes("POST", "/repos/<owner>/<repo>/check-runs/<int:number>/rerequest", needs="checks:write", status=201)
def rerequest_run(call: Call, number: int) -> Json:
    run = _run(call, number)
    if run.status != "completed":
        raise Refusal(422, "This check run is not rerequestable")
    checks.rerequest_run(call.world, call.repo, run, call.actor.person)
    ci.again(call.world, call.repo, [run])
    return {}


def _listed(call: Call, runs: list[Run]) -> Answer:
    """The filters that both lists have: filter, check_name, status, app_id."""
    query = call.query
    if query.get("filter", "latest") not in {"latest", "all"}:
        raise malformed("filter is latest or all.")
    shown = (
        latest(runs)
        if query.get("filter", "latest") == "latest"
        else sorted(runs, key=lambda run: run.id, reverse=True)
    )
    if "check_name" in query:
        shown = [run for run in shown if run.name == query["check_name"]]
    if "status" in query:
        shown = [run for run in shown if run.status == query["status"]]
    if "app_id" in query:
        shown = [run for run in shown if str(run.app.id) == query["app_id"]]
    return call.paged(shown, lambda run: _show(call, run), "check_runs", RUNS_LISTED)


@routes("GET", "/repos/<owner>/<repo>/commits/<path:ref>/check-runs", needs="checks:read")
def list_for_ref(call: Call, ref: str) -> Answer:
    return _listed(call, call.repo.runs_by_sha.get(named(call, ref).sha, []))


@routes("GET", "/repos/<owner>/<repo>/check-suites/<int:number>/check-runs", needs="checks:read")
def list_for_suite(call: Call, number: int) -> Answer:
    suite = _suite(call, number)
    return _listed(call, [run for run in call.repo.runs_by_sha.get(suite.sha, []) if run.suite is suite])


@routes("GET", "/repos/<owner>/<repo>/commits/<path:ref>/check-suites", needs="checks:read")
def list_suites(call: Call, ref: str) -> Answer:
    sha = named(call, ref).sha
    found = [suite for suite in call.repo.suites.values() if suite.sha == sha]
    if "app_id" in call.query:
        found = [suite for suite in found if str(suite.app.id) == call.query["app_id"]]
    if "check_name" in call.query:
        runs = call.repo.runs_by_sha.get(sha, [])
        found = [
            suite for suite in found if any(run.suite is suite and run.name == call.query["check_name"] for run in runs)
        ]
    return call.paged(found, lambda suite: views.suite(call.world, call.repo, suite), "check_suites")


@routes("POST", "/repos/<owner>/<repo>/check-suites", needs="checks:write")
def create_suite(call: Call) -> Answer:
    sha = named(call, call.body.get("head_sha", "")).sha
    known = len(call.repo.suites)
    suite = checks.suite_of(call.world, call.repo, _app(call), sha)
    return Answer(views.suite(call.world, call.repo, suite), 201 if len(call.repo.suites) > known else 200)


@routes("GET", "/repos/<owner>/<repo>/check-suites/<int:number>", needs="checks:read")
def get_suite(call: Call, number: int) -> Json:
    return views.suite(call.world, call.repo, _suite(call, number))


@routes("POST", "/repos/<owner>/<repo>/check-suites/<int:number>/rerequest", needs="checks:write", status=201)
def rerequest_suite(call: Call, number: int) -> Json:
    suite = _suite(call, number)
    checks.rerequest_suite(call.world, call.repo, suite, call.actor.person)
    ci.again(call.world, call.repo, [run for run in call.repo.runs_by_sha.get(suite.sha, []) if run.suite is suite])
    return {}
