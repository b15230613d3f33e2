"""How the stand-in says no: one exception that knows GitHub's status, message and list of errors."""

from __future__ import annotations

from standin.records import Json

DOCS = "https://docs.github.com/rest"
BAD_CREDENTIALS = "Bad credentials"
NOT_ACCESSIBLE = "Resource not accessible by integration"


class Refusal(Exception):
    """An answer rather than an error: raised where the request is judged, written where it is answered."""

    def __init__(
        self, status: int, message: str, errors: list[Json] | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = headers or {}

    def body(self) -> Json:
        shown: Json = {"message": self.message, "documentation_url": DOCS, "status": str(self.status)}
        return shown if self.errors is None else {**shown, "errors": self.errors}


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def invalid(resource: str, field: str, code: str = "invalid", message: str = "") -> Refusal:
    """422 with one error, as GitHub words a failed validation."""
    error = {"resource": resource, "field": field, "code": code, **({"message": message} if message else {})}
    return Refusal(422, "Validation Failed", [error])


def malformed(message: str) -> Refusal:
    """422 where GitHub checks a body against its schema before it looks at it."""
    return Refusal(422, f"Invalid request.\n\n{message}", [])
