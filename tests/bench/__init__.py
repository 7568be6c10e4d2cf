"""Benchmarks as commands: `python -m tests.bench.NAME --json`."""
