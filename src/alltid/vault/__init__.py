"""The vault: sealing, identities and receipts. Plain Python, no Django.

Seal words with `envelope.seal_text`, keys with `envelope.seal_identity`; make a child's way back
with `receipt`. Envelopes are age files (C2SP): their form stays readable by the `age` command.
The JSON head inside them, the purposes of the HMACs and the word lists are fixed for version 1.
"""
