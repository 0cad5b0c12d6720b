"""The law and the deadlines of a country, as a lawyer keeps them, for the desk and for `tick`.

    from alltid.answer.duty import clock, pack
    sweden = pack.load("SE")
    timer, = sweden.timers("first_read", "high")
    clock.due(timer, told, team.hours)         # the moment by which somebody has read

A pack is one file, `<country>.toml` beside this one; docs/duty-packs.md says how to change it.
Nothing here knows Django, a case or a child: what began when is handed in.
"""
