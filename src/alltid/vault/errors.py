"""What can go wrong with something sealed, each with a name of its own."""


class VaultError(Exception):
    """Anything the vault refuses; its text never holds a secret or a sealed text."""


class EnvelopeBroken(VaultError):
    """The stored bytes are not those that were sealed (a damaged disk, a careless hand)."""


class NotForThisKey(VaultError):
    """The bytes are whole, but this identity is not among those they were sealed to."""


class EnvelopeMisplaced(VaultError):
    """The envelope opens, but belongs to another place: somebody moved it."""


class KeySubstituted(VaultError):
    """A recipient in the database is not the public part of the identity it stands for."""


class PepperWrong(VaultError):
    """The pepper is not the one this database was made with."""


class SaltWrong(VaultError):
    """The salt is not the one this database was made with."""


class KdfBusy(VaultError):
    """Too many key derivations wait already; the caller answers 503 and keeps the text."""
