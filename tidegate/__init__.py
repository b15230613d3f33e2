"""What Tidegate knows: pure decisions, and the store that remembers. No clock, network or settings outside store/."""
