"""Reports of progress and the evidence files of an issue."""
