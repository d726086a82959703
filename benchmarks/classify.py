"""Make the input of the classifier's speed measurement, and measure it.

    python benchmarks/classify.py make DIRECTORY --companies 20000 --stories 20000
    taskset -c 0 kabar classify --companies DIRECTORY/companies.yml DIRECTORY/stories.jsonl >/dev/null
    python benchmarks/classify.py run DIRECTORY

The stories are distinct texts of about 2 KB, 8 to 15 sentences in most languages, over all languages; two
in three tell an event of a watched company. The same arguments give the same files. CPU seconds count,
for other work on the machine does not change them.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from services.classifier.lexicon.examples import examples
from services.classifier.lexicon.load import LANGUAGES

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
    """Make or run, as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("make", "run"))
    parser.add_argument("directory", type=Path)
    parser.add_argument("--companies", type=int, default=20_000)
    parser.add_argument("--stories", type=int, default=20_000)
    arguments = parser.parse_args()
    if arguments.what == "make":
        make(arguments.directory, companies=arguments.companies, stories=arguments.stories)
    else:
        run(arguments.directory)


def make(directory: Path, *, companies: int, stories: int) -> None:
    """Write companies.yml and stories.jsonl."""
    chance = random.Random(1)  # noqa: S311  the same input every time
    directory.mkdir(parents=True, exist_ok=True)
    names = sorted({_name(chance) for _ in range(companies * 2)})[:companies]
    chance.shuffle(names)
    with (directory / "companies.yml").open("w", encoding="utf-8") as file:
        file.write("companies:\n")
        for number, name in enumerate(names):
            file.write(f"  - id: c{number}\n    name: {name}\n")
    told = {lang: [e.sentence for e in examples(lang) if e.is_hit] for lang in LANGUAGES}
    ordinary = _ordinary_sentences()
    languages = [language for language in LANGUAGES if ordinary[language]]
    with (directory / "stories.jsonl").open("w", encoding="utf-8") as file:
        for number in range(stories):
            language = languages[number % len(languages)]
            story = _story(
                number,
                language,
                told[language] or ordinary[language],
                ordinary[language],
                names,
                chance,
            )
            file.write(json.dumps(story, ensure_ascii=False) + "\n")


def run(directory: Path) -> None:
    """Classify the stories in one process on one core and print what CPU and memory it took."""
    command = [
        *("taskset", "-c", "0", sys.executable, "-m", "kabar", "classify"),
        *("--companies", str(directory / "companies.yml"), str(directory / "stories.jsonl")),
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    lines = done.stdout.splitlines()
    reported = sum(bool(json.loads(line)["reports"]) for line in lines)
    print(
        f"{len(lines)} stories in {seconds:.1f} s of CPU with start-up: {len(lines) / seconds:.0f} stories/s, "
        f"{reported / len(lines):.0%} with a report, {used.ru_maxrss / 1024:.0f} MB"
    )


def _story(
    number: int,
    language: str,
    told: Sequence[str],
    ordinary: Sequence[str],
    names: Sequence[str],
    chance: random.Random,
) -> dict[str, str]:
    """Return a story of ordinary sentences; two in three tell an event of a watched company.

    The sentences of one story differ from those of another by a made-up word at their end.
    """
    name = chance.choice(names)
    if number // len(LANGUAGES) % 3:
        title = f"{name}: {chance.choice(told)}"
        pieces = [f"{chance.choice(told)}, {name}"]
    else:
        title = f"{name}: {chance.choice(ordinary)[:80]}"
        pieces = []
    while sum(len(piece.encode()) + 2 for piece in pieces) < STORY_BYTES:
        pieces.append(f"{chance.choice(ordinary)} {_name(chance).lower()}")
        if len(pieces) % 5 == 0:
            pieces.append(f"{chance.choice(names)}, {chance.choice(ordinary)}")
    return {"id": f"s{number}", "lang": language, "title": title, "text": ". ".join(pieces)}


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
