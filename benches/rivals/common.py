"""What the two programs share: their arguments, the model, the clocks. Nothing here names a framework."""

import argparse
import functools
import json
import os
import time

MODEL = "local/all-MiniLM-L6-v2"
DIMENSIONS = 384
MAX_TOKENS = 256
COLLECTION = "documents"
THREADS = len(os.sched_getaffinity(0))


def arguments():
    """`ingest` or `search`, and where things are."""
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["ingest", "search"])
    parser.add_argument("--docs", help="folder with the documents")
    parser.add_argument("--index", required=True, help="folder of the index")
    parser.add_argument("--models", required=True, help="fastembed's cache, with the model in it")
    parser.add_argument("--questions", help="file with one question a line")
    parser.add_argument("--limit", type=int, default=10)
    parser.add_argument("--chunk", type=int, help="tokens of a chunk, where the framework's own default is not meant")
    return parser.parse_args()


def register_model():
    """Tells fastembed of the model that Liaison uses; `compare.py` has put its files into fastembed's cache."""
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    TextEmbedding.add_custom_model(
        model=MODEL,
        pooling=PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(hf=MODEL),
        dim=DIMENSIONS,
        model_file="model.onnx",
    )


class Clock:
    """Seconds by the wall and of this process's CPU since it was made."""

    def __init__(self):
        self.start = time.perf_counter(), time.process_time()

    def read(self):
        return time.perf_counter() - self.start[0], time.process_time() - self.start[1]


class Spent:
    """What the calls of one method took, and the texts they were given."""

    def __init__(self):
        self.wall = self.cpu = 0.0
        self.texts = []


def metered(owner, method):
    """Puts a clock around a method of a class; the framework calls it as ever."""
    spent, inner = Spent(), getattr(owner, method)

    @functools.wraps(inner)
    def timed(self, texts, *args, **kwargs):
        clock = Clock()
        try:
            return inner(self, texts, *args, **kwargs)
        finally:
            wall, cpu = clock.read()
            spent.wall += wall
            spent.cpu += cpu
            spent.texts += [texts] if isinstance(texts, str) else texts

    setattr(owner, method, timed)
    return spent


def since_process_start():
    """Seconds since this process was started, interpreter and imports included."""
    with open("/proc/self/stat") as stat:
        started = int(stat.read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started


def ingest(documents_in, spent, models):
    """Runs `documents_in()`, which returns how many documents and passages there are, and reports on it."""
    ready = {"seconds": since_process_start(), "cpu_seconds": time.process_time()}
    clock = Clock()
    documents, passages = documents_in()
    wall, cpu = clock.read()
    report = {
        "ready": ready,
        "documents": documents,
        "passages": passages,
        "seconds": wall,
        "cpu_seconds": cpu,
        "embedding_seconds": spent.wall,
        "embedding_cpu_seconds": spent.cpu,
        "unread_percent": 100 * unread_share(spent.texts, models),
    }
    print(json.dumps(report))


def unread_share(texts, models):
    """How much of the texts the model does not see, because it lies behind its last token."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(f"{models}/{MODEL.rsplit('/', 1)[1]}/tokenizer.json")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    lengths = [len(tokenizer.encode(text).ids) for text in texts]
    return sum(max(length - MAX_TOKENS, 0) for length in lengths) / max(sum(lengths), 1)


def search(find, spent, questions):
    """Asks each question of a file once and reports p50 and p95 in milliseconds."""
    ready = {"seconds": since_process_start(), "cpu_seconds": time.process_time()}
    times = {"total": [], "embed": [], "search": []}
    with open(questions) as file:
        asked = [line.strip() for line in file if line.strip()]
    for question in asked:
        before, clock = spent.wall, Clock()
        find(question)
        total, embed = clock.read()[0], spent.wall - before
        times["total"].append(total)
        times["embed"].append(embed)
        times["search"].append(total - embed)
    print(json.dumps({"ready": ready, "questions": len(asked)} | {name: spread(each) for name, each in times.items()}))


def spread(seconds):
    """p50 and p95 in milliseconds, by the rule of `liaison search --questions`."""
    seconds = sorted(seconds)
    at = lambda percent: round(1e3 * seconds[min(len(seconds) * percent // 100, len(seconds) - 1)], 3)
    return {"p50": at(50), "p95": at(95)}
