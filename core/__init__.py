"""The agent: nouns, ports, the audience rule, the six steps of a turn and their graph."""
