"""What waits for me: official, supervisor, leader."""
