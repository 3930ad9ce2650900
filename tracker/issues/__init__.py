"""THE issue: put on the list, taken over, assigned, corrected; the workflow table and the one door that moves state."""
