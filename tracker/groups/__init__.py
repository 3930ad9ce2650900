"""Standing work groups (专项工作组): who leads a category in a region, proposed whenever an issue of it is handed out."""
