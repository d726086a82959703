"""Measure `kabar classify` on one core.

    .venv/bin/python benchmarks/classify.py --companies 20000 --stories 20000

It makes distinct stories of about 2 KB over all languages, of which more than half report something, and
a companies.yml, then runs `taskset -c 0 kabar classify` on them and prints: stories a second by the clock
and by CPU seconds, start-up included, the share with a report, memory, the seconds until the first line,
p50 and p99 of one story; the same with ten times the companies; whether 200 of the stories give the same
alone; whether the output of the shuffled file is the same, under two hash seeds. The same arguments give
the same files; with `--keep DIRECTORY` they stay.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from services.classifier.lexicon.examples import examples
from services.classifier.lexicon.folding import fold_text
from services.classifier.lexicon.load import LANGUAGES, lexicon
from services.classifier.pipeline import Pipeline
from services.classifier.workbench.lines import read_story, written
from services.common.config.configuration import read_watchlist
from services.common.garbage import collect_rarely

COMPANIES, STORIES = "companies.yml", "stories.jsonl"
STORY_BYTES = 2_000
LABELLED = Path(__file__).parent.parent / "tests" / "quality"
_SENTENCE_END = re.compile(r"[.!?]\s+|[。！？।۔\n]+")
_SHORTEST, _LONGEST = 25, 250
"""How many characters a sentence of the labelled stories has to be taken."""
_SYLLABLES = [
    "ba",
    "be",
    "bo",
    "da",
    "do",
    "fe",
    "fi",
    "ga",
    "go",
    "ha",
    "ji",
    "ka",
    "ko",
    "la",
    "lu",
    "ma",
    "mi",
    "na",
    "no",
    "pa",
    "po",
    "ra",
    "ro",
    "sa",
    "so",
    "ta",
    "to",
    "va",
    "vo",
    "za",
]


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=20_000)
    parser.add_argument("--stories", type=int, default=20_000)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kabar-bench-") as temporary:
        directory = given.keep or Path(temporary)
        few, many = directory / "few", directory / "many"
        make(few, companies=given.companies, stories=given.stories)
        make(many, companies=given.companies * 10, stories=given.stories // 4)
        lines = (few / STORIES).read_text("utf-8").splitlines()
        whole = run(few, lines)
        print(f"first line after {start(few, lines[0]):.2f} s")
        print("one story: p50 {:.2f} ms, p99 {:.2f} ms of CPU".format(*each(few, lines[:5_000])))
        quarter = run(few, lines[: given.stories // 4], told=False)
        ten_times = run(many, lines[: given.stories // 4])
        print(f"  {ten_times.seconds / quarter.seconds:.2f} times the time of {given.companies}")
        alone = run(few, lines[::100][:200], told=False)
        print(f"200 alone are the same: {set(alone.output) <= set(whole.output)}")
        shuffled = random.Random(2).sample(lines, len(lines))  # noqa: S311  likewise
        other = run(few, shuffled, told=False, hash_seed="2")
        print(
            f"shuffled, other hash seed, the same: {sorted(other.output) == sorted(whole.output)}"
        )


def make(directory: Path, *, companies: int, stories: int) -> None:
    """Write companies.yml and stories.jsonl."""
    chance = random.Random(1)  # noqa: S311  the same input every time
    directory.mkdir(parents=True, exist_ok=True)
    names = sorted({_name(chance) for _ in range(companies * 2)})[:companies]
    chance.shuffle(names)
    with (directory / COMPANIES).open("w", encoding="utf-8") as file:
        file.write("companies:\n")
        for number, name in enumerate(names):
            file.write(f"  - id: c{number}\n    name: {name}\n")
    told = {lang: [e.sentence for e in examples(lang) if e.is_hit] for lang in LANGUAGES}
    ordinary = _ordinary_sentences()
    quiet = {lang: _without_cues(lang, sentences) for lang, sentences in ordinary.items()}
    languages = [language for language in LANGUAGES if ordinary[language]]
    with (directory / STORIES).open("w", encoding="utf-8") as file:
        for number in range(stories):
            language = languages[number % len(languages)]
            if number // len(languages) % 5 < 3:
                telling = told[language] or ordinary[language]
                story = _story(names, telling, ordinary[language], chance)
            else:
                story = _story(names, [], quiet[language] or ordinary[language], chance)
            story |= {"id": f"s{number}", "lang": language}
            file.write(json.dumps(story, ensure_ascii=False) + "\n")


class Run(NamedTuple):
    """What one process took, and what it wrote."""

    seconds: float
    output: list[bytes]


def run(directory: Path, lines: Sequence[str], *, told: bool = True, hash_seed: str = "1") -> Run:
    """Classify `lines` in one process on one core and print what it took."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["taskset", "-c", "0", *_command(directory)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    ) as process:
        memory = Memory(process.pid)
        memory.start()
        written_out, _ = process.communicate("\n".join(lines).encode())
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    clock = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    output = written_out.splitlines()
    reported = sum(bool(json.loads(line)["reports"]) for line in output)
    if told:
        print(
            f"{directory.name}: {len(output)} stories, {reported / len(output):.0%} with a report: "
            f"{len(output) / clock:.0f} a second by the clock, {len(output) / seconds:.0f} by CPU, "
            f"start-up included; at most {memory.most:.0f} MB"
        )
    return Run(seconds, output)


class Memory(Thread):
    """What a process has held at most, in MB, looked up until it ends.

    The most of a child by `getrusage` has what its parent held when it forked.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._status = Path(f"/proc/{pid}/status")
        self.most = 0.0

    def run(self) -> None:
        """Look ten times a second; the last figure counts, as the kernel keeps the highest."""
        while True:
            try:
                fields = dict(line.split(":", 1) for line in self._status.read_text().splitlines())
                self.most = int(fields["VmHWM"].split()[0]) / 1024
            except (OSError, KeyError):  # it has ended
                return
            time.sleep(0.1)


def start(directory: Path, line: str) -> float:
    """Return how many seconds pass from the command to the reading of one story."""
    began = time.monotonic()
    subprocess.run(_command(directory), input=line.encode(), capture_output=True, check=True)
    return time.monotonic() - began


def each(directory: Path, lines: Sequence[str]) -> tuple[float, float]:
    """Return median and 99th percentile of the CPU milliseconds that one story takes."""
    pipeline = Pipeline.of(read_watchlist(directory / COMPANIES))
    collect_rarely()
    took: list[float] = []
    for line in lines:
        began = time.process_time()
        story_id, story = read_story(line)
        json.dumps(written(story_id, *pipeline.told(story)), ensure_ascii=False)
        took.append((time.process_time() - began) * 1e3)
    took.sort()
    return took[len(took) // 2], took[len(took) * 99 // 100]


def _command(directory: Path) -> list[str]:
    companies = str(directory / COMPANIES)
    return [sys.executable, "-m", "kabar", "classify", "--companies", companies, "-"]


def _story(
    names: Sequence[str], told: Sequence[str], ordinary: Sequence[str], chance: random.Random
) -> dict[str, str]:
    """Return a story of ordinary sentences that begins with what is `told`, if anything is.

    The sentences of one story differ from those of another by a made-up word at their end.
    """
    name = chance.choice(names)
    title = f"{name}: {chance.choice(told or ordinary)[:80]}"
    pieces = [f"{chance.choice(told)}, {name}"] if told else []
    while sum(len(piece.encode()) + 2 for piece in pieces) < STORY_BYTES:
        pieces.append(f"{chance.choice(ordinary)} {_name(chance).lower()}")
        if len(pieces) % 5 == 0:
            pieces.append(f"{chance.choice(names)}, {chance.choice(ordinary)}")
    return {"title": title, "text": ". ".join(pieces)}


def _without_cues(language: str, sentences: Sequence[str]) -> list[str]:
    """Return the sentences that hold no event word."""
    words = lexicon(language).words
    return [
        sentence
        for sentence in sentences
        if all(hit.meaning.layer != "cue" for hit in words.find(fold_text(sentence)))
    ]


def _ordinary_sentences() -> dict[str, list[str]]:
    """Return sentences that newspapers write, by language: those of the labelled stories' bodies."""
    found: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for file in sorted(LABELLED.glob("**/*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            story = json.loads(line)
            pieces = _SENTENCE_END.split(story["text"])
            found[story["lang"]] += [
                cut for piece in pieces if len(cut := piece.strip()[:_LONGEST]) >= _SHORTEST
            ]
    return found


def _name(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(3, 5))).title()


if __name__ == "__main__":
    main()
