"""The command `alltid` with a stand-in for bulk, which takes seconds to compile in each process."""

from alltid.spot.tests import standin

standin.install(always=True)

if __name__ == "__main__":
    from alltid.cli import main

    raise SystemExit(main())
