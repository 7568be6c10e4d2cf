"""What every room may use: changes, problems, timing, times and schedules."""
