"""temporary"""

BLUEPRINTS: list = []
