"""Two whole small runs, one with answers and one of retrieval only."""

import json
import random

import flipgate_ref as ref

SECTIONS = {
    "freeze": "Freeze every job whose side effects are not idempotent before the switch begins. A dedupe fence drops a second "
              "request that carries a key it has seen. Check the fence with one harmless duplicate.",
    "verify": "Verify the five version fields on both arms. The index hash, the embedding schema, the rerank configuration, the "
              "prompt version and the model version must equal their pins.",
    "warm": "Warm the green arm with twenty to forty gold questions so that its caches are primed. Compare distance, coverage and "
            "latency with the blue arm while nobody depends on green.",
    "flip": "Flip exactly one pointer in one operation that can be reversed. A pointer may be an ingress weight, a service "
            "selector, a name with a short time to live or an index alias.",
    "hold": "Hold and watch for fifteen to thirty minutes. Stop when coverage falls below its floor, when answers flip between "
            "seeds or when a tool call repeats itself.",
    "rollback": "Roll back by flipping the same pointer to the blue arm. The time to restore runs from the decision until probes see "
                "blue again and must stay below two minutes.",
}
URL = {"freeze": "handbook/before.md", "verify": "handbook/before.md", "warm": "handbook/before.md",
       "flip": "handbook/switch.md", "hold": "handbook/switch.md", "rollback": "handbook/switch.md"}


def documents():
    docs = {}
    place = {}
    for name, text in SECTIONS.items():
        url = URL[name]
        docs.setdefault(url, "\U0001f680 Handbook\n\n")
        docs[url] += f"## {name}\n"
        start = len(docs[url])
        docs[url] += text + "\n\n"
        place[name] = (url, start)
    return docs, place


GOLD = [
    ("Q_0001", "freeze", "What must happen to jobs with side effects before a switch?",
     ["Which jobs are frozen first?", "How are jobs that are not idempotent treated?", "What is done about side effects beforehand?"]),
    ("Q_0002", "verify", "Which fields are compared with their pins?",
     ["What has to equal the pins?", "Name the version fields that are verified.", "What is verified on both arms?"]),
    ("Q_0003", "warm", "How is the green arm warmed?",
     ["How do the caches get primed?", "How many questions warm the green arm?", "What is done with green while nobody depends on it?"]),
    ("Q_0004", "flip", "What may serve as the pointer?",
     ["What can be flipped in one operation?", "Is an index alias a pointer?", "How many knobs make an arm live?"]),
    ("Q_0005", "hold", "How long does one watch after the flip?",
     ["When does one stop while watching?", "How many minutes is the hold?", "What is watched for half an hour?"]),
    ("Q_0006", None, "Who won the football match last night?",
     ["What was the score of the match?", "Which team won yesterday?", "Did the home team lose?"]),
    ("Q_0007", "rollback", "How fast must blue be back?",
     ["What is the limit for the time to restore?", "How does one roll back?", "Within how many minutes do probes see blue?"]),
    ("Q_0008", "freeze+hold", "What protects against a second effect, and what stops the watch?",
     ["What drops a duplicate, and when is watching stopped?", "Fences and stop rules: what are they?", "What do fences drop and what ends the hold?"]),
]


def gold_set(docs, place):
    out = []
    for qid, sections, question, paraphrases in GOLD:
        anchors = []
        for name in (sections or "").split("+") if sections else []:
            url, start = place[name]
            text = SECTIONS[name]
            if qid == "Q_0008":  # one sentence of each
                text = text.split(". ")[1 if name == "freeze" else 0] + "."
            begin = docs[url].index(text, start)
            anchor = {"source_url": url, "section_id": name, "offsets": [begin, begin + len(text)], "text": text}
            if qid == "Q_0005":
                del anchor["offsets"]
            anchors.append(anchor)
        out.append({"id": qid, "question": question, "paraphrases": paraphrases, "anchors": anchors,
                    "answerable": bool(sections), "tags": []})
    return out


def build(kind, seed, near, anywhere, margins):
    rng = random.Random(seed)
    answers = kind == "answers"
    arm, cites, seeds, phrasings = ("green", True, [1, 2], 4) if answers else ("docs-vb", False, [1, 2], 4)
    docs, place = documents()
    gold = gold_set(docs, place)
    if not answers:
        gold = [q for q in gold if q["id"] != "Q_0008"]
    topics = {name: anywhere(rng) for name in SECTIONS}
    topics["none"] = anywhere(rng)
    vectors, texts = {}, {}

    def vector(text, name, spread):
        if text not in vectors:
            vectors[text] = near(rng, topics[name], spread)
        return text

    versions = {"INDEX_HASH": "9ab2", "EMBED_SCHEMA": "minilm-384", "RERANK_CONF": "none", "PROMPT_VER": "42", "MODEL_VER": "m-2"}
    artifact = ref.artifact(versions)

    def snippet(name, style):
        url, start = place[name]
        text = docs[url]
        begin = start + (0 if calm else rng.choice((0, 0, 12, 30)))
        end = min(begin + (400 if calm else rng.choice((90, 130, 400))), start + len(SECTIONS[name]))
        said = text[begin:end]
        out = {"snippet_id": f"S_{name}_{begin - start}_{end - begin}", "section_id": name, "source_url": url, "offsets": [begin, end]}
        if style == "bare":
            del out["offsets"]
            out["snippet_id"] += "b"
        elif style == "old":
            said = said.replace("the", "teh")
            out["snippet_id"] += "o"
        vector(said, name, 0.14)
        digest = ref.sha256(said)
        texts[digest] = said
        out["text_sha256"] = digest
        return out

    def retrieve(name, health):
        names = [n for n in SECTIONS if n != name]
        rng.shuffle(names)
        names = names[:4]
        if name != "none" and health > 0.15:
            names[rng.choice((0, 0, 0, 1, 3))] = name
            if rng.random() < 0.3:
                names.insert(1, name)
        out = [snippet(n, bare and "bare" or (rng.choice(("plain", "plain", "plain", "bare", "old")) if mixed else "plain")) for n in names]
        return out

    calls = []
    kinds = ["network", "timeout", "status", "shape", "status", "status"]
    codes = [503, 404, 500, 502]
    faults = 0
    calm = bare = False
    mixed = True
    for q in gold:
        names = [a["section_id"] for a in q["anchors"]] or ["none"]
        for text in [q["question"]] + q["paraphrases"]:
            vector(text, names[0], 0.12)
        for a in q["anchors"]:
            vector(a["text"], a["section_id"], 0.1)
        while True:
            keep = dict(vectors), dict(texts)
            said = [f"{q['id']} answer {letter}." for letter in "abcd"]
            if answers:
                for i, t in enumerate(said):
                    vector(t, names[0], 0.12 if i < 2 else 0.4)
                vector("I do not know.", "none", 0.1)
            mine = []
            calm = q["id"] in ("Q_0001", "Q_0003", "Q_0004")
            bare = q["id"] == "Q_0003"
            mixed = q["id"] in ("Q_0002", "Q_0004", "Q_0005", "Q_0008")
            steady = {p: retrieve(rng.choice(names), 1) for p in range(phrasings)}
            if calm:
                steady = {p: steady[0] for p in range(phrasings)}
            first = faults
            for p in range(phrasings):
                for s in seeds:
                    text = ([q["question"]] + q["paraphrases"])[p]
                    call = {"question": q["id"], "phrasing": p, "seed": s, "key": ref.call_key(q["id"], text, s, arm), "outcome": "ok",
                            "status": 200, "at": None, "latency": {}, "answer": None, "refused": False, "retrieved": [],
                            "citations": [], "tool_calls": [], "side_effects": 0, "dedupe_hits": 0, "usage": {},
                            "artifact_sha256": artifact, "trace_id": f"{rng.getrandbits(128):032x}", "retried": False}
                    r = rng.random()
                    errored = q["id"] == "Q_0007" and (p, s) != (1, 2)
                    if not calm and (r < 0.12 or (errored and r < 0.6)):
                        call["outcome"] = kinds[faults % 6]
                        call["status"] = {"status": codes[faults % 4], "shape": 200}.get(call["outcome"])
                        faults += 1
                        if call["status"] is None:
                            del call["status"]
                        for name in ("answer", "latency", "artifact_sha256"):
                            del call[name]
                        mine.append(call)
                        continue
                    if rng.random() < (0.5 if q["id"] == "Q_0004" else 0.0 if not calm else 1) or (not calm and r < 0.6):
                        call["retrieved"] = steady[p]
                    else:
                        call["retrieved"] = retrieve(rng.choice(names), rng.random())
                    call["latency"] = {"total": round(rng.lognormvariate(-1.5, 0.4), 6)}
                    if rng.random() < 0.85:
                        call["latency"]["retrieve"] = round(rng.uniform(0.008, 0.03), 6)
                    if answers:
                        if rng.random() < 0.7:
                            call["latency"]["reason"] = round(call["latency"]["total"] * 0.6, 6)
                        call["answer"] = rng.choice(said[:2] if calm or rng.random() < 0.75 else said)
                        ids = [x["snippet_id"] for x in call["retrieved"]]
                        call["citations"] = rng.choice(([ids[0]], [ids[0]], ids[:2], [names[0]], ids[:1] if calm else []))
                        call["usage"] = {"input_tokens": rng.randrange(300, 900), "output_tokens": rng.randrange(20, 90)}
                        call["side_effects"] = int(rng.random() < 0.1)
                        call["dedupe_hits"] = int(rng.random() < 0.1)
                        odd = 0.5 if calm else rng.random()
                        if not q["answerable"] and odd < 0.7 or errored or odd < 0.04:
                            call["answer"], call["refused"], call["citations"] = "I do not know.", True, []
                        elif odd < 0.09:
                            call["answer"] = ""
                        elif odd > 0.95:
                            call["retrieved"], call["citations"] = [], names[:1]
                        tool = 1 if calm else rng.random()
                        call["tool_calls"] = [{"name": "search", "arguments": {"q": text}}]
                        if tool < 0.05:
                            call["tool_calls"] *= 3
                        elif tool < 0.08:
                            call["tool_calls"] = [{"name": n, "arguments": {"step": i}} for i, n in enumerate(("search", "open") * 3)]
                        elif tool < 0.2:
                            call["tool_calls"] = [{"name": n, "arguments": {"step": i}} for i, n in enumerate(("search", "open", "search"))]
                    else:
                        del call["answer"]
                        if errored or not calm and rng.random() < 0.06:
                            call["retrieved"] = []
                    mine.append(call)
            try:
                if q["answerable"]:
                    margins([q], mine, vectors)
                    assert len(mine) == phrasings * len(seeds)
                    if q["id"] == "Q_0007":
                        assert mine[3]["outcome"] == "ok" and mine[3].get("answer", "x") not in ("", "I do not know.")
                        assert mine[3]["retrieved"] and (not cites or mine[3]["citations"]) and not ref.tool_loop(mine[3]["tool_calls"])
                break
            except AssertionError:
                faults = first
                vectors.clear()
                vectors.update(keep[0])
                texts.clear()
                texts.update(keep[1])
        calls += mine
    rng.shuffle(calls)
    for i, c in enumerate(calls):
        c["at"] = f"2026-11-22T21:30:{i // 10:02d}.{i % 10}00Z"
    return {"arm": arm, "answers": answers, "cites": cites, "seeds": seeds, "phrasings": phrasings, "view": "best"}, gold, calls, texts, vectors, docs


def make(folder, near, anywhere, margins):
    for kind, seed in (("answers", 1111), ("retrieval", 2222)):
        config, gold, calls, texts, vectors, docs = build(kind, seed, near, anywhere, margins)
        used = {s["text_sha256"] for c in calls for s in c["retrieved"]}
        texts = {k: texts[k] for k in sorted(used)}
        wanted = set(texts.values()) | {c.get("answer") for c in calls}
        for q in gold:
            wanted |= {q["question"], *q["paraphrases"], *(a["text"] for a in q["anchors"])}
        vectors = {t: v for t, v in vectors.items() if t in wanted}
        run = lambda documents: ref.score_run(gold, calls, texts, vectors, documents, config["arm"], config["answers"],
                                              config["cites"], config["phrasings"])
        scores, summary = run({})
        with_documents = run(docs)
        assert (scores, summary) == with_documents  # the same with the anchors' texts alone and with the documents at hand
        for r in scores:
            assert "coverage" not in r or abs(r["coverage"] - 0.7) > 1e-5 or r["coverage"] == 0.7
        print(f"  {kind}:", json.dumps(summary))
        print("   states absent:", sum("state" not in r for r in scores), " no ΔS:", sum("question_retrieved" not in r for r in scores))
        out = folder / kind
        out.mkdir(parents=True, exist_ok=True)
        lines = lambda rows: "".join(json.dumps(r, allow_nan=False) + "\n" for r in rows)
        listing = lambda rows: "[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n"
        files = {
            "source.json": json.dumps({
                "source": "test/reference (Python, written from the specification alone; see its README for the readings R1 ...). "
                          f"random.Random({seed}). calls.jsonl is in order of arrival, scores.jsonl in plan order.", **config}, indent=1) + "\n",
            "gold.json": listing(gold), "calls.jsonl": lines(calls),
            "snippets.jsonl": lines({"sha256": k, "text": v} for k, v in texts.items()),
            "vectors.json": "{\n" + ",\n".join(f"{json.dumps(t)}: {json.dumps(v)}" for t, v in sorted(vectors.items())) + "\n}\n",
            "documents.json": json.dumps(docs, indent=1) + "\n",
            "scores.jsonl": lines(scores), "summary.json": json.dumps(summary, indent=1, allow_nan=False) + "\n",
        }
        for name, text in files.items():
            (out / name).write_text(text, encoding="ascii")
