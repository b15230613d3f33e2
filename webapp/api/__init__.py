"""The HTTP API, for scripts: small for now, the same rights as the pages."""
