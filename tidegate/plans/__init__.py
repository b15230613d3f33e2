"""From a tree without a Dockerfile to the Dockerfile that it amounts to, or why none can be told and what to add.

Pure: it sees the names of the tree's files and the contents of a few of them (`Tree`), never the disk.
"""

from tidegate.plans.detect import LANGUAGES, fingerprint, plan, runtime
from tidegate.plans.dockerfile import dockerfile
from tidegate.plans.plan import NoPlan, Plan, Version, Wishes
from tidegate.plans.tree import DEEPEST, LONGEST_TEXT, Tree, is_read

__all__ = [
    "DEEPEST",
    "LANGUAGES",
    "LONGEST_TEXT",
    "NoPlan",
    "Plan",
    "Tree",
    "Version",
    "Wishes",
    "dockerfile",
    "fingerprint",
    "is_read",
    "plan",
    "runtime",
]
