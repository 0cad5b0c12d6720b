"""What a lead sees of a team at once: that nothing lies. Nothing here opens what a child told."""
