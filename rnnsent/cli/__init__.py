"""The Typer application: each command parses, calls one plain function and prints what it returns."""
