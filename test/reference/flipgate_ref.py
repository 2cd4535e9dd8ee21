"""Reference implementation of flipgate's metrics, written from the specification alone.

Plain and slow on purpose; shares no code with the product. The readings that had to be chosen
where the text leaves room are numbered R1 ... in README.md.
"""

import hashlib
import json
import math
import unicodedata
from fractions import Fraction

from scripts_table import RANGES

FAULTS = ("network", "timeout", "status", "shape")

# ---------------------------------------------------------------- statistics


def percentile(values, p):
    """Nearest rank: the value at position ceil(p n), from 1. `p` is a decimal written as text."""
    ordered = sorted(values)
    return ordered[position(p, len(ordered)) - 1]


def position(p, n):
    return max(1, math.ceil(Fraction(str(p)) * n))


def mean(values):
    total = 0.0
    for value in values:
        total += value
    return total / len(values)


def round6(value):
    return round(value, 6)


# ---------------------------------------------------------------- canonical JSON


def nfc(value):
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [nfc(v) for v in value]
    if isinstance(value, dict):
        return {nfc(k): nfc(v) for k, v in value.items()}
    return value


def code_units(text):
    return text.encode("utf-16-be")


def canonical(value):
    def write(v):
        if isinstance(v, dict):
            keys = sorted(v, key=code_units)
            return "{" + ",".join(write(k) + ":" + write(v[k]) for k in keys) + "}"
        if isinstance(v, list):
            return "[" + ",".join(write(x) for x in v) + "]"
        if isinstance(v, float) and v.is_integer():
            v = int(v)
        return json.dumps(v, ensure_ascii=False)

    return write(nfc(value))


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def call_key(question_id, phrasing_text, seed, arm):
    return sha256(canonical([question_id, phrasing_text, seed, arm]))


VERSION_FIELDS = ("INDEX_HASH", "EMBED_SCHEMA", "RERANK_CONF", "PROMPT_VER", "MODEL_VER")


def artifact(fields):
    return sha256(canonical({name: fields.get(name) for name in VERSION_FIELDS}))


def gold_canonical(questions):
    filled = []
    for q in questions:
        filled.append({"answerable": True, "paraphrases": [], "anchors": [], "tags": [], **q})
    filled.sort(key=lambda q: code_units(nfc(q["id"])))
    return canonical(filled)


# ---------------------------------------------------------------- distance


def dot(a, b):
    return math.fsum(x * y for x, y in zip(a, b))


def norm(a):
    return math.sqrt(dot(a, a))


def distance(a, b):
    """None where a vector has no length."""
    na, nb = norm(a), norm(b)
    if na == 0 or nb == 0:
        return None
    return 1 - dot(a, b) / (na * nb)


def smallest(values):
    values = [v for v in values if v is not None]
    return min(values) if values else None


def pooled_vector(snippets):
    total = [0.0] * len(snippets[0])
    for rank, vector in enumerate(snippets, 1):
        weight = 1 / math.log2(rank + 1)
        total = [t + weight * v for t, v in zip(total, vector)]
    length = norm(total)
    return None if length == 0 else [t / length for t in total]


def views(best, pooled):
    out = {}
    if best is not None:
        out["best"] = best
    if pooled is not None:
        out["pooled"] = pooled
    return out or None


def semantic_distance(question, snippets, anchors, answer):
    """Missing values are None (whole) or left out (one view)."""
    pooled = pooled_vector(snippets) if snippets else None
    question_retrieved = retrieved_anchor = answer_anchor = None
    if snippets:
        question_retrieved = views(
            smallest(distance(question, s) for s in snippets),
            None if pooled is None else distance(question, pooled))
        if anchors:
            retrieved_anchor = views(
                smallest(distance(s, a) for s in snippets for a in anchors),
                None if pooled is None else smallest(distance(pooled, a) for a in anchors))
    if answer is not None and anchors:
        answer_anchor = smallest(distance(answer, a) for a in anchors)
    return question_retrieved, retrieved_anchor, answer_anchor


def windows(count, size=254, step=127):
    if count <= size:
        return [[0, count]]
    out = []
    start = 0
    while start + size < count:
        out.append([start, start + size])
        start += step
    out.append([count - size, count])
    return out


def combine(vectors):
    unit = [[x / norm(v) for x in v] for v in vectors]
    middle = [math.fsum(column) / len(unit) for column in zip(*unit)]
    length = norm(middle)
    return [x / length for x in middle]


# ---------------------------------------------------------------- coverage

_SINGLE = [pair for ranges in RANGES.values() for pair in ranges]


def is_word(char):
    category = unicodedata.category(char)
    return category[0] in "LM" or category == "Nd"


def is_single(char):
    code = ord(char)
    return any(a <= code <= b for a, b in _SINGLE)


def segments(text):
    """Normalisation segments: [start, end) of original code points that NFKC treats independently."""
    out = []
    start = 0
    for i in range(1, len(text) + 1):
        if i < len(text):
            here, char = text[start:i], text[i]
            first = unicodedata.normalize("NFKD", char)[0]
            if unicodedata.combining(first) != 0:
                continue
            apart = unicodedata.normalize("NFKC", here) + unicodedata.normalize("NFKC", char)
            if unicodedata.normalize("NFKC", here + char) != apart:
                continue
        out.append((start, i))
        start = i
    return out if text else []


def tokens(text):
    """[token, start, end]: code points of the original text."""
    mapped = []  # (normalised and lower-cased code point, start, end)
    for start, end in segments(text):
        source = text[start:end]
        normal = unicodedata.normalize("NFKC", source)
        if normal == source:
            for i, char in enumerate(normal):
                mapped += [(c, start + i, start + i + 1) for c in char.lower()]
        else:
            mapped += [(c, start, end) for char in normal for c in char.lower()]
    out = []
    open_run = False
    for char, start, end in mapped:
        if not is_word(char):
            open_run = False
        elif is_single(char):
            out.append([char, start, end])
            open_run = False
        elif open_run:
            out[-1][0] += char
            out[-1][1] = min(out[-1][1], start)
            out[-1][2] = max(out[-1][2], end)
        else:
            out.append([char, start, end])
            open_run = True
    return out


def source_relation(snippet, anchor):
    """same, other, or unknown (nothing to compare)."""
    compared = False
    for key in ("source_url", "section_id"):
        a, b = snippet.get(key), anchor.get(key)
        if a is not None and b is not None:
            compared = True
            if a != b:
                return "other"
    return "same" if compared else "unknown"


def aligned_positions(anchor_words, snippet_words):
    need = min(5, len(anchor_words))
    grams = {tuple(snippet_words[i:i + need]) for i in range(len(snippet_words) - need + 1)}
    out = set()
    for i in range(len(anchor_words) - need + 1):
        if tuple(anchor_words[i:i + need]) in grams:
            out.update(range(i, i + need))
    return out


def aligned_positions_by_runs(anchor_words, snippet_words):
    """The same by the definition: longest common runs, O(nm). Used as a check."""
    need = min(5, len(anchor_words))
    out = set()
    length = {}
    for i, a in enumerate(anchor_words):
        for j, b in enumerate(snippet_words):
            if a == b:
                length[i, j] = length.get((i - 1, j - 1), 0) + 1
                if length[i, j] >= need:
                    out.update(range(i - length[i, j] + 1, i + 1))
    return out


def agrees(snippet, anchor, documents):
    start, end = snippet["offsets"]
    document = documents.get(snippet.get("source_url") or anchor.get("source_url"))
    if document is not None:
        return snippet["text"] == document[start:end]
    if anchor.get("text") is not None:
        if len(snippet["text"]) != end - start:
            return False
        a, b = anchor["offsets"]
        low, high = max(a, start), min(b, end)
        return low >= high or snippet["text"][low - start:high - start] == anchor["text"][low - a:high - a]
    return True


def coverage(anchors, snippets, documents=None):
    documents = documents or {}
    texts = []
    for anchor in anchors:
        text = anchor.get("text")
        if text is None:
            a, b = anchor["offsets"]
            text = documents[anchor["source_url"]][a:b]
        texts.append(text)
    found = [tokens(t) for t in texts]

    # One identity for one token: the document and the span, where the anchor has offsets.
    identity = []
    for k, anchor in enumerate(anchors):
        row = []
        for i, (_, start, end) in enumerate(found[k]):
            if anchor.get("offsets"):
                base = anchor["offsets"][0]
                place = anchor.get("source_url") or anchor.get("section_id")
                row.append(("span", place, base + start, base + end))
            else:
                row.append(("own", k, i))
        identity.append(row)
    everything = {t for row in identity for t in row}
    covered = set()
    findings = set()
    modes = set()
    union = {k: set() for k in range(len(anchors))}  # code points, per anchor

    for snippet in snippets:
        offsets = snippet.get("offsets")
        if offsets is not None:
            document = documents.get(snippet.get("source_url"))
            start, end = offsets
            if start < 0 or start > end or (document is not None and end > len(document)):
                findings.add("offsets_invalid")
                offsets = None
        exact_for = []
        nowhere = False
        if offsets is not None:
            relations = [source_relation(snippet, a) for a in anchors]
            nowhere = all(r == "other" for r in relations)
            same = [k for k, r in enumerate(relations) if r == "same" and anchors[k].get("offsets")]
            exact_for = [k for k in same if agrees(snippet, anchors[k], documents)]
            if same and not exact_for:
                findings.add("offsets_disagree")
        if exact_for or nowhere:
            modes.add("exact")
            for k in exact_for:
                union[k].update(range(offsets[0], offsets[1]))
            continue
        modes.add("aligned")
        words = [t[0] for t in tokens(snippet["text"])]
        for k, row in enumerate(found):
            mine = [t[0] for t in row]
            hit = aligned_positions(mine, words)
            assert hit == aligned_positions_by_runs(mine, words)
            covered.update(identity[k][i] for i in hit)

    for k, points in union.items():
        if not points:
            continue
        base = anchors[k]["offsets"][0]
        for i, (_, start, end) in enumerate(found[k]):
            if all(base + c in points for c in range(start, end)):
                covered.add(identity[k][i])
    out = {"coverage": len(covered) / len(everything), "covered": len(covered), "tokens": len(everything),
           "findings": sorted(findings)}
    if modes:
        out["coverage_mode"] = "mixed" if len(modes) == 2 else modes.pop()
    return out


# ---------------------------------------------------------------- tool loops


def tool_loop(calls, repeats=3, most=25):
    if len(calls) > most:
        return True
    seen = {}
    for call in calls:
        key = canonical([call["name"], call.get("arguments")])
        seen[key] = seen.get(key, 0) + 1
        if seen[key] >= repeats:
            return True
    names = [c["name"] for c in calls]
    for length in (2, 3, 4):
        for start in range(len(names) - repeats * length + 1):
            cycle = names[start:start + length]
            if len(set(cycle)) >= 2 and names[start:start + repeats * length] == cycle * repeats:
                return True
    return False


# ---------------------------------------------------------------- lambda

AGREE_DISTANCE, AGREE_JACCARD, ANCHORED = 0.35, 0.5, 0.70


def jaccard(a, b):
    a, b = set(a), set(b)
    return len(a & b) / len(a | b) if a | b else 1.0


def names_anchor_section(call, anchors):
    sections = {a["section_id"] for a in anchors if a.get("section_id") is not None}
    inside = {s["snippet_id"] for s in call.get("retrieved", [])
              if s.get("section_id") in sections and s.get("snippet_id") is not None}
    return any(c in sections or c in inside for c in call.get("citations", []))


def medoid(items, gap):
    best = None
    for i in range(len(items)):
        value = round6(mean([gap(items[i], items[j]) for j in range(len(items)) if j != i]))
        if best is None or value < best[0]:
            best = (value, i)
    return best[1]


def score_lambda(questions, calls, vectors, answers=True, cites=False):
    """calls: as recorded, with `tool_loop` and `coverage` known. Returns (rows in plan order, summary)."""
    order = {q["id"]: i for i, q in enumerate(questions)}
    calls = sorted(calls, key=lambda c: (order[c["question"]], c["phrasing"], c["seed"]))
    rows = []
    seeds = sorted({c["seed"] for c in calls})
    counts = {"judged": 0, "skipped": 0, "errored": 0}
    errored, skipped = [], []
    flips = {"all": [], "phrasing": [], "seed": []}
    convergent = {"all": [], **{s: [] for s in seeds}}
    for q in questions:
        mine = [c for c in calls if c["question"] == q["id"]]
        answerable = q.get("answerable", True)
        out = [{"question": c["question"], "phrasing": c["phrasing"], "seed": c["seed"]} for c in mine]
        rows += out
        if not answerable and not answers:
            counts["skipped"] += 1
            skipped.append(q["id"])
            continue
        group = []
        for i, c in enumerate(mine):
            if c["outcome"] != "ok" or c.get("tool_loop"):
                out[i]["state"] = "backward"
            elif not answerable:
                out[i]["state"] = "convergent" if c.get("refused") else "collapsed"
            elif ((answers and not (c.get("answer") or "").strip()) or c.get("refused") or not c.get("retrieved")
                  or (cites and not c.get("citations"))):
                out[i]["state"] = "backward"
            else:
                group.append(i)
                out[i]["anchored"] = (round6(c["coverage"]) >= ANCHORED
                                      or names_anchor_section(c, q.get("anchors", [])))
        if answerable and len(group) < 2:
            counts["errored"] += 1
            errored.append(q["id"])
            continue
        if group:
            if answers:
                items = [vectors[mine[i]["answer"]] for i in group]
                centre = items[medoid(items, distance)]
                agreeing = [round6(distance(v, centre)) <= AGREE_DISTANCE for v in items]
            else:
                items = [[s["snippet_id"] for s in mine[i]["retrieved"]] for i in group]
                centre = items[medoid(items, lambda a, b: 1 - jaccard(a, b))]
                agreeing = [round6(jaccard(v, centre)) >= AGREE_JACCARD for v in items]
            for i, agree in zip(group, agreeing):
                out[i]["agreeing"] = agree
                both = agree + out[i]["anchored"]
                out[i]["state"] = ("collapsed", "split", "convergent")[both]
        counts["judged"] += 1
        states = [o["state"] for o in out]
        if len(out) > 1:
            for i, o in enumerate(out):
                o["flip"] = sum(s != o["state"] for j, s in enumerate(states) if j != i) / (len(out) - 1)
        pairs = [(out[i], out[j]) for i in range(len(out)) for j in range(i)]
        for kind, keep in (("all", lambda a, b: True), ("phrasing", lambda a, b: a["seed"] == b["seed"]),
                           ("seed", lambda a, b: a["phrasing"] == b["phrasing"])):
            chosen = [a["state"] != b["state"] for a, b in pairs if keep(a, b)]
            if chosen:
                flips[kind].append(sum(chosen) / len(chosen))
        convergent["all"].append(all(s == "convergent" for s in states))
        for seed in seeds:
            part = [o["state"] == "convergent" for o in out if o["seed"] == seed]
            if part:
                convergent[seed].append(all(part))
    summary = {
        "states": {s: sum(r.get("state") == s for r in rows)
                   for s in ("convergent", "split", "collapsed", "backward")},
        "flip": {k: mean(v) for k, v in flips.items() if v},
        "convergence": {"by_seed": {str(s): mean(convergent[s]) for s in seeds if convergent[s]}},
    }
    if convergent["all"]:
        summary["convergence"]["all"] = mean(convergent["all"])
    return rows, {"lambda": summary, "questions": counts, "errored": errored, "skipped": skipped}


# ---------------------------------------------------------------- retrieval quality


def retrieval(ranked, relevant):
    seen = list(dict.fromkeys(ranked))
    relevant = set(relevant)
    hits = [s in relevant for s in seen]
    gain = sum(1 / math.log2(i + 2) for i, h in enumerate(hits[:10]) if h)
    ideal = sum(1 / math.log2(i + 2) for i in range(min(10, len(relevant))))
    return {"recall_at_5": sum(hits[:5]) / len(relevant), "precision_at_5": sum(hits[:5]) / 5,
            "mrr": next((1 / (i + 1) for i, h in enumerate(hits) if h), 0.0), "ndcg_at_10": gain / ideal}


# ---------------------------------------------------------------- seeds without effect


def seed_effect(calls):
    ok = [c for c in calls if c["outcome"] == "ok"]
    pairs = same = 0
    for i, a in enumerate(ok):
        for b in ok[:i]:
            if (a["question"], a["phrasing"]) == (b["question"], b["phrasing"]) and a["seed"] != b["seed"]:
                pairs += 1
                same += a.get("answer") == b.get("answer") and a["retrieved_texts"] == b["retrieved_texts"]
    return {"pairs": pairs, "same": same,
            "seed_without_effect": pairs > 0 and Fraction(same, pairs) >= Fraction(95, 100)}


# ---------------------------------------------------------------- a whole run


def distribution(values, percentiles):
    out = {"n": len(values), "mean": mean(values)}
    for name, p in percentiles:
        out[name] = percentile(values, p)
    return out


def score_run(gold, calls, texts, vectors, documents, arm, answers, cites, phrasings, view="best"):
    order = {q["id"]: i for i, q in enumerate(gold)}
    by_id = {q["id"]: q for q in gold}
    calls = sorted(calls, key=lambda c: (order[c["question"]], c["phrasing"], c["seed"]))
    scores = []
    known = []
    for c in calls:
        q = by_id[c["question"]]
        text = ([q["question"]] + q["paraphrases"])[c["phrasing"]]
        assert c["key"] == call_key(q["id"], text, c["seed"], arm)
        row = {"question": c["question"], "phrasing": c["phrasing"], "seed": c["seed"], "key": c["key"]}
        loop = tool_loop(c["tool_calls"])
        scores.append(row)
        known.append({**c, "tool_loop": loop})
        if c["outcome"] != "ok" or not q.get("answerable", True):
            continue
        snippets = [{**s, "text": texts[s["text_sha256"]]} for s in c["retrieved"]]
        anchor_texts = [a["text"] for a in q["anchors"]]
        answer = c.get("answer")
        qr, ra, aa = semantic_distance(
            vectors[text], [vectors[s["text"]] for s in snippets], [vectors[a] for a in anchor_texts],
            vectors[answer] if answer else None)
        for name, value in (("question_retrieved", qr), ("retrieved_anchor", ra), ("answer_anchor", aa)):
            if value is not None:
                row[name] = value
        cov = coverage(q["anchors"], snippets, documents)
        row["coverage"] = known[-1]["coverage"] = cov["coverage"]
        if "coverage_mode" in cov:
            row["coverage_mode"] = cov["coverage_mode"]
    rows, lam = score_lambda(gold, known, vectors, answers, cites)
    for row, l in zip(scores, rows):
        for name in ("anchored", "agreeing", "state", "flip"):
            if name in l:
                row[name] = l[name]

    n = len(calls)
    count = lambda test: sum(1 for c in calls if test(c))
    server = count(lambda c: c["outcome"] == "status" and 500 <= c["status"] <= 599)
    summary = {
        "calls": {"planned": n, "ok": count(lambda c: c["outcome"] == "ok"),
                  **{f: count(lambda c, f=f: c["outcome"] == f) for f in FAULTS},
                  "server_errors": server, "retried": 0, "paced": 0},
        "questions": lam["questions"],
        "error_rate": count(lambda c: c["outcome"] != "ok") / n,
        "server_error_rate": server / n,
        "semantic_distance": {},
    }
    for name in ("question_retrieved", "retrieved_anchor", "answer_anchor"):
        values = [(r["phrasing"], r[name] if name == "answer_anchor" else r[name][view])
                  for r in scores if name in r]
        if not values:
            continue
        part = distribution([v for _, v in values], (("median", "0.5"), ("p95", "0.95")))
        if name == "question_retrieved":
            part["by_phrasing"] = [mean([v for p, v in values if p == k]) for k in range(phrasings)]
            part["worst_phrasing"] = max(part["by_phrasing"][1:])
        summary["semantic_distance"][name] = part
    cov = [r["coverage"] for r in scores if "coverage" in r]
    summary["coverage"] = {
        **distribution(cov, (("p05", "0.05"),)),
        "pass_share": sum(round6(c) >= ANCHORED for c in cov) / len(cov),
        **{m: sum(r.get("coverage_mode") == m for r in scores) for m in ("exact", "aligned", "mixed")}}
    summary["lambda"] = lam["lambda"]
    summary["latency"] = {}
    for stage in ("total", "retrieve", "rerank", "reason"):
        values = [c["latency"][stage] for c in calls if c["outcome"] == "ok" and stage in c["latency"]]
        if values:
            summary["latency"][stage] = distribution(values, (("p50", "0.5"), ("p95", "0.95"), ("p99", "0.99")))
    summary["tool_loops"] = sum(k["tool_loop"] for k in known)
    summary["side_effects"] = sum(c["side_effects"] for c in calls)
    summary["dedupe_hits"] = sum(c["dedupe_hits"] for c in calls)
    if any(c["usage"] for c in calls):
        summary["usage"] = {k: sum(c["usage"].get(k, 0) for c in calls) for k in ("input_tokens", "output_tokens")}
    quality = [retrieval([s["section_id"] for s in c["retrieved"]],
                         [a["section_id"] for a in by_id[c["question"]]["anchors"]])
               for c in calls if c["outcome"] == "ok" and by_id[c["question"]].get("answerable", True)]
    summary["retrieval"] = {"n": len(quality), **{k: mean([x[k] for x in quality]) for k in quality[0]}}
    return scores, summary
