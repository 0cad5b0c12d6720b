"""Learns the weights of offers and of harm in replies from the development messages: `make learn`.

Linear support vector machines (scikit-learn), on the features of alltid.spot.evidence and
alltid.spot.harm; no message of the test half is read. Messages that hold no ask or no gift are left
out, as they are never weighed. Writes lexicons/evidence.json and lexicons/harm.json; the same
messages give the same files.
"""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

from alltid.spot import evidence, harm, recogniser
from alltid.spot.blame import weighed
from alltid.spot.lexicon import offers

from .messages import LANGUAGES
from .messages import read as labelled

OUT = Path(evidence.__file__).parent / "lexicons"
RIDGE = 0.02  # scikit-learn's C: chosen by cross-validation among 0.01 to 0.2
SEEN_TWICE = 2  # a feature of one message only is about that message
SMALLEST, TAG_SMALLEST = 0.004, 0.04  # weights nearer to nought change nothing
HARM_RIDGE = 0.03
# Where the line is drawn, by cross-validation: a false alarm costs trust, a missed offer a child.
PRECISION = 0.96
# A coach that nags about good sentences is turned off.
KIND_PRECISION = 0.89


def _weighed(text: str) -> list[set[str]]:
    """The features of each passage that the recogniser weighs."""
    items = recogniser._read(text, offers())[1]
    return [
        evidence.features(items[start:end], begins=start == 0, ends=end == len(items))
        for start, end in recogniser._passages(items)
    ]


def _line(
    side: "np.ndarray[tuple[int], np.dtype[np.float64]]", truth: list[int], precision_wanted: float
) -> float:
    """The lowest line over which so much of what is found is right; prints a few."""
    order = np.argsort(-side)
    hits = np.cumsum(np.array(truth)[order])
    precision, recall = hits / np.arange(1, len(order) + 1), hits / hits[-1]
    for wanted in (0.85, 0.89, 0.93, 0.95, 0.96, 0.97, 0.98):
        at = int(np.nonzero(precision >= wanted)[0][-1])
        print(f"precision {wanted}: recall of those {recall[at]:.3f}, line {side[order[at]]:.3f}")
    return float(side[order[int(np.nonzero(precision >= precision_wanted)[0][-1])]])


def _matrix(rows: Sequence[set[str]]) -> tuple[csr_matrix, list[str]]:
    """A row a passage, a column a feature that was seen more than once; the columns' names."""
    seen = Counter(feature for row in rows for feature in row)
    vectors = DictVectorizer(dtype=np.float32)
    matrix = vectors.fit_transform(
        [{feature: 1.0 for feature in sorted(row) if seen[feature] >= SEEN_TWICE} for row in rows]
    )
    # The library wants 32-bit indices, and makes 64-bit ones.
    matrix.indices, matrix.indptr = matrix.indices.astype("i4"), matrix.indptr.astype("i4")
    return matrix, list(vectors.get_feature_names_out())


def _table(
    model: LinearSVC, names: list[str], line: float = 0.0, smallest: float = SMALLEST
) -> dict[str, object]:
    weights = {
        name: round(float(weight), 3)
        for name, weight in zip(names, model.coef_[0], strict=True)
        if abs(weight) >= smallest
    }
    # Half a step beside the weights' own: no sum of them is nought, and rounding decides nothing.
    bias = round(float(model.intercept_[0]) - line, 3) + 0.0005
    return {"bias": bias, "weights": weights}


def learn_offers() -> dict[str, object]:
    """Learn what speaks for an offer; say how well it goes by cross-validation."""
    rows: list[set[str]] = []
    labels: list[int] = []
    left_out = Counter[str]()
    for language in LANGUAGES:
        for name, label in (("offers", 1), ("negatives", 0)):
            for message in labelled(language, name, "development"):
                passages = _weighed(message.text)
                left_out[f"{language} {name}"] += not passages
                rows += passages
                labels += [label] * len(passages)
    print(f"{len(rows)} passages weighed; messages without one: {dict(left_out)}")
    matrix, names = _matrix(rows)
    model = LinearSVC(C=RIDGE)
    folds = StratifiedKFold(8, shuffle=True, random_state=1)
    side = cross_val_predict(model, matrix, labels, cv=folds, method="decision_function")
    line = _line(side, labels, PRECISION)
    return _table(model.fit(matrix, labels), names, line)


def learn_direction(direction: str) -> dict[str, object]:
    """Learn what speaks for one direction of an offer, by its roles alone."""
    rows: list[set[str]] = []
    labels: list[int] = []
    for language in LANGUAGES:
        for message in labelled(language, "offers", "development"):
            items = recogniser._read(message.text, offers())[1]
            if items:
                rows.append(evidence.role_features(evidence.annotated(items)))
                labels.append(int(message.direction == direction))
    matrix, names = _matrix(rows)
    model = LinearSVC(C=RIDGE, class_weight={0: 1, 1: 1.5})
    said = cross_val_predict(model, matrix, labels, cv=8)
    hits = int(np.dot(said, labels))
    others = int(sum(said)) - hits
    print(f"{direction}: {hits} of {sum(labels)} found, {others} others taken for it")
    return _table(model.fit(matrix, labels), names)


def learn_harm() -> dict[str, dict[str, object]]:
    """Learn what speaks for harm in a reply, and for each tag of it."""
    replies = [
        (harm.features(weighed(each.text)), each.tags)
        for language in LANGUAGES
        for name in ("blame", "warm")
        for each in labelled(language, name, "development")
    ]
    matrix, names = _matrix([found for found, _tags in replies])
    labels = [int(bool(tags)) for _found, tags in replies]
    model = LinearSVC(C=HARM_RIDGE)
    folds = StratifiedKFold(8, shuffle=True, random_state=1)
    side = cross_val_predict(model, matrix, labels, cv=folds, method="decision_function")
    print(f"{len(replies)} replies weighed")
    line = _line(side, labels, KIND_PRECISION)
    learned = {harm.HARM: _table(model.fit(matrix, labels), names, line)}
    for tag in sorted({tag for _found, tags in replies for tag in tags}):
        tagged = [int(tag in tags) for _found, tags in replies]
        model = LinearSVC(C=HARM_RIDGE, class_weight="balanced")
        learned[tag] = _table(model.fit(matrix, tagged), names, smallest=TAG_SMALLEST)
    return learned


def _write(name: str, held: dict[str, dict[str, object]]) -> None:
    text = json.dumps(held, ensure_ascii=False, indent=0, sort_keys=True)
    (OUT / name).write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Learn everything and write it."""
    directions = {name: learn_direction(name) for name in ("from_writer", "told")}
    _write("evidence.json", {"offer": learn_offers()} | directions)
    _write("harm.json", learn_harm())


if __name__ == "__main__":
    main()
