"""A deploy file for a repository that has none: proposed from the names of its files and what is in a few."""

from tidegate.proposal.link import new_file_url
from tidegate.proposal.propose import Proposal, is_read, propose

__all__ = ["Proposal", "is_read", "new_file_url", "propose"]
