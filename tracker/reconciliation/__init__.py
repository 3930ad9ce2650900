"""Reconciliation (对账): every finding of every inspection ends as an issue, in one, or declined with a reason."""
