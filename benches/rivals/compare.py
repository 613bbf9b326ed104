"""Liaison beside LlamaIndex and LangChain: same documents, same model file, same questions, one after the other.

Each system ingests and then searches in a process of its own; README.md says what the rows mean. Needs nothing but
Python itself: each of the others gets an environment of its own.
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

from common import MAX_TOKENS, MODEL

HERE = Path(__file__).parent
LIMIT = 10
SAMPLE_SECONDS = 0.02
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
ENVIRONMENT = os.environ | {
    "HF_HUB_OFFLINE": "1",
    "LIAISON_LOG__FILTER": "error",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_CACHE_DIR": "1",
    "PYTHONWARNINGS": "ignore",
}


@dataclass
class System:
    """A column of the table: Liaison, or the program and the packages of that name beside this file."""

    title: str
    name: str | None = None
    options: list[str] = field(default_factory=list)


# LlamaIndex twice: as it comes, its chunks are four times as long as what the model reads of a text.
SYSTEMS = [
    System("Liaison"),
    System(f"LlamaIndex, chunks of {MAX_TOKENS} tokens", "llamaindex", ["--chunk", str(MAX_TOKENS)]),
    System("LangChain", "langchain"),
    System("LlamaIndex, chunks as they come", "llamaindex"),
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
    Row("ingest, peak memory, MB", 0, lambda m: m["ingest_mb"]["process"]),
    Row("… with the processes that read files, MB", 0, lambda m: m["ingest_mb"]["family"]),
    Row("search p50, ms", 2, lambda m: m["total"]["p50"]),
    Row("search p95, ms", 2, lambda m: m["total"]["p95"]),
    Row("… outside the model, p50, ms", 2, lambda m: m["search"]["p50"]),
    Row("… outside the model, p95, ms", 2, lambda m: m["search"]["p95"]),
    Row("search, peak memory, MB", 0, lambda m: m["search_mb"]["process"]),
    Row("start until ready, s", 2, lambda m: m["ready_seconds"]),
    Row("index on disk, MB", 1, lambda m: m["index_mb"]),
    Row("installing, s", 1, lambda m: m["installed"]["seconds"]),
    Row("installed, MB", 0, lambda m: m["installed"]["mb"]),
    Row("passages", 0, lambda m: m["passages"], compared=False),
    Row("documents", 0, lambda m: m["documents"], compared=False),
    Row("of its passages' text the model does not read, %", 0, lambda m: m.get("unread_percent"), compared=False),
]


def main():
    args = arguments()
    shutil.rmtree(args.work, ignore_errors=True)
    docs, models, questions = args.work / "docs", args.work / "models", args.work / "questions.txt"
    files = take_documents(args.docs, docs, args.files)
    asked = take_questions(docs, questions, args.questions)
    put_model(args.model_home, models)
    installed = {None: set_up_liaison(args)} | {name: install(name, args.venvs) for name in ["llamaindex", "langchain"]}
    systems = [system for system in SYSTEMS if installed[system.name]]
    measured = {system.title: [] for system in systems}
    for nth in range(args.rounds):
        for system in systems:
            figures = measure(system, args, docs, models, questions) | {"installed": installed[system.name]}
            measured[system.title].append(figures)
            print(f"round {nth + 1}, {system.title}: {json.dumps(figures)}", file=sys.stderr, flush=True)
    print(f"\n{len(files)} Markdown files ({size_mb(docs):.1f} MB) of {args.docs}, {asked} of their headings as questions.")
    print(markdown(measured, args.rounds))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--liaison", type=Path, required=True, help="the release binary")
    parser.add_argument("--model-home", type=Path, required=True, help="a home that `liaison setup` has filled")
    parser.add_argument("--docs", type=Path, required=True, help="folder with Markdown documents")
    parser.add_argument("--venvs", type=Path, required=True, help="folder for the others' packages; kept")
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
    shutil.copytree(source, target)
    settings = json.loads((source / "tokenizer_config.json").read_text())
    (target / "tokenizer_config.json").write_text(json.dumps(settings | {"model_max_length": MAX_TOKENS}))


def set_up_liaison(args):
    """What `liaison setup` takes from nothing: runtime and model. The binary is there already and counts as size."""
    home = args.work / "fresh"
    try:
        _, took = run([str(args.liaison.resolve()), "--home", str(home), "setup"])
    except RuntimeError as error:
        print(f"liaison setup: NOT measured, its packages cannot be fetched from here\n{error}", file=sys.stderr)
        return {"seconds": None, "mb": None}
    return {"seconds": took["seconds"], "mb": size_mb(home) + on_disk(args.liaison) / 1e6}


def install(name, venvs):
    """What installing a framework takes, or None where that fails. Kept between runs, with what it took."""
    venv, wanted = venvs / name, (HERE / f"{name}.txt").read_text()
    stamp = venv / "installed.json"
    if stamp.is_file() and (kept := json.loads(stamp.read_text()))["wanted"] == wanted:
        return kept["took"]
    shutil.rmtree(venv, ignore_errors=True)
    try:
        run([sys.executable, "-m", "venv", str(venv)])
        _, took = run([str(venv / "bin/pip"), "install", "--quiet", "-r", str(HERE / f"{name}.txt")])
    except RuntimeError as error:
        print(f"{name}: NOT measured, its packages cannot be installed from here\n{error}", file=sys.stderr)
        return None
    took = {"seconds": took["seconds"], "mb": size_mb(venv)}
    stamp.write_text(json.dumps({"wanted": wanted, "took": took}))
    return took


def measure(system, args, docs, models, questions):
    """One ingest and one search, each in a fresh process, with a fresh index."""
    index = args.work / "index"
    shutil.rmtree(index, ignore_errors=True)
    if system.name:
        return measure_other(system, args, index, docs, models, questions)
    return measure_liaison(args, index, docs, questions)


def measure_other(system, args, index, docs, models, questions):
    program = [str(args.venvs / system.name / "bin/python"), str(HERE / f"{system.name}_rag.py")]
    common = ["--index", str(index), "--models", str(models), *system.options]
    ingest, ingested = report([*program, "ingest", "--docs", str(docs), *common])
    search, searched = report([*program, "search", "--questions", str(questions), "--limit", str(LIMIT), *common])
    return ingest | {
        "ready_seconds": ingest["ready"]["seconds"],
        "ingest_mb": ingested["peak_mb"],
        "search_mb": searched["peak_mb"],
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
    _, started = report([*program, "ingest", str(nothing)])
    ingest, ingested = report([*program, "ingest", str(docs)])
    search, searched = report([*program, "search", "--internal", "--limit", str(LIMIT), "--questions", str(questions)])
    return ingest | {
        "cpu_seconds": ingested["cpu_seconds"] - started["cpu_seconds"],
        "ready_seconds": started["seconds"],
        "ingest_mb": ingested["peak_mb"],
        "search_mb": searched["peak_mb"],
        "index_mb": size_mb(home / "index") + sum(map(on_disk, home.glob("*.db*"))) / 1e6,
        "search": search["search"],
        "embed": search["embed"],
        "total": search["total"],
    }


def report(command):
    """The JSON that a command prints, and what it took."""
    output, took = run(command)
    return json.loads(output[output.index("{") :]), took


def run(command):
    """Runs a command; returns its output and what it and its children took."""
    before, start = os.times(), time.perf_counter()
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    family = Family(process.pid)
    output, errors = process.communicate()
    took, peak, after = time.perf_counter() - start, family.stop(), os.times()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{errors}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return output, {"seconds": took, "cpu_seconds": cpu, "peak_mb": peak}


class Family:
    """Samples the resident memory of a process, alone and with its children added, until it is stopped."""

    def __init__(self, pid):
        self.pid, self.process, self.family, self.ended = pid, 0, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        while not self.ended.wait(SAMPLE_SECONDS):
            process = resident(self.pid)
            self.process = max(self.process, process)
            self.family = max(self.family, process + sum(map(resident, children(self.pid))))

    def stop(self):
        """Its peaks in MB."""
        self.ended.set()
        self.thread.join()
        return {"process": self.process / 1e6, "family": self.family / 1e6}


def children(pid):
    """The processes that a process's threads have started and not yet collected. One that still has its parent's
    command line has not begun its own program: until then its memory is its parent's, counted already."""
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        started = [child for task in tasks for child in (task / "children").read_text().split()]
        return [int(child) for child in started if command_line(child) != command_line(pid)]
    except OSError:  # it, a thread or a child has ended meanwhile
        return []


def command_line(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def resident(pid):
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
    except (OSError, IndexError):  # it has ended meanwhile
        return 0


def size_mb(folder):
    return sum(on_disk(path) for path in folder.rglob("*") if path.is_file()) / 1e6


def on_disk(path):
    """What a file takes: less than its length where blocks were set aside and never written."""
    return path.stat().st_blocks * 512


def markdown(measured, rounds):
    """The table, and how many times ahead Liaison is of each of the others."""
    lines = [
        f"Medians of {rounds} rounds on {date.today()}, {os.cpu_count()} cores; in brackets, how many times ahead "
        "Liaison is.",
        "",
        f"| | {' | '.join(measured)} |",
        f"|---|{'---:|' * len(measured)}",
    ]
    for row in ROWS:
        ours, *theirs = (median(row, runs) for runs in measured.values())
        cells = [figure(row, ours)] + [cell(row, ours, other) for other in theirs]
        lines.append(f"| {row.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def median(row, runs):
    """`None` where a system cannot tell."""
    figures = [row.of(run) for run in runs]
    return None if None in figures else statistics.median(figures)


def figure(row, value):
    return "–" if value is None else f"{value:,.{row.digits}f}"


def cell(row, ours, theirs):
    if not row.compared or ours is None:
        return figure(row, theirs)
    ahead = ours / theirs if row.more_is_better else theirs / ours
    return f"{figure(row, theirs)} ({ahead:.1f}×)"


if __name__ == "__main__":
    main()
