"""Evidence that must not be there (撤下佐证): one person asks, another lets it go; the hash and the reason stay."""
