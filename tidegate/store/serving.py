"""Which deployment serves a lane, as every reading has it, of one lane or of many."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, select

from tidegate.store.deployment_table import IS_SERVING, deployments
from tidegate.store.tables import environments


def serving() -> Select[Any]:
    """What is live or has crashed: in each lane the routed one first, then the newest."""
    routed = and_(
        environments.c.service_id == deployments.c.service_id,
        environments.c.name == deployments.c.environment,
        environments.c.routed == deployments.c.id,
    )
    return (
        select(deployments)
        .outerjoin_from(deployments, environments, routed)
        .where(IS_SERVING)
        .order_by(environments.c.id.is_(None), deployments.c.seq.desc())
    )
