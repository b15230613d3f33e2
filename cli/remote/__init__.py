"""The commands that work from anywhere, as a client of the HTTP API (docs/http.md)."""
