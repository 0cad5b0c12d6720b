"""The command `alltid`: what the operator types. It reads the environment, then hands over.

    alltid [--env FILE] COMMAND …

What a person got wrong is answered with one sentence and status 2, never with a traceback.
"""

import argparse
import ast
import os
import signal
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path

from alltid.env import PREFIX, Misconfigured, write_secrets

HERE = Path(__file__).parent
# Django's own, for whoever works on the code; they are not listed.
DJANGO = frozenset({"check", "dbshell", "makemigrations", "migrate", "shell", "showmigrations"})
_SECRETS = "Make a fresh set of secrets for production, in files that only you may read."
_SPOT = "Recognise an offer in a message or a file of messages, and say why; keep the lexicons."
_DUTY = "Check the packs of law and deadlines that a lawyer keeps, and show one in plain words."
_HEADER = "# What `alltid --env` and systemd's EnvironmentFile read: the place of every secret."

_NO_DATABASE = (
    "The database cannot be opened or written. Check ALLTID_DATA or ALLTID_DATABASE_URL, that the "
    "disk is not full, and that the user who runs this may write there. A new installation begins "
    "with `alltid upgrade`."
)
_NO_DRIVER = (
    "ALLTID_DATABASE_URL is set, and what speaks with PostgreSQL is not installed. Type `sh "
    "scripts/environment.sh postgres` in the folder of Alltid."
)


def commands() -> dict[str, str]:
    """Every command by its name, with the first line of its module's docstring."""
    found = {"secrets": _SECRETS, "spot": _SPOT, "duty": _DUTY}
    for path in HERE.glob("*/management/commands/[!_]*.py"):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        found[path.stem] = text.partition("\n")[0]
    return dict(sorted(found.items()))


def usage() -> str:
    """What `alltid` alone prints."""
    known = commands()
    width = max(map(len, known))
    lines = [f"  {name:<{width}}  {line}" for name, line in known.items()]
    return "\n".join(
        [
            "alltid [--env FILE] COMMAND …",
            "",
            *lines,
            "",
            "--env FILE reads settings from a file of lines such as ALLTID_HOSTS=alltid.example.",
            "`alltid COMMAND --help` says more; docs/start.md and docs/operations.md say when.",
        ]
    )


def read_env_file(path: str, environ: MutableMapping[str, str]) -> None:
    """Take over every NAME=value line of a file; raises Misconfigured."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read ({error.strerror}). Check its name.") from None
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals:
            raise Misconfigured(f"Line {number} of {path} is not NAME=value. Correct it.")
        environ[name.strip()] = value.strip().strip("\"'")


def prepare_trial(environ: MutableMapping[str, str]) -> None:
    """Set up all that a trial needs, whatever is set already: mode, folder, port, secrets.

    PORT and DATA are what `make run PORT=8001 DATA=elsewhere` hands on.
    """
    data = Path(environ.get(f"{PREFIX}DATA") or environ.get("DATA") or "var").absolute()
    port = environ.get(f"{PREFIX}PORT") or environ.get("PORT") or "8000"
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        files = write_secrets(data / "secrets")
    except OSError as error:
        raise Misconfigured(
            f"The trial's folder {data} cannot be written ({error.strerror}). "
            "Choose another one: make run DATA=elsewhere"
        ) from None
    wanted = {f"{PREFIX}MODE": "trial", f"{PREFIX}DATA": str(data), f"{PREFIX}PORT": port}
    wanted |= {name: str(path) for name, path in files.items()}
    for name in wanted:
        # A secret of a real installation that happens to be set is not for a trial.
        environ.pop(name.removesuffix("_FILE"), None)
    environ.update(wanted)
    lines = [_HEADER, *(f"{name}={value}" for name, value in wanted.items())]
    (data / "trial.env").write_text("\n".join(lines) + "\n", encoding="utf-8")


def make_secrets(arguments: Sequence[str]) -> int:
    """`alltid secrets --out DIR`: the files, and the lines that name them."""
    parser = argparse.ArgumentParser("alltid secrets", description=_SECRETS)
    parser.add_argument("--out", required=True, metavar="DIR", help="a folder outside the data")
    folder = Path(parser.parse_args(arguments).out).absolute()
    if folder.exists() and any(folder.iterdir()):
        raise Misconfigured(
            f"{folder} holds something already, and a secret that is overwritten is lost with "
            "everything it opens. Choose an empty folder."
        )
    try:
        files = write_secrets(folder)
    except OSError as error:
        raise Misconfigured(f"{folder} cannot be written ({error.strerror}).") from None
    print(_HEADER)
    for name, path in files.items():
        print(f"{name}={path}")
    return 0


def _hand_over(name: str, arguments: Sequence[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alltid.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import get_commands, load_command_class
    from django.core.management.base import CommandError
    from django.db import OperationalError

    from alltid.vault.errors import PepperWrong, SaltWrong

    try:
        django.setup()
        command = load_command_class(get_commands()[name], name)
        try:
            options = vars(command.create_parser("alltid", name).parse_args(arguments))
        except CommandError as error:
            wrong = str(error).removeprefix("Error: ")
            raise Misconfigured(
                f"{wrong[:1].upper()}{wrong[1:]}. `alltid {name} --help` says what it takes."
            ) from None
        command.execute(*options.pop("args", ()), **options)
    except (CommandError, PepperWrong, SaltWrong) as error:
        raise Misconfigured(str(error)) from None
    except OperationalError:
        raise Misconfigured(_NO_DATABASE) from None
    except ImproperlyConfigured as error:
        raise Misconfigured(_NO_DRIVER if "psycopg" in str(error) else str(error)) from None
    except OSError as error:
        if not error.filename:
            raise
        raise Misconfigured(
            f"{error.filename} cannot be read or written ({error.strerror}). Choose another place, "
            "or give the user who runs this the right to it."
        ) from None
    return 0


def _end_tidily() -> None:
    """Let a command that is told to end, or loses its terminal, still delete what it must."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda number, frame: sys.exit(128 + number))


def run(arguments: list[str]) -> int:
    """Do what was typed; the status to exit with. Raises Misconfigured."""
    if arguments[:1] == ["--env"]:
        if len(arguments) < 2:
            raise Misconfigured("--env wants the name of a file behind it.")
        read_env_file(arguments[1], os.environ)
        arguments = arguments[2:]
    if not arguments or arguments[0] in ("help", "--help", "-h"):
        print(usage())
        return 0
    name, *rest = arguments
    if name == "secrets":
        return make_secrets(rest)
    if name == "spot":
        from alltid.spot import command

        return command.main(rest)
    if name == "duty":
        from alltid.answer.duty import command as duty

        return duty.main(rest)
    if name not in commands() and name not in DJANGO:
        raise Misconfigured(f"There is no command {name}. `alltid` alone lists them all.")
    if name in ("trial", "code"):
        prepare_trial(os.environ)
    return _hand_over(name, rest)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `alltid`; 0 when done, 2 where something was wrong, 130 when interrupted."""
    # What is written here, a database above all, is for the user who runs it alone.
    os.umask(0o077)
    _end_tidily()
    try:
        return run(list(sys.argv[1:] if arguments is None else arguments))
    except Misconfigured as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
