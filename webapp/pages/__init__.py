"""The pages that people read: rendered here, read without scripts, and live where a script helps."""
