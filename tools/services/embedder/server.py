"""
all-MiniLM-L6-v2 behind an OpenAI-compatible door, for tests and benchmarks: POST /v1/embeddings, GET /v1/models.

BERT by hand over numpy: six layers of attention and feed-forward, mean over the tokens, length one. The same text gives the same
vector, alone or among others, but for the last bits of a float.

    python3 server.py PORT MODEL_FOLDER MODULES_FOLDER
"""

import json
import math
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, sys.argv[3])

import numpy  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402

MODEL = "all-MiniLM-L6-v2"
LAYERS, HEADS, WIDTH = 6, 12, 384
TOKENS_MAX = 256
# Padded tokens of one pass: attention scores of twelve heads stay below 100 MB.
PASS_TOKENS_MAX = 2_048
INPUTS_MAX = 2_048
BODY_BYTES_MAX = 16 * 1024 * 1024


def read_tensors(path):
    """The float32 tensors of a safetensors file: u64 length of a JSON header, the header, the bytes."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if entry.get("dtype") != "F32":
            continue
        start, end = entry["data_offsets"]
        flat = numpy.frombuffer(data[8 + length + start : 8 + length + end], dtype="<f4")
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


def erf(x):
    """Abramowitz and Stegun 7.1.26: off by 1.5e-7 at most."""
    sign = numpy.sign(x)
    x = numpy.abs(x)
    t = 1.0 / (1.0 + 0.3275911 * x)
    poly = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return sign * (1.0 - poly * numpy.exp(-x * x))


def gelu(x):
    return (x * 0.5 * (1.0 + erf(x * numpy.float32(1 / math.sqrt(2))))).astype(numpy.float32)


class Model:
    def __init__(self, folder):
        self.tensors = read_tensors(f"{folder}/model.safetensors")
        self.tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(TOKENS_MAX)
        self.lock = threading.Lock()

    def embed(self, texts):
        """Vectors of length one, in order, and how many tokens were read."""
        encoded = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        vectors = numpy.zeros((len(texts), WIDTH), dtype=numpy.float32)
        # Texts of about one length go together, so that little is padded.
        order = sorted(range(len(texts)), key=lambda at: len(encoded[at]))
        while order:
            longest = len(encoded[order[-1]])
            count = max(1, PASS_TOKENS_MAX // longest)
            group, order = order[-count:], order[:-count]
            with self.lock:
                vectors[group] = self.forward([encoded[at] for at in group], longest)
        return vectors, sum(len(ids) for ids in encoded)

    def forward(self, rows, longest):
        ids = numpy.zeros((len(rows), longest), dtype=numpy.int64)
        mask = numpy.zeros((len(rows), longest), dtype=numpy.float32)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = row
            mask[at, : len(row)] = 1
        get = self.tensors.__getitem__
        hidden = get("embeddings.word_embeddings.weight")[ids]
        hidden = hidden + get("embeddings.position_embeddings.weight")[:longest]
        hidden = self.norm(hidden + get("embeddings.token_type_embeddings.weight")[0], "embeddings.LayerNorm")
        bias = (1.0 - mask)[:, None, None, :] * numpy.float32(-1e9)
        for layer in range(LAYERS):
            hidden = self.layer(hidden, bias, f"encoder.layer.{layer}")
        summed = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return summed / numpy.linalg.norm(summed, axis=1, keepdims=True)

    def layer(self, hidden, bias, name):
        texts, length, _ = hidden.shape
        split = (texts, length, HEADS, WIDTH // HEADS)
        query, key, value = (
            self.linear(hidden, f"{name}.attention.self.{part}").reshape(split).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) * numpy.float32(1 / math.sqrt(WIDTH // HEADS)) + bias
        scores = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed = (scores @ value).transpose(0, 2, 1, 3).reshape(hidden.shape)
        attended = self.linear(mixed, f"{name}.attention.output.dense")
        hidden = self.norm(hidden + attended, f"{name}.attention.output.LayerNorm")
        inner = gelu(self.linear(hidden, f"{name}.intermediate.dense"))
        return self.norm(hidden + self.linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def linear(self, x, name):
        weight = self.tensors[f"{name}.weight"]
        flat = x.reshape(-1, x.shape[-1]) @ weight.T + self.tensors[f"{name}.bias"]
        return flat.reshape(*x.shape[:-1], weight.shape[0])

    def norm(self, x, name):
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / numpy.sqrt((centred * centred).mean(axis=-1, keepdims=True) + 1e-12)
        return scaled * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model = None

    def do_GET(self):
        if self.path == "/v1/models":
            self.answer(200, {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "local"}]})
        else:
            self.refuse(404, "There is no such path")

    def do_POST(self):
        length = int(self.headers.get("content-length", "0"))
        if length > BODY_BYTES_MAX:
            self.close_connection = True
            return self.refuse(413, "The request is too large")
        body = self.rfile.read(length)
        if self.path != "/v1/embeddings":
            return self.refuse(404, "There is no such path")
        try:
            asked = json.loads(body)
            texts = asked["input"]
        except (ValueError, KeyError, TypeError):
            return self.refuse(400, "The body must be JSON with model and input")
        texts = [texts] if isinstance(texts, str) else texts
        if asked.get("model") != MODEL:
            return self.refuse(404, f"There is no such model; there is {MODEL}")
        if not isinstance(texts, list) or not 1 <= len(texts) <= INPUTS_MAX:
            return self.refuse(400, f"input must be a text or a list of 1 to {INPUTS_MAX} texts")
        if not all(isinstance(text, str) for text in texts):
            return self.refuse(400, "input must be texts")
        vectors, tokens = Handler.model.embed(texts)
        data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(vectors.tolist())]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        self.answer(200, {"object": "list", "data": data, "model": MODEL, "usage": usage})

    def refuse(self, status, message):
        self.answer(status, {"error": {"message": message, "type": "invalid_request_error"}})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """What is asked is nobody's business."""


if __name__ == "__main__":
    Handler.model = Model(sys.argv[2])
    ThreadingHTTPServer.daemon_threads = True
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
