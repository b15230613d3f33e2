"""Is this server well set up? Facts → lines, each fine or with what to do; the facts are gathered in worker/checkup."""
