"""What the documents say of the code is so."""

from tests import readme


def test_the_readmes_tree_is_drawn_from_the_packages_first_lines() -> None:
    assert readme.shown() == readme.tree(), "`python -m tests.readme` writes it anew"
