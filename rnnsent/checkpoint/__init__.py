"""A model on disk: read, write, verify, describe and find it. Knows files, not arithmetic."""
