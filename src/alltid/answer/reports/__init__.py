"""The report of concern on the desk: one a child, once, filled from the case and sent by a person.

matter.py is what the case knows of one child; form.py asks for the rest, in the order of the
country's pack; leaving.py is the only way out of the house; views.py and whole_views.py are the
pages. What is written lies sealed in the case (models.Report), and nowhere else.
"""
