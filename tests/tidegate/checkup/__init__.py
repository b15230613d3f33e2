"""What a check-up says."""
