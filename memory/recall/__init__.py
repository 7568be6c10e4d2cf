"""What bears on a message: found by words and meaning, under the audience rule, then ranked."""
