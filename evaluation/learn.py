"""Learns the weights of the evidence from the development messages: `make learn`.

A logistic regression with a ridge (scikit-learn), on the features of alltid.spot.evidence; no
message of the test half is read. Messages that hold no ask or no gift are left out, as they are
never weighed. Writes lexicons/evidence.json; the same messages give the same file.
"""

import json
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from alltid.spot import evidence, recogniser
from alltid.spot.fold import fold
from alltid.spot.lexicon import offers
from alltid.spot.reading import Item, read

from .messages import LANGUAGES
from .messages import read as labelled

OUT = Path(evidence.__file__).parent / "lexicons" / "evidence.json"
RIDGE = 0.15  # scikit-learn's C: chosen by cross-validation among 0.02 to 1
SEEN_TWICE = 2  # a feature of one message only is about that message
SMALLEST = 0.015  # weights nearer to nought change nothing
# Where the line is drawn, as a probability: a false alarm costs trust, and a missed offer a child.
LINE = 0.55


def _weighed(text: str) -> list[Item] | None:
    items = read(fold(text, recogniser._known(offers())), offers())
    letters = {item.letter for item in items}
    if letters.isdisjoint(recogniser.ASKS) or letters.isdisjoint(recogniser.GIVES):
        return None
    return items


def main() -> None:
    """Learn, say how well it goes by cross-validation, and write the weights."""
    rows: list[set[str]] = []
    labels: list[int] = []
    left_out = Counter[str]()
    for language in LANGUAGES:
        for name, label in (("offers", 1), ("negatives", 0)):
            for message in labelled(language, name, "development"):
                items = _weighed(message.text)
                if items is None:
                    left_out[f"{language} {name}"] += 1
                    continue
                rows.append(evidence.features(items))
                labels.append(label)
    seen = Counter(feature for row in rows for feature in row)
    vectors = DictVectorizer(dtype=np.float32)
    matrix = vectors.fit_transform(
        [{feature: 1.0 for feature in sorted(row) if seen[feature] >= SEEN_TWICE} for row in rows]
    )
    truth = np.array(labels)
    model = LogisticRegression(C=RIDGE, max_iter=5000)
    folds = StratifiedKFold(8, shuffle=True, random_state=1)
    chance = cross_val_predict(model, matrix, truth, cv=folds, method="predict_proba")[:, 1]
    print(f"{len(rows)} messages weighed; not weighed: {dict(left_out)}")
    for line in (0.4, 0.5, 0.55, 0.6, 0.7):
        found, wrong = (chance > line)[truth == 1].sum(), (chance > line)[truth == 0].sum()
        print(
            f"line {line}: recall of the weighed {found / truth.sum():.3f}, "
            f"precision {found / (found + wrong):.3f}"
        )
    model.fit(matrix, truth)
    bias = float(model.intercept_[0]) - float(np.log(LINE / (1 - LINE)))
    weights = {
        name: round(float(weight), 3)
        for name, weight in zip(vectors.get_feature_names_out(), model.coef_[0], strict=True)
        if abs(weight) >= SMALLEST
    }
    text = json.dumps(
        {"bias": round(bias, 3), "weights": weights}, ensure_ascii=False, indent=0, sort_keys=True
    )
    OUT.write_text(text + "\n", encoding="utf-8")
    print(f"{len(weights)} weights written.")


if __name__ == "__main__":
    main()
