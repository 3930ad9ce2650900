"""Official papers: drafted from the issues they are about, numbered, kept as the file that was sent, signed for."""
