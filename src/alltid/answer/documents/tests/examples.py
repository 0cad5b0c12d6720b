"""One whole report and one whole case, with the fixed cast, for the tests of the documents."""

from dataclasses import replace
from datetime import UTC, date, datetime

from alltid.answer.documents.case_file import About, CaseFile, Entry
from alltid.answer.documents.leaving import Terms
from alltid.answer.documents.record_note import Arrived, Decided, Decision, RecordNote
from alltid.answer.documents.referral import (
    Answer,
    Child,
    Guardian,
    Informed,
    OtherChild,
    Recipient,
    Referral,
    Reporter,
    Source,
    Statement,
    Words,
    Worry,
)
from alltid.answer.duty.pack import load

AT = datetime(2026, 6, 3, 14, 5, tzinfo=UTC)
SWEDEN = load("SE")
SCHOOL = Terms(SWEDEN, "mandated", "10_12")

EMPTY = Referral("tavi-noka", AT)

WHOLE = Referral(
    reference="tavi-noka",
    made=AT,
    law="19 kap. 1 § socialtjänstlagen (2025:400)",
    recipient=Recipient("Socialtjänsten, mottagning barn", "Norrby", "0123-456 00"),
    reporter=Reporter(
        "Bo Berg",
        "School counsellor",
        "Norra skolan",
        "0123-456 78",
        "bo@norra.example",
        "Weekdays 8 to 16",
        Answer.YES,
    ),
    child=Child(
        name="Ada Alm",
        age="10 years",
        address="Storgatan 1, Norrby",
        school="Norra skolan, class 4B",
        where_now="In school until 14:30",
        language="Swedish",
        interpreter=Answer.NO,
        protected_identity=Answer.NO,
        safe_ways="Bo, at school",
        never_contact="Her phone: somebody else reads it",
    ),
    guardians=(
        Guardian(
            "Guardian One",
            "Mother",
            "0123-456 90",
            "Storgatan 1, Norrby",
            "Swedish",
            Answer.NO,
            Answer.YES,
        ),
    ),
    worry=Worry(
        what="Somebody whom Ada does not know offers her things in a game for a picture of her.",
        sources=(Source.CHILD_TOLD,),
        since="Since April, about",
        acute=Answer.NO,
        earlier=Answer.UNKNOWN,
        done="Bo talks with Ada twice a week.",
    ),
    words=(
        Words(
            "hej\njag har fått gems i spelet för en bild på mig\n\nsnälla säg inget till mamma än",
            AT,
            "sv",
        ),
    ),
    statements=(
        Statement("A friend", "The friend's own trouble at home.", AT),
        Statement("The class teacher", "Ada has been tired in the mornings.", AT, True),
    ),
    other_children=Answer.YES,
    others=(
        OtherChild("Sister", "Eva-Li Alm", "7 years", "Plays the same game.", Answer.NO),
        OtherChild("Friend", "Mio-Li Ek", "10 years", "Got an offer too.", Answer.YES, True),
    ),
    informed=Informed(
        Answer.YES,
        "Mother must not know before Thursday.",
        Answer.NO,
        Answer.NO,
        "",
        ("The head of the school, 3 June",),
    ),
    unknowable=("child.personal_number",),
)

ACUTE = replace(
    WHOLE,
    worry=replace(
        WHOLE.worry,
        acute=Answer.YES,
        acute_what="Somebody threatens her, and knows where she goes to school.",
        telephoned="The social services' duty officer, 3 June at 14:00",
    ),
    child=replace(WHOLE.child, protected_identity=Answer.YES),
    informed=replace(WHOLE.informed, danger=Answer.YES, danger_why="It may be somebody at home."),
)

CASE = CaseFile(
    reference="tavi-noka",
    made=AT,
    team="North",
    taken_out_by="Lo Lind",
    why="The guardians ask to read the file.",
    entries=(
        Entry(AT, "Message", "The child", About.CHILD, "hej\n\nkan ni läsa det här?", "", "sv"),
        Entry(
            AT,
            "Message",
            "The child",
            About.THIRD_PARTY,
            "min kompis har också fått erbjudanden",
            "A friend",
            "sv",
        ),
        Entry(AT, "Note", "Bo Berg", About.STAFF, "Bo is on leave on Thursday; Lo takes over."),
        Entry(AT, "Duty decision", "Bo Berg", About.CHILD, "Report to social services."),
    ),
)

NOTE = RecordNote(
    AT,
    Arrived.TOLD,
    "tavi-noka",
    Decided(Decision.REPORT, "Bo Berg", "School counsellor", AT),
    "A talk with the child at school",
    date(2026, 6, 5),
)
