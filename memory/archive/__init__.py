"""Everything that was said or noted: messages, conversations, records, and who may hear them."""
