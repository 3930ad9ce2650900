"""What runs by itself and when: one table of jobs, one tick."""
