"""Who handed over which list: inspections and their findings."""
