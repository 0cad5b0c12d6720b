"""How far the questionnaire engine agrees with a reference validator, case by case.

A case is a response, its questionnaire, and how many fatal issues, errors and warnings the
reference found. The cases are no part of the project; they are read where they lie beside it.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from alltid.ask.questionnaire import validate

CASES = Path(__file__).parents[2] / "shared" / "fhir-cases"
SEVERITIES = ("fatal", "error", "warning")

Counts = tuple[int, ...]


def found(folder: Path, case: dict[str, Any]) -> Counts:
    """Return how many issues of each severity the engine finds in a case."""
    response = json.loads((folder / case["response"]).read_text(encoding="utf-8"))
    there = [folder / name for name in case["questionnaire"] if (folder / name).is_file()]
    forms = [json.loads(path.read_text(encoding="utf-8")) for path in there]
    url = str(response.get("questionnaire")).partition("|")[0]
    form = next((each for each in forms if each.get("url") == url), next(iter(forms), None))
    counts = Counter(issue.severity for issue in validate(response, form))
    return tuple(counts[severity] for severity in SEVERITIES)


def agreement(folder: Path = CASES) -> None:
    """Print in how many cases the engine says valid or not as expected, and in how many exactly."""
    if not (folder / "cases.json").is_file():
        print(f"\nQuestionnaires: no cases here ({folder.name} is not beside the project).")
        return
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    valid = exact = 0
    print(f"\nQuestionnaires: {len(cases)} responses with an expected outcome")
    for case in cases:
        ours, theirs = found(folder, case), tuple(case[severity] for severity in SEVERITIES)
        valid += (sum(ours[:2]) == 0) == (sum(theirs[:2]) == 0)
        exact += ours == theirs
        if ours != theirs:
            print(f"  {case['name']}: {ours} where {theirs} was expected (fatal, error, warning)")
    print(f"  valid or not  {valid / len(cases):6.1%} ({valid} of {len(cases)})")
    print(f"  exact counts  {exact / len(cases):6.1%} ({exact} of {len(cases)})")
