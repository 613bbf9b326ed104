"""Liaison beside LlamaIndex and LangChain: same documents, same model file, same questions, one after the other.

Each system ingests and then searches in a process of its own; README.md says what the rows mean.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psutil

from common import MAX_TOKENS, MODEL

HERE = Path(__file__).parent
LIMIT = 10
SAMPLE_SECONDS = 0.02


@dataclass
class System:
    """A column of the table."""

    name: str
    script: str | None = None
    options: list[str] = field(default_factory=list)


# LlamaIndex twice: as it comes, the model reads a quarter of each of its chunks; the second sees all of them.
SYSTEMS = [
    System("Liaison"),
    System("LlamaIndex", "llamaindex_rag.py", ["--chunk", str(MAX_TOKENS)]),
    System("LangChain", "langchain_rag.py"),
    System("LlamaIndex, chunks as it comes", "llamaindex_rag.py"),
]


@dataclass
class Row:
    """A line of the table: where its figure lies in what was measured, and which way is ahead."""

    name: str
    digits: int
    of: callable
    more_is_better: bool = False
    compared: bool = True


ROWS = [
    Row("documents/s", 1, lambda m: m["documents"] / m["seconds"], more_is_better=True),
    Row("ingest, CPU s", 1, lambda m: m["cpu_seconds"]),
    Row("… of it outside the model", 2, lambda m: m["cpu_seconds"] - m["embedding_cpu_seconds"]),
    Row("ingest, peak memory, MB", 0, lambda m: m["ingest_peak_mb"]),
    Row("search p50, ms", 2, lambda m: m["total"]["p50"]),
    Row("search p95, ms", 2, lambda m: m["total"]["p95"]),
    Row("… outside the model, p50, ms", 2, lambda m: m["search"]["p50"]),
    Row("… outside the model, p95, ms", 2, lambda m: m["search"]["p95"]),
    Row("search, peak memory, MB", 0, lambda m: m["search_peak_mb"]),
    Row("start until ready, s", 2, lambda m: m["ready_seconds"]),
    Row("index on disk, MB", 1, lambda m: m["index_mb"]),
    Row("passages", 0, lambda m: m["passages"], compared=False),
    Row("documents", 0, lambda m: m["documents"], compared=False),
]


def main():
    args = arguments()
    shutil.rmtree(args.work, ignore_errors=True)
    docs, models, questions = args.work / "docs", args.work / "models", args.work / "questions.txt"
    files = take_documents(args.docs, docs, args.files)
    asked = take_questions(docs, questions, args.questions)
    put_model(args.model_home, models)
    print(f"{len(files)} Markdown files ({size_mb(docs):.1f} MB), {asked} of their headings as questions", flush=True)
    measured = {system.name: [] for system in SYSTEMS}
    for nth in range(args.rounds):
        for system in SYSTEMS:
            figures = measure(system, args, docs, models, questions)
            measured[system.name].append(figures)
            print(f"round {nth + 1}, {system.name}: {json.dumps(figures)}", file=sys.stderr, flush=True)
    table = {name: {row.name: median(row, runs) for row in ROWS} for name, runs in measured.items()}
    print(markdown(table, args.rounds))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--liaison", type=Path, required=True, help="the release binary")
    parser.add_argument("--model-home", type=Path, required=True, help="a home that `liaison setup` has filled")
    parser.add_argument("--docs", type=Path, required=True, help="folder with Markdown documents")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder; emptied")
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def take_documents(source, target, count):
    """Copies the first `count` Markdown files by path; other formats would compare readers, not systems."""
    paths = sorted(path.relative_to(source) for path in source.rglob("*.md"))[:count]
    if not paths:
        sys.exit(f"no Markdown file in {source}")
    for path in paths:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / path, target / path)
    return paths


def take_questions(docs, target, count):
    """Writes down `count` different headings of three words or more, evenly spread over the documents."""
    headings = {}
    for path in sorted(docs.rglob("*.md")):
        for line in path.read_text(errors="replace").splitlines():
            heading = re.match(r"#{1,4} +(\S+(?: +\S+){2,})", line)
            if heading:
                headings.setdefault(heading[1].strip())
    headings = list(headings)
    count = min(count, len(headings))
    target.write_text("".join(f"{headings[nth * len(headings) // count]}\n" for nth in range(count)))
    return count


def put_model(model_home, models):
    """fastembed's cache, as it would be after a download, around the files of Liaison's home. One file differs: the
    tokenizer's settings, where fastembed reads how much of a text the model sees."""
    (source,) = (model_home / "models").iterdir()
    target = models / MODEL.rsplit("/", 1)[1]
    target.mkdir(parents=True)
    for file in source.iterdir():
        (target / file.name).symlink_to(file.resolve())
    settings = json.loads((source / "tokenizer_config.json").read_text())
    (target / "tokenizer_config.json").unlink()
    (target / "tokenizer_config.json").write_text(json.dumps(settings | {"model_max_length": MAX_TOKENS}))


def measure(system, args, docs, models, questions):
    """One ingest and one search, each in a fresh process, with a fresh index."""
    index = args.work / "index"
    shutil.rmtree(index, ignore_errors=True)
    if system.script:
        return measure_rival(system, index, docs, models, questions)
    return measure_liaison(args, index, docs, questions)


def measure_rival(system, index, docs, models, questions):
    program = [sys.executable, str(HERE / system.script)]
    common = ["--index", str(index), "--models", str(models), *system.options]
    ingest, ingested = run([*program, "ingest", "--docs", str(docs), *common])
    search, searched = run([*program, "search", "--questions", str(questions), "--limit", str(LIMIT), *common])
    return ingest | {
        "ready_seconds": ingest["ready"]["seconds"],
        "ingest_peak_mb": ingested["peak_mb"],
        "search_peak_mb": searched["peak_mb"],
        "index_mb": size_mb(index),
        "search": search["search"],
        "embed": search["embed"],
        "total": search["total"],
    }


def measure_liaison(args, home, docs, questions):
    """Liaison says itself what ingesting took; what it takes to start is a run that has nothing to do."""
    home.mkdir()
    for part in ["runtime", "models"]:
        (home / part).symlink_to((args.model_home / part).resolve())
    nothing = args.work / "nothing"
    nothing.mkdir(exist_ok=True)
    program = [str(args.liaison.resolve()), "--home", str(home), "--json"]
    _, started = run([*program, "ingest", str(nothing)])
    ingest, ingested = run([*program, "ingest", str(docs)])
    search, searched = run([*program, "search", "--internal", "--limit", str(LIMIT), "--questions", str(questions)])
    return ingest | {
        "cpu_seconds": ingested["cpu_seconds"] - started["cpu_seconds"],
        "ready_seconds": started["seconds"],
        "ingest_peak_mb": ingested["peak_mb"],
        "search_peak_mb": searched["peak_mb"],
        "index_mb": size_mb(home / "index") + sum(map(on_disk, home.glob("*.db*"))) / 1e6,
        "search": search["search"],
        "embed": search["embed"],
        "total": search["total"],
    }


def run(command):
    """Runs a command and returns the JSON it prints, and what it and its children took."""
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONWARNINGS": "ignore", "LIAISON_LOG__FILTER": "error"}
    before, start = os.times(), time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    tree = Tree(process.pid)
    output, errors = process.communicate()
    peak = tree.stop()
    after = os.times()
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{errors}")
    report = json.loads(output[output.index("{") :])
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    took = {"seconds": time.perf_counter() - start, "cpu_seconds": cpu, "peak_mb": peak / 1e6}
    return report, took


class Tree:
    """Samples the resident memory of a process and its children, added up, until it is stopped."""

    def __init__(self, pid):
        self.root, self.peak, self.ended = psutil.Process(pid), 0, threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        while not self.ended.wait(SAMPLE_SECONDS):
            try:
                family = [self.root, *self.root.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            self.peak = max(self.peak, sum(map(resident, family)))

    def stop(self):
        self.ended.set()
        self.thread.join()
        return self.peak


def resident(process):
    try:
        return process.memory_info().rss
    except psutil.Error:  # it ended meanwhile
        return 0


def size_mb(folder):
    return sum(on_disk(path) for path in folder.rglob("*") if path.is_file()) / 1e6


def on_disk(path):
    """What a file takes: less than its length where blocks were set aside and never written."""
    return path.stat().st_blocks * 512


def median(row, runs):
    return statistics.median(row.of(run) for run in runs)


def markdown(table, rounds):
    """The table, and how many times ahead Liaison is of each of the others."""
    names = list(table)
    lines = [
        f"Medians of {rounds} rounds on {date.today()}, {os.cpu_count()} cores; behind a figure, how many times ahead "
        "of it Liaison is.",
        "",
        f"| | {' | '.join(names)} |",
        f"|---|{'---:|' * len(names)}",
    ]
    for row in ROWS:
        ours, *theirs = (table[name][row.name] for name in names)
        cells = [f"{ours:,.{row.digits}f}"] + [cell(row, ours, other) for other in theirs]
        lines.append(f"| {row.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def cell(row, ours, theirs):
    figure = f"{theirs:,.{row.digits}f}"
    if not row.compared:
        return figure
    ahead = ours / theirs if row.more_is_better else theirs / ours
    return f"{figure} ({ahead:.1f}×)"


if __name__ == "__main__":
    main()
