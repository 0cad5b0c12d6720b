"""What others do with a list of words, over the same messages in the same run."""

import re
import time
from collections.abc import Callable, Sequence

import ahocorasick_rs
import hyperscan
import pyarrow as pa
import spacy
from presidio_analyzer import PatternRecognizer
from spacy.matcher import PhraseMatcher

Peer = Callable[[Sequence[str]], object]


def regular_expression(words: list[str]) -> Peer:
    """The standard library's re: one alternation of all words."""
    search = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE).search
    return lambda messages: [search(text) for text in messages]


def presidio(words: list[str]) -> Peer:
    """Presidio's recogniser with a deny-list."""
    recogniser = PatternRecognizer(supported_entity="WORD", deny_list=words)
    return lambda messages: [recogniser.analyze(text, ["WORD"], None) for text in messages]


def phrase_matcher(words: list[str]) -> Peer:
    """spaCy's PhraseMatcher after a blank model's tokens."""
    nlp = spacy.blank("xx")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("word", [nlp.make_doc(word) for word in words])
    return lambda messages: [matcher(nlp.make_doc(text)) for text in messages]


def aho_corasick(words: list[str]) -> Peer:
    """ahocorasick-rs over small letters."""
    automaton = ahocorasick_rs.AhoCorasick(words)
    return lambda messages: [automaton.find_matches_as_indexes(text.lower()) for text in messages]


def bare_scan(words: list[str]) -> Callable[[pa.Array], None]:
    """Hyperscan over an array's bytes as one text, each word reported once: no more than a scan."""
    database = hyperscan.Database()
    flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH
    literals = [re.escape(word).encode() for word in words]
    database.compile(literals, ids=list(range(len(words))), flags=[flags] * len(words))

    def scan(array: pa.Array) -> None:
        database.scan(array.buffers()[2], match_event_handler=lambda *_match: None)

    return scan


def seconds(call: Callable[[], object], times: int = 3) -> float:
    """The shortest of a few runs."""
    best = float("inf")
    for _each in range(times):
        begun = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - begun)
    return best
