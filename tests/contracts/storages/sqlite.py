from pathlib import Path


def prepare(home: Path) -> None:
    """Nothing needs to be there."""
