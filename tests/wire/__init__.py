"""Real client libraries over real sockets, against stand-ins of the platforms."""
