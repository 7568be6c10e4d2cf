"""The outside world, and the one place that wires everything."""
