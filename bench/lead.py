"""The lead's page on the server with 10 and 10,000 open cases, beside ten times as many closed.

The budget is the desk's: a lead looks several times a day, between other things, and what answers
within a sixth of a second interrupts no thought.
"""

import tempfile
from pathlib import Path

from bench.frame import Result
from bench.inside import become, signed_in, timed
from bench.trial import prepare

MILLISECONDS = 150
OPEN = (10, 10_000)
_NOBODY = "age1" + "q" * 58


def _fill(count: int) -> None:
    """Bring North's open cases up to a number.

    Two of a hundred wait, each is carried by one of twenty members, one in ten is high, one in
    three is without a duty decision, one in a hundred is asked for a cover; each wants two things,
    of which one in six is overdue.
    """
    from django.db import connection

    from alltid.answer.models import Case
    from alltid.people.models import Membership, Team, User
    from alltid.tell.models import Disclosure

    north = Team.objects.get(slug="north")
    bo = {field.attname: getattr(user, field.attname) for user in User.objects.filter(name="Bo")
          for field in User._meta.fields if field.name != "id"}  # fmt: skip
    for number in range(north.memberships.count(), 20):
        member = User.objects.create(
            **bo | {"name": f"Member {number}", "first_name": f"M {number}"}
        )
        Membership.objects.create(team=north, user=member, let_in=member.seen)
    held = Disclosure.objects.filter(team=north).count()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO tell_disclosure (id, team_id, recipient, locator, pepper_version, told,
                due, rank, danger, sequence, read_by_staff, read_by_child, example, source,
                policy_id)
            WITH RECURSIVE n(i) AS (SELECT %s UNION ALL SELECT i + 1 FROM n LIMIT %s)
            SELECT lower(hex(randomblob(16))), %s, %s, randomblob(16), 1,
                strftime('%%Y-%%m-%%d %%H:00:00', 'now', -(i %% 9000) || ' hours'),
                strftime('%%Y-%%m-%%d %%H:00:00', 'now', (40 - i %% 100) || ' hours'),
                CASE WHEN i %% 11 > 0 THEN 4 WHEN i %% 550 = 0 THEN 1 ELSE 3 END,
                0, 1, i %% 2, 0, 0, 'child', %s FROM n""",
            [held, 11 * count - held, north.pk.hex, _NOBODY, north.policy().pk],
        )
        cursor.execute(
            """INSERT INTO answer_case (id, disclosure_id, recipient, owner_id, sequence, risk,
                closed, undecided, due)
            SELECT lower(hex(randomblob(16))), d.id, %s, m.user_id, 0,
                CASE WHEN d.rowid / 11 %% 10 = 0 THEN 'high' ELSE 'medium' END, d.rank = 4,
                d.rowid / 11 %% 3 = 0, d.due
            FROM tell_disclosure d JOIN (
                SELECT user_id, row_number() OVER (ORDER BY id) - 1 AS place FROM people_membership
                WHERE team_id = %s
            ) m ON m.place = d.rowid / 11 %% 20
            WHERE d.team_id = %s AND d.id NOT IN (SELECT disclosure_id FROM answer_case)""",
            [_NOBODY, north.pk.hex, north.pk.hex],
        )
        for wanted, one_in in (("review", 1), ("contact", 1), ("decide_duty", 6), ("accept", 100)):
            cursor.execute(
                """INSERT INTO answer_casedeadline (case_id, team_id, wanted, subject, due)
                SELECT id, %s, %s, '', strftime('%%Y-%%m-%%d %%H:00:00', 'now',
                    (abs(random() %% 600) - 100) || ' hours') FROM answer_case
                WHERE NOT closed AND rowid %% %s = 0 AND id NOT IN (
                    SELECT case_id FROM answer_casedeadline WHERE wanted = %s)""",
                [north.pk.hex, wanted, one_in, wanted],
            )
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("ANALYZE")
    assert Case.objects.filter(closed=False).count() >= count


def _measure(count: int) -> tuple[float, int]:
    """Median milliseconds of the page, and its queries, signed in as Lo."""
    _fill(count)
    return timed(signed_in("Lo"), "/staff/lead/north/")


def main() -> Result:
    """Measure in one database that grows."""
    with tempfile.TemporaryDirectory(prefix="alltid-bench-") as folder:
        prepare(Path(folder))
        become(Path(folder))
        found = {count: _measure(count) for count in OPEN}
    for count, (milliseconds, queries) in found.items():
        print(f"{count:>9,} open: {milliseconds:.1f} ms, {queries} queries")
    milliseconds = found[OPEN[-1]][0]
    same = len({queries for _, queries in found.values()}) == 1
    holds = milliseconds <= MILLISECONDS and same
    return Result("lead", round(milliseconds, 1), "ms", MILLISECONDS, holds)
