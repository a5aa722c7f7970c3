"""From a source to padded arrays of token ids. Text stays in this package; models see ids and lengths alone."""
