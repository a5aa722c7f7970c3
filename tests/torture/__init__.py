"""Campaigns that take minutes: `make torture` runs them in full, the test suite runs a short form of each."""
