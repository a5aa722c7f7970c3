"""Campaigns that take minutes: `make torture` runs them whole, the test suite a short form."""
