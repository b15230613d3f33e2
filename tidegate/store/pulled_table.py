"""The table of prebuilt images that we fetched, by Docker host."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from tidegate.store.columns import Moment
from tidegate.store.metadata import metadata

pulled_images = Table(
    "pulled_images",
    metadata,
    Column("host", Text, primary_key=True),
    Column("image", Text, primary_key=True),
    Column("pulled_at", Moment, nullable=False),
)
