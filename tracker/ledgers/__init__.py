"""Reading an office's ledger, pure: cells → table → columns → values → understood rows. No database, no clock."""
