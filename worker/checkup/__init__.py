"""Looks at everything that the server needs, for lines that tidegate/checkup makes of it."""
