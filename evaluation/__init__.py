"""How good the recogniser is, measured on labelled messages; and what it is learned from."""
