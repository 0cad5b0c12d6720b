"""The law and the deadlines of a country, as a lawyer keeps them, for the desk and for `tick`.

    from alltid.answer.duty import clock, pack
    sweden = pack.load("SE")
    for step in sweden.timers("first_read", "high"):     # step.counts_from says: from "told"
        clock.due(step.timer, told, team.hours)          # by then somebody has read

A pack is one file, `<country>.toml` beside this one; docs/duty-packs.md says how to change it.
Nothing here knows Django, a case or a child: what began when is handed in.
"""
