"""Look-backs (回头看): what was struck off is looked at again by other people; what did not hold is a relapse."""
