"""The network: arithmetic on token ids, lengths and weights. Knows no text and no files."""
