"""The monthly cycle: survey, dispatch, review, talk; what was decided, and what became of it."""
