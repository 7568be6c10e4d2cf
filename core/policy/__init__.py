"""What becomes of a turn: pure rules that know no model."""
