"""What a person typed cannot be done; the sentence says what was wrong and what to do now."""


class Refused(Exception):
    """One whole sentence or two, for standard error; the command ends with status 2."""
