"""What is written from the code: the README's tree, the annotated settings, the tokens that compose hands on.

`python -m tests.documents` writes all of it anew.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from bots import twin_toml
from bots.platforms.registry import token_names
from bots.settings import OwnerSettings, Settings
from tests import readme

EXAMPLE = Settings(owner=OwnerSettings(name="Alex Moreau", timezone="Europe/Vienna"))
COMPOSE = readme.ROOT / "deploy/compose.yaml"
TOKENS = re.compile(r"(?:^ +(\w+): \$\{\1:-\}\n)+", re.MULTILINE)


def written() -> Mapping[Path, str]:
    """Each file, and what belongs in it."""
    tokens = "".join(f"      {name}: ${{{name}:-}}\n" for name in token_names())
    return {
        readme.README: readme.TREE.sub(lambda _: readme.tree(), readme.README.read_text("utf-8")),
        readme.ROOT / "deploy/twin.example.toml": twin_toml.annotated(EXAMPLE),
        COMPOSE: TOKENS.sub(lambda _: tokens, COMPOSE.read_text("utf-8")),
    }


if __name__ == "__main__":
    for path, content in written().items():
        path.write_text(content, encoding="utf-8")
