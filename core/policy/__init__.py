"""What is wrong with a draft and what becomes of a turn: pure rules that know no model."""
