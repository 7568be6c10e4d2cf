"""Making a home, examining it, keeping and restoring a copy."""
