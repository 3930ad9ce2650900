"""Working days and make-up days: the State Council's yearly notices, kept by the root office."""
