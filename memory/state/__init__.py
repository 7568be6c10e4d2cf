"""What must outlive the process: accounts, cards, platform facts, reminders, digest runs."""
