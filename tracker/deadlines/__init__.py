"""Extensions, lamps, overdue episodes, and the nightly job."""
