"""From a data source to padded arrays of token ids. Text stays in this package; a network sees only ids and lengths."""
