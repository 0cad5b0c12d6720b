"""The documents that leave the house: a person fills them from a case, and a person sends them.

referral.py holds one report of concern to social services (Swedish *orosanmälan*), one child each;
referral_paper.py and referral_file.py write it as PDF and as JSON; record_note.py is for pasting
into a record system; case_file.py is the whole case for a secrecy review. leaving.py says what may
leave at all. Nothing here reads a database or sends anything: the case fills plain dataclasses.
"""
