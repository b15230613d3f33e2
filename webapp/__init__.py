"""Listens: the webhook receiver, the pages and the API, in Flask."""
