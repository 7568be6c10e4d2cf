"""The database: the one place that knows its driver."""
