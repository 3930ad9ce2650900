"""The ``tracker`` command."""
