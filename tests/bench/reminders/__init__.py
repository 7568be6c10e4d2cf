"""How reminders are read, by the product and by libraries that read times."""
