"""The ground: clock, ids, database, errors, logging. Knows nothing of customer service."""
