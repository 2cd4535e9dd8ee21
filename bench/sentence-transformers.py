"""The control of bench/embeddings.ts: sentence-transformers with a BertModel of the same shape.

The weights are random: they do not change the speed. Reads one JSON line {"texts", "batch"} after the other, embeds the texts, and
answers with {"per_second"}.
Usage: sentence-transformers.py MODEL_FOLDER
"""
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from sentence_transformers import SentenceTransformer, models
from transformers import BertConfig, BertModel

TOKENIZER_FILES = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"]


def build(source):
    with tempfile.TemporaryDirectory() as folder:
        BertModel(BertConfig.from_pretrained(source)).save_pretrained(folder)
        for name in TOKENIZER_FILES:
            shutil.copy(Path(source) / name, folder)
        words = models.Transformer(folder, max_seq_length=256)
        pooling = models.Pooling(words.get_word_embedding_dimension())
        return SentenceTransformer(modules=[words, pooling, models.Normalize()], device="cpu")


def main():
    model = build(sys.argv[1])
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        start = time.perf_counter()
        model.encode(request["texts"], batch_size=request["batch"], show_progress_bar=False)
        print(json.dumps({"per_second": len(request["texts"]) / (time.perf_counter() - start)}), flush=True)


if __name__ == "__main__":
    main()
