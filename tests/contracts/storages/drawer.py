from pathlib import Path


def prepare(home: Path) -> None:
    """Its label."""
    (home / "drawer.toml").touch()
