"""What Tidegate does: RQ jobs that decide with tidegate/ and act on GitHub, Docker hosts and the router."""
