"""Plain pages, which work without JavaScript: what GitHub shows of a repository, and the buttons that it has there."""

from standin.pages import apps, commits, deliveries, files, home, login, pulls, repositories

BLUEPRINTS = [noun.routes for noun in (home, login, apps, repositories, commits, pulls, deliveries, files)]
