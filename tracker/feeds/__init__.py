"""A person's deadlines as a calendar that their phone follows, at a secret address of their own."""
