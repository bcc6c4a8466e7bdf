"""The executable ``pusklearn-topaz``, which takes the command line of ``topaz``."""
