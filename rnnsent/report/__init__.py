"""What a person or a pipe gets to see. Formats what other modules computed; computes nothing itself."""
