"""Who did what, when and from where: the auditor's search of the journal, and the journal held against what stands."""
