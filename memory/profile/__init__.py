"""The owner's own file: people, circles, entries and rules, in TinyDB."""
