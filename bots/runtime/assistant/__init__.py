"""The owner's DM with the twin: commands, questions, reminders, pairing."""
