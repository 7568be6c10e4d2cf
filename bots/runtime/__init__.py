"""A twin at work, room by room."""
