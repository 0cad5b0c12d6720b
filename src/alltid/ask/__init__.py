"""Asking every child, alone, when somebody can act."""
