"""The command ``pusklearn``: one file for each subcommand."""
