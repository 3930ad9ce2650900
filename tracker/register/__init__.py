"""The whole list: search, filters, paging, export."""
