"""What the receiver is measured against: Flask that checks a webhook's signature and does nothing with it."""

from __future__ import annotations

import hashlib
import hmac
import os

from flask import Flask, request

app = Flask(__name__)
_SECRET = os.environ["GITHUB_WEBHOOK_SECRET"].encode()


@app.post("/webhooks/github")
def receive() -> tuple[dict[str, str], int]:
    expected = "sha256=" + hmac.new(_SECRET, request.get_data(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("X-Hub-Signature-256", "")):
        return {"error": "bad signature"}, 401
    return {"guid": request.headers["X-GitHub-Delivery"]}, 202


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}
