"""Writes the fixtures in ../fixtures/reference. See README.md.

    python generate.py [--cranfield DIR]
"""

import argparse
import json
import math
import random
import unicodedata
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytrec_eval
import scipy.spatial.distance as spatial

import flipgate_ref as ref
import summary_runs

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "fixtures" / "reference"


# ---------------------------------------------------------------- writing


def pretty(value, indent=0, width=170):
    flat = json.dumps(value, ensure_ascii=True, separators=(", ", ": "), allow_nan=False)
    if len(flat) + indent <= width or not isinstance(value, (dict, list)) or not value:
        return flat
    pad, end = " " * (indent + 1), " " * indent
    if isinstance(value, dict):
        rows = [f"{pad}{json.dumps(k)}: {pretty(v, indent + 1, width)}" for k, v in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + end + "}"
    if all(isinstance(v, (int, float, str)) for v in value):  # wrap plain lists
        lines, line = [], ""
        for v in value:
            item = json.dumps(v)
            if line and len(line) + len(item) + 2 + indent > width:
                lines.append(line)
                line = ""
            line += (", " if line else "") + item
        return "[\n" + ",\n".join(pad + x for x in lines + [line]) + "\n" + end + "]"
    rows = [pad + pretty(v, indent + 1, width) for v in value]
    return "[\n" + ",\n".join(rows) + "\n" + end + "]"


def write(name, source, cases):
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    assert len({c["name"] for c in cases}) == len(cases), name
    text = pretty({"source": source, "cases": cases}) + "\n"
    assert len(text) < 300_000, (name, len(text))
    assert json.loads(text)["cases"] == json.loads(json.dumps(cases))
    path.write_text(text, encoding="ascii")
    print(f"{name}: {len(cases)} cases, {len(text)} bytes")


BY = "test/reference (Python, written from the specification alone; see its README for the readings R1 ...). "


# ---------------------------------------------------------------- vectors


def unit(target, n=1024):
    """A vector of exactly length 1 near `target`: integers over n, so exact in float32 and in every product."""
    t = np.asarray(target, float)
    t = t / np.linalg.norm(t) * n
    ints = [round(x) for x in t]
    for wide in (3, 8, 20, 60):
        best = None
        for i, j, k in ((5, 6, 7), (2, 3, 4), (0, 1, 2), (1, 4, 7), (3, 5, 6)):
            rest = n * n - sum(x * x for m, x in enumerate(ints) if m not in (i, j, k))
            for x in range(ints[i] - wide, ints[i] + wide + 1):
                for y in range(ints[j] - wide, ints[j] + wide + 1):
                    z2 = rest - x * x - y * y
                    if z2 < 0:
                        continue
                    z = math.isqrt(z2)
                    if z * z == z2:
                        z = -z if ints[k] < 0 else z
                        far = (x - ints[i]) ** 2 + (y - ints[j]) ** 2 + (z - ints[k]) ** 2
                        if best is None or far < best[0]:
                            best = (far, i, j, k, x, y, z)
            if best:
                break
        if best:
            _, i, j, k, x, y, z = best
            ints[i], ints[j], ints[k] = x, y, z
            out = [v / n for v in ints]
            assert sum(v * v for v in out) == 1
            assert all(float(np.float32(v)) == v for v in out)
            return out
    raise AssertionError("no unit vector")


def near(rng, centre, spread):
    return unit([c + spread * rng.gauss(0, 1) for c in centre])


def anywhere(rng):
    return unit([rng.gauss(0, 1) for _ in range(8)])


# ---------------------------------------------------------------- 1 percentiles

PS = ("0.05", "0.5", "0.95", "0.99", "0.025", "0.975")


def percentiles():
    cases = []
    for p in PS:
        positions = [ref.position(p, n) for n in range(1, 401)]
        assert positions == [max(1, -(-Fraction(p).numerator * n // Fraction(p).denominator)) for n in range(1, 401)]
        cases.append({"name": f"positions of p = {p} for n = 1..400 (from 1)",
                      "input": {"p": float(p), "n_from": 1, "n_to": 400}, "expected": {"positions": positions}})
    wrong = sorted({n for p in PS for n in range(1, 401) if math.ceil(float(p) * n) != ref.position(p, n)})
    print("  n where the floating-point product rounds up wrongly:", wrong)
    rng = random.Random(101)
    for n in sorted({1, 2, 3, 4, 5, 7, 10, 19, 20, 21, 39, 40, 41, 60, 80, 99, 100, 101, 120, 160, 199, 200, 201, 280,
                     360, 399, 400} | set(wrong[:8])):
        ties = n % 3 == 0
        values = [rng.randrange(8) / 8 if ties else round(rng.random(), 4) for _ in range(n)]
        expected = {"percentiles": {p: ref.percentile(values, p) for p in PS}}
        for p in PS:
            got = sorted(values)[int(ref.position(p, n)) - 1]
            inverted = np.quantile(values, float(p), method="inverted_cdf") if n not in wrong else got
            assert got == inverted, (n, p, got, inverted)
        expected["median"] = expected["percentiles"]["0.5"]
        expected["mean"] = ref.mean(values)
        assert abs(expected["mean"] - np.mean(values)) < 1e-12
        cases.append({"name": f"sample of {n}{', with ties' if ties else ''}", "input": {"values": values},
                      "expected": expected})
    write("percentile.json", BY + "Nearest rank, position ceil(p n) from 1 with p as an exact decimal; the median is "
          "the percentile 0.5; the mean is the sum in the given order over n. Checked against numpy (inverted_cdf). "
          "random.Random(101).", cases)


# ---------------------------------------------------------------- 2 semantic distance


def distances():
    rng = random.Random(102)
    cases = []

    def add(name, question, snippets, anchors, answer=None, **more):
        qr, ra, aa = ref.semantic_distance(question, snippets, anchors, answer)
        expected = {k: v for k, v in (("question_retrieved", qr), ("retrieved_anchor", ra), ("answer_anchor", aa))
                    if v is not None}
        if snippets and any(any(s) for s in snippets):
            best = min(spatial.cosine(question, s) for s in snippets if any(s))
            assert abs(best - qr["best"]) < 1e-12
            weights = 1 / np.log2(np.arange(len(snippets)) + 2)
            pooled = weights @ np.array(snippets)
            assert abs(spatial.cosine(question, pooled) - qr["pooled"]) < 1e-12
            if anchors:
                assert abs(min(spatial.cosine(pooled, a) for a in anchors) - ra["pooled"]) < 1e-12
                best = spatial.cdist([s for s in snippets if any(s)], anchors, "cosine").min()
                assert abs(best - ra["best"]) < 1e-12
        given = {"question": question, "snippets": snippets, "anchors": anchors}
        if answer is not None:
            given["answer"] = answer
        cases.append({"name": name, **more, "input": given, "expected": expected})

    for snippets in (1, 2, 3, 5, 10, 20):
        for anchors in (1, 2, 3):
            topic = anywhere(rng)
            add(f"{snippets} snippets, {anchors} anchors", near(rng, topic, 0.15),
                [near(rng, topic, 0.25) for _ in range(snippets)], [near(rng, topic, 0.2) for _ in range(anchors)],
                near(rng, topic, 0.2))
    one = anywhere(rng)
    add("the snippet is the question", one, [one], [anywhere(rng)], one)
    axis = lambda i, s=1.0: [s if j == i else 0.0 for j in range(8)]
    add("at right angles", axis(0), [axis(1), axis(2)], [axis(3)], axis(4))
    add("opposite: distance 2", axis(0), [axis(0, -1.0)], [axis(0)], axis(0, -1.0))
    add("pooled weighs by rank: the same two snippets ...", axis(0), [axis(0), axis(1)], [axis(1)])
    add("pooled weighs by rank: ... the other way round", axis(0), [axis(1), axis(0)], [axis(1)])
    add("no snippets: both are missing, the answer still has its distance", axis(0), [], [axis(0)], axis(1))
    add("no snippets, no answer", axis(0), [], [axis(0)])
    add("no anchors", axis(0), [axis(0), axis(1)], [])
    add("answer, several anchors: the smallest", axis(0), [axis(1)], [axis(2), axis(4), axis(5)], axis(4))
    add("pooled sum of zero length: missing", axis(0), [[0.0] * 8], [axis(0)], axis(0), reading="R1")
    add("one snippet vector without length beside a good one", axis(0), [[0.0] * 8, axis(1)], [axis(1)], reading="R1")
    write("semantic-distance.json", BY + "Every vector has length exactly 1 and is exactly representable in float32 "
          "(integers over 1024); float64 arithmetic; absent keys are missing values. Compare with a tolerance of 1e-9 "
          "in float64, 1e-6 in float32. Checked against scipy. random.Random(102).", cases)


# ---------------------------------------------------------------- 3 windows


def window_cases():
    cases = []
    counts = [1, 2, 3, 126, 127, 128, 200, 253, 254, 255, 256, 257, 380, 381, 382, 383, 507, 508, 509, 510, 600, 634,
              635, 636, 637, 761, 762, 763, 888, 889, 890, 1000, 1015, 1016, 1017, 1143, 1144, 1199, 1200]
    for n in counts:
        w = ref.windows(n)
        assert w[0][0] == 0 and w[-1][1] == n
        assert all(b - a == min(254, n) for a, b in w)
        assert all(b[0] - a[0] == 127 for a, b in zip(w[:-2], w[1:-1])) and all(0 < b[0] - a[0] <= 127 for a, b in zip(w, w[1:]))
        assert len(w) == (1 if n <= 254 else 1 + -(-(n - 254) // 127))
        cases.append({"name": f"{n} tokens", "input": {"tokens": n}, "expected": {"windows": w}})
    rng = random.Random(103)
    for n in (1, 2, 2, 3, 5, 9):
        topic = anywhere(rng)
        vectors = [[x * s for x in near(rng, topic, 0.3)] for s in (rng.choice((0.5, 1.0, 2.0, 4.0)) for _ in range(n))]
        out = ref.combine(vectors)
        m = np.array(vectors)
        m = (m / np.linalg.norm(m, axis=1, keepdims=True)).mean(0)
        assert np.allclose(out, m / np.linalg.norm(m), atol=1e-14, rtol=0)
        cases.append({"name": f"combine {n} window vectors ({len(cases)})", "input": {"vectors": vectors},
                      "expected": {"vector": out}})
    write("windows.json", BY + "Windows as half-open intervals of tokens without the two special ones; the last window "
          "is a whole one that ends at the text's end (R2). The window vectors to combine are NOT normalised. "
          "random.Random(103).", cases)


# ---------------------------------------------------------------- 4 tokens


def token_cases():
    texts = [
        ("empty", ""), ("blank", " \t\n "), ("punctuation only", "... -- !?"),
        ("plain", "Flip the ONE pointer, then hold for 15 to 30 minutes."),
        ("apostrophes and hyphens split", "don't re-run it\u2019s well-known"),
        ("underscores split", "INDEX_HASH=7c1f_a PROMPT_VER"),
        ("digits", "p95 is 0.31 s, 1,000 calls, 50%"),
        ("letters and digits are one run", "v2beta3 x86 3rd"),
        ("composed accents", "Caf\u00e9 na\u00efve \u00dcber stra\u00dfe \u0141\u00f3d\u017a"),
        ("decomposed accents: spans in the text as written", "Cafe\u0301 nai\u0308ve U\u0308ber"),
        ("two marks on one letter, decomposed", "Vie\u0323\u0302t Nam"),
        ("upper-case dotted I grows when lower-cased", "\u0130stanbul X"),
        ("capital sharp s, Greek, Cyrillic", "STRA\u1e9eE \u03a3\u039f\u03a6\u0399\u0391 \u041c\u043e\u0441\u043a\u0432\u0430"),
        ("ligatures", "the \ufb01rst e\ufb03cient o\ufb00er"),
        ("full width", "\uff26\uff2c\uff29\uff30\u3000\uff11\uff12\uff13\uff01 ok"),
        ("superscripts and subscripts", "x\u00b2 + H\u2082O = 10\u2076"),
        ("circled digit, Roman numeral, unit, trade mark", "\u2460 \u2163 5\u338f Foo\u2122"),
        ("one character, two tokens: a fraction", "a 3\u00bd b"),
        ("Han", "\u5207\u6362\u524d\u7684\u6307\u9488"),
        ("Han among Latin", "Blue\u84dd\u8272Green\u7eff2"),
        ("Han outside the BMP", "a\U00020bb7\U0002a6b2b"),
        ("Han iteration mark", "\u4eba\u3005"),
        ("Hiragana", "\u3072\u3089\u304c\u306a\u3092\u8aad\u3080"),
        ("Katakana", "\u30ab\u30bf\u30ab\u30ca"),
        ("Katakana, half width", "\uff76\uff80\uff76\uff85 ok"),
        ("Katakana, half width, voiced marks compose", "\uff8a\uff9e\uff70\uff7c\uff9e\uff6e\uff9d"),
        ("Hiragana with a combining voiced mark", "\u304b\u3099\u304d"),
        ("long vowel mark between Katakana", "\u30b3\u30fc\u30d2\u30fc"),
        ("one square character, four tokens", "\u337f!"),
        ("Thai", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 ok \u0e51\u0e52"),
        ("Thai sara am decomposes", "\u0e19\u0e49\u0e33"),
        ("Lao", "\u0eaa\u0eb0\u0e9a\u0eb2\u0e8d\u0e94\u0eb5"),
        ("Khmer with coeng", "\u1780\u17d2\u1793\u17bb\u1784"),
        ("Myanmar", "\u1019\u103c\u1014\u103a\u1019\u102c"),
        ("Arabic with marks and tatweel", "\u0643\u0650\u062a\u064e\u0627\u0628\u064c \u0639\u0640\u0631\u0628\u064a \u0663\u0664"),
        ("Arabic presentation form", "\ufefb ok"),
        ("Hebrew with points", "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd"),
        ("Devanagari", "\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902 \u0967\u0968"),
        ("Tamil vowel sign in two parts composes", "\u0b95\u0bca \u0b95\u0bc6\u0bbe"),
        ("Hangul, precomposed and jamo", "\ud55c\uad6d \u1112\u1161\u11ab\u1100\u116e\u11a8"),
        ("Persian with zero width non-joiner", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("emoji are no tokens", "ship it \U0001f680\U0001f44d\U0001f3fd now\U0001f600x"),
        ("mathematical letters and digits", "\U0001d400\U0001d7d8 \U0001d4b3"),
        ("Deseret lower-cases outside the BMP", "\U00010400\U00010428"),
        ("emoji sequence with joiners", "\U0001f468\u200d\U0001f4bb ok"),
    ]
    literal = [
        ("variation selector after a symbol is a mark, so a token", "\u2764\ufe0f ok"),
        ("keycap: a digit with two marks", "1\ufe0f\u20e3"),
    ]
    cases = []
    for name, text in texts + literal:
        found = ref.tokens(text)
        assert [t[0] for t in found] == whole_tokens(text), (name, found, whole_tokens(text))
        for token, a, b in found:
            assert 0 <= a < b <= len(text)
        case = {"name": name, "input": {"text": text}, "expected": {"tokens": found}}
        if (name, text) in literal:
            case["reading"] = "R4"
        cases.append(case)
    write("tokens.json", BY + "Tokens as [token, start, end]: half-open spans in code points of the text as written "
          f"(R3). Unicode {unicodedata.unidata_version} categories; only characters older than that are used. The tokens "
          "(not the spans) checked against matching over the whole normalised text.", cases)


def whole_tokens(text):
    out, run = [], ""
    for char in unicodedata.normalize("NFKC", text).lower() + " ":
        if ref.is_word(char) and not ref.is_single(char):
            run += char
            continue
        if run:
            out.append(run)
            run = ""
        if ref.is_word(char):
            out.append(char)
    return out


# ---------------------------------------------------------------- 5 coverage


def coverage_cases():
    cases = []
    doc = ("Freeze the jobs with side effects that are not idempotent. Verify the five version fields on both arms. "
           "Warm the green arm with twenty to forty gold questions. Flip the one pointer in one operation. "
           "Hold and watch for fifteen to thirty minutes. Unfreeze the jobs or roll back by flipping the same pointer.")
    emoji = "\U0001f680\U0001f680 " + doc
    han = "\u5207\u6362\u4e4b\u524d\u5148\u51bb\u7ed3\u4efb\u52a1\u3002\u9a8c\u8bc1\u4e94\u4e2a\u7248\u672c\u5b57\u6bb5\u3002\u7136\u540e\u9884\u70ed\u7eff\u8272\u96c6\u7fa4\u3002"
    docs = {"a.md": doc, "b.md": emoji, "c.md": han}

    def at(url, text):
        start = docs[url].index(text)
        return [start, start + len(text)]

    def anchor(url, text, section="s1", offsets=True, with_text=True):
        out = {"source_url": url, "section_id": section}
        if offsets:
            out["offsets"] = at(url, text)
        if with_text:
            out["text"] = text
        return out

    def snip(url, text, section="s1", offsets=None, said=None):
        out = {"snippet_id": None, "section_id": section, "source_url": url,
               "offsets": offsets if offsets is not None else at(url, text), "text": said or text}
        return out

    def loose(text, url=None, section=None):
        out = {"snippet_id": None, "text": text}
        if url:
            out["source_url"] = url
        if section:
            out["section_id"] = section
        return out

    def add(name, anchors, snippets, documents=(), reading=None):
        snippets = [{**s, "snippet_id": f"S_{i}"} for i, s in enumerate(snippets)]
        given = {"anchors": anchors, "snippets": snippets, "documents": {u: docs[u] for u in documents}}
        case = {"name": name}
        if reading:
            case["reading"] = reading
        expected = ref.coverage(anchors, snippets, given["documents"])
        assert 0 <= expected["coverage"] <= 1
        cases.append({**case, "input": given, "expected": expected})
        return expected

    verify = "Verify the five version fields on both arms."
    warm = "Warm the green arm with twenty to forty gold questions."
    flip = "Flip the one pointer in one operation."
    hold = "Hold and watch for fifteen to thirty minutes."
    A, W, F = anchor("a.md", verify), anchor("a.md", warm), anchor("a.md", flip)
    bare = lambda a: {k: v for k, v in a.items() if k != "text"}
    textual = lambda a: {k: v for k, v in a.items() if k != "offsets"}

    # exact
    full = add("exact: the anchor itself", [A], [snip("a.md", verify)])
    assert full["coverage"] == 1 and full["coverage_mode"] == "exact"
    add("exact: first half", [A], [snip("a.md", "Verify the five version")])
    add("exact: a snippet that ends inside a token does not cover it", [A], [snip("a.md", "Verify the five vers")])
    add("exact: two snippets that meet inside a token cover it together", [A],
        [snip("a.md", "Verify the five vers"), snip("a.md", "ion fields on both arms")])
    add("exact: overlapping snippets count a token once", [A],
        [snip("a.md", "Verify the five version fields"), snip("a.md", "five version fields on")])
    add("exact: the same snippet twice", [A], [snip("a.md", "the five version"), snip("a.md", "the five version")])
    add("exact: short runs count (no minimum of 5)", [A], [snip("a.md", "the five")])
    add("exact: snippet larger than the anchor, document at hand", [A], [snip("a.md", doc)], ["a.md"])
    add("exact: snippet larger than the anchor, only the anchor's text", [A], [snip("a.md", doc)])
    add("exact: same source, elsewhere in it", [A], [snip("a.md", hold)], ["a.md"])
    add("exact: same source, elsewhere, only the anchor's text: the length agrees", [A], [snip("a.md", hold)])
    add("exact: anchor with offsets and document, without text", [bare(A)], [snip("a.md", verify)], ["a.md"])
    add("exact: half, anchor with offsets and document", [bare(A)], [snip("a.md", "version fields on both arms")], ["a.md"])
    add("exact: no section ids, only urls", [{k: v for k, v in A.items() if k != "section_id"}],
        [{k: v for k, v in snip("a.md", verify).items() if k != "section_id"}])
    add("exact: the snippet has no section id, the url is the same", [A],
        [{k: v for k, v in snip("a.md", verify).items() if k != "section_id"}])
    add("exact: no urls, only section ids", [{k: v for k, v in A.items() if k != "source_url"}],
        [{k: v for k, v in snip("a.md", verify).items() if k != "source_url"}])
    E = anchor("b.md", verify)
    add("exact: code points, not UTF-16 units, before the anchor", [E], [snip("b.md", verify)], ["b.md"])
    add("exact: code points, from the start of the document", [E], [snip("b.md", emoji[:90])], ["b.md"])
    # other source
    add("other url and section: covers nothing, counts as exact", [A], [snip("a.md", verify, "s1") | {
        "source_url": "z.md", "section_id": "s9"}])
    add("same section id, other url", [A], [snip("a.md", verify) | {"source_url": "z.md"}])
    add("same url, other section id", [A], [snip("a.md", verify, "s2")], ["a.md"])
    add("other source beside the right one", [A],
        [snip("a.md", verify) | {"source_url": "z.md"}, snip("a.md", "Verify the five")])
    # aligned
    add("aligned: no offsets, whole anchor", [A], [loose(verify, "a.md", "s1")])
    add("aligned: no offsets, run inside a longer text", [A],
        [loose("As said before: verify the five version fields, ON both arms! Then go.", "a.md", "s1")])
    add("aligned: a run of exactly 5", [A], [loose("please check five version fields on both sides", "a.md", "s1")])
    add("aligned: a run of only 4 covers nothing", [A], [loose("please check five version fields on all sides", "a.md", "s1")])
    add("aligned: 5 tokens, not consecutive", [A], [loose("verify the five old version fields on arms", "a.md", "s1")])
    add("aligned: two runs in one snippet", [W],
        [loose("warm the green arm with ten or twenty to forty gold questions", "a.md", "s1")])
    add("aligned: two snippets united, overlap counted once", [W],
        [loose("Warm the green arm with twenty people", "a.md"), loose("with twenty to forty gold questions", "a.md")])
    add("aligned: a run must lie in one snippet", [W],
        [loose("warm the green arm", "a.md"), loose("with twenty to forty", "a.md")])
    add("aligned: text without offsets from another source still counts", [A], [loose(verify, "z.md", "s9")], reading="R6")
    add("aligned: anchor with text only, no source", [{"text": verify}], [loose(verify)])
    add("aligned: anchor with text only, snippet with offsets in the same source", [textual(A)], [snip("a.md", verify)])
    add("text-only anchor without a source, snippet with offsets: nothing to compare", [{"text": verify}],
        [snip("a.md", verify)], reading="R5")
    add("anchor has only a section, snippet only a url: nothing to compare", [{k: v for k, v in A.items() if k != "source_url"}],
        [{k: v for k, v in snip("a.md", verify).items() if k != "section_id"}], reading="R5")
    add("snippet with offsets but without any source", [A],
        [{k: v for k, v in snip("a.md", verify).items() if k not in ("section_id", "source_url")}], reading="R5")
    add("aligned: anchor of 3 tokens needs 3", [{"text": "green arm with"}], [loose("warm the green arm with care")])
    add("aligned: anchor of 3 tokens, only 2 there", [{"text": "green arm with"}], [loose("a green arm for all")])
    add("aligned: anchor of 1 token", [{"text": "Pointer."}], [loose("the one pointer")])
    add("aligned: anchor of 5 tokens needs all 5", [{"text": "flip the one pointer now"}], [loose("flip the one pointer")])
    add("aligned: repeated words in the anchor", [{"text": "again and again and again and again we flip"}],
        [loose("and again and again and")])
    add("aligned: accents composed and decomposed are the same token", [{"text": "Le caf\u00e9 de la gare est ferm\u00e9"}],
        [loose("le CAFE\u0301 de la gare")])
    # offsets invalid
    add("offsets negative: ignored, aligned", [A], [snip("a.md", verify, offsets=[-3, 41])])
    add("offsets reversed: ignored, aligned", [A], [snip("a.md", verify, offsets=at("a.md", verify)[::-1])])
    add("offsets beyond the document", [A], [snip("a.md", verify, offsets=[len(doc) - 10, len(doc) + 34])], ["a.md"])
    add("offsets up to the end of the document are valid", [A],
        [snip("a.md", doc[-30:], offsets=[len(doc) - 30, len(doc)])], ["a.md"])
    add("offsets beyond the document in UTF-16 only: valid", [E], [snip("b.md", emoji)], ["b.md"])
    # offsets disagree
    add("offsets disagree: an older text at the same place, of the same length", [A],
        [snip("a.md", verify, said=verify.replace("five", "four"))])
    add("offsets disagree: document at hand", [A],
        [snip("a.md", verify, said=verify.replace("five", "four"))], ["a.md"])
    add("offsets disagree: shifted by three", [A],
        [snip("a.md", verify, offsets=[x + 3 for x in at("a.md", verify)])], ["a.md"])
    add("offsets disagree: length differs, only the anchor's text", [A], [snip("a.md", verify, said=verify + " Always.")])
    add("offsets disagree: outside the anchor, seen only with the document", [A],
        [snip("a.md", hold, said=hold.replace("fifteen", "sixteen"))], ["a.md"])
    add("not seen: outside the anchor, without the document, of the same length", [A],
        [snip("a.md", hold, said=hold.replace("fifteen", "sixteen"))])
    add("disagree and invalid: both findings, once each", [A],
        [snip("a.md", verify, said=verify.replace("both", "many")), snip("a.md", verify, offsets=[-1, 5]),
         snip("a.md", verify, offsets=[9, 3])])
    # mixed
    add("mixed: exact head, aligned tail", [W],
        [snip("a.md", "Warm the green arm"), loose("with twenty to forty gold questions", "a.md")])
    add("mixed: exact and aligned overlap, counted once", [W],
        [snip("a.md", "Warm the green arm with twenty to"), loose("with twenty to forty gold questions", "a.md")])
    add("mixed: other source with offsets, aligned one", [A], [snip("a.md", hold) | {"source_url": "z.md"},
                                                              loose(verify, "a.md", "s1")])
    add("mixed: one exact, one disagreeing", [A],
        [snip("a.md", "Verify the five"), snip("a.md", "version fields on both arms", said="version fields on both legs")])
    # several anchors
    H = anchor("a.md", hold, "s2")
    add("two anchors, one retrieved", [A, H], [snip("a.md", verify)])
    add("two anchors in two sections, both retrieved", [A, H], [snip("a.md", verify), snip("a.md", hold, "s2")])
    add("two anchors of one section, one snippet over both", [A, F], [snip("a.md", doc[60:210])], ["a.md"])
    add("two anchors that overlap: a shared token counts once", [A, anchor("a.md", "on both arms. Warm the green arm")],
        [snip("a.md", verify)], ["a.md"])
    add("two anchors that overlap: the shared part alone", [A, anchor("a.md", "on both arms. Warm the green arm")],
        [snip("a.md", "on both arms.")], ["a.md"])
    add("two anchors, exact for one of them, other source for the other", [A, anchor("b.md", verify, "s7")],
        [snip("a.md", verify)])
    add("two anchors, aligned with both", [A, H], [loose(verify + " " + hold)])
    add("two short anchors: the minimum is per anchor", [{"text": "green arm with"}, {"text": "one pointer"}],
        [loose("warm the green arm with care"), loose("there is one pointer here")], reading="R7")
    add("exact for one anchor, the other has text only: nothing is aligned", [A, textual(H) | {"section_id": "s1"}],
        [snip("a.md", doc)], ["a.md"], reading="R8")
    # none
    none = add("no snippets", [A], [])
    assert none["coverage"] == 0 and "coverage_mode" not in none
    add("no snippets, two anchors", [A, H], [])
    # Han
    C = anchor("c.md", "\u9a8c\u8bc1\u4e94\u4e2a\u7248\u672c\u5b57\u6bb5")
    add("Han: exact, part", [C], [snip("c.md", "\u4e94\u4e2a\u7248\u672c")], ["c.md"])
    add("Han: aligned, run of 5", [C], [loose("\u8bf7\u9a8c\u8bc1\u4e94\u4e2a\u7248\u5427")])
    add("Han: aligned, run of 4", [C], [loose("\u8bf7\u9a8c\u8bc1\u4e94\u4e2a\u5427")])

    rng = random.Random(105)
    words = "the flip holds one pointer and green waits".split()
    for i in range(16):
        text = " ".join(rng.choice(words) for _ in range(70)) + "."
        docs["r.md"] = text
        spans = []
        for _ in range(rng.choice((1, 1, 2))):
            a = rng.randrange(0, len(text) - 120)
            spans.append([a, a + rng.randrange(40, 110)])
        spans = [[text.rfind(" ", 0, a) + 1, text.index(" ", b)] for a, b in spans]
        anchors = [{"source_url": "r.md", "offsets": s, "text": text[s[0]:s[1]]} for s in spans]
        snippets = []
        for _ in range(rng.randrange(1, 6)):
            a = rng.randrange(0, len(text) - 60)
            b = min(len(text), a + rng.randrange(10, 120))
            s = {"snippet_id": None, "source_url": "r.md", "text": text[a:b]}
            kind = rng.random()
            if kind < 0.45:
                s["offsets"] = [a, b]
            elif kind < 0.6:
                s["offsets"] = [a + 1, b + 1] if b < len(text) and text[a + 1:b + 1] != s["text"] else [a, b]
            elif kind < 0.7:
                s["offsets"] = [b, a]
            snippets.append(s)
        add(f"random {i}", anchors, snippets, ["r.md"])
    modes = [c["expected"].get("coverage_mode") for c in cases]
    print("  modes:", {m: modes.count(m) for m in set(modes)})
    write("coverage.json", BY + "Offsets in code points. `covered` and `tokens` are the two counts behind `coverage`; "
          "`findings` lists only offsets_disagree and offsets_invalid, sorted, each once; `coverage_mode` is absent "
          "without snippets. Aligned runs checked against a dynamic-programming search. Cases with a `reading` rest on "
          "that reading. random.Random(105).", cases)


# ---------------------------------------------------------------- 6 tool loops


def loop_cases():
    cases = []

    def add(name, calls, want):
        calls = [{"name": c[0], "arguments": c[1]} for c in calls]
        assert ref.tool_loop(calls) is want, name
        cases.append({"name": name, "input": {"tool_calls": calls}, "expected": {"loop": want}})

    fresh = iter(range(10 ** 6))
    names = lambda text: [(n, {"i": next(fresh)}) for n in text.split()]
    add("no calls", [], False)
    add("one call", [("search", {"q": "x"})], False)
    add("same call twice", [("search", {"q": "x"})] * 2, False)
    add("same call three times", [("search", {"q": "x"})] * 3, True)
    add("same tool, three arguments", [("search", {"q": q}) for q in "xyz"], False)
    add("same tool, ten arguments", [("search", {"q": q}) for q in "abcdefghij"], False)
    add("same call three times, not in succession", [
        ("search", {"q": "x"}), ("open", {"id": 1}), ("search", {"q": "x"}), ("read", {"id": 2}), ("list", {}), ("search", {"q": "x"})], True)
    add("same arguments with other key order", [
        ("f", {"a": 1, "b": {"c": 2, "d": [1, 2]}}), ("f", {"b": {"d": [1, 2], "c": 2}, "a": 1}), ("f", {"b": {"c": 2, "d": [1, 2]}, "a": 1})], True)
    add("lists in other order are other arguments", [("f", {"a": [1, 2]}), ("f", {"a": [2, 1]}), ("f", {"a": [1, 2]})], False)
    add("composed and decomposed text are the same argument", [
        ("f", {"q": "caf\u00e9"}), ("f", {"q": "cafe\u0301"}), ("f", {"q": "caf\u00e9"})], True)
    add("case differs: other arguments", [("f", {"q": "x"}), ("f", {"q": "X"}), ("f", {"q": "x"})], False)
    add("number and text differ", [("f", {"q": 1}), ("f", {"q": "1"}), ("f", {"q": 1})], False)
    add("same arguments, other tool", [("f", {"q": 1}), ("g", {"q": 1}), ("h", {"q": 1})], False)
    add("two tools twice each", [("f", {"q": 1}), ("g", {"q": 1}), ("f", {"q": 1}), ("g", {"q": 1})], False)
    add("empty arguments three times", [("f", {})] * 3, True)
    add("cycle of 2, three times", names("a b a b a b"), True)
    add("cycle of 2, two and a half times", names("a b a b a"), False)
    add("cycle of 2, inside", names("x a b a b a b y"), True)
    add("cycle of 2, interrupted", names("a b a b x a b"), False)
    add("cycle of 3, three times", names("a b c a b c a b c"), True)
    add("cycle of 3, last one missing", names("a b c a b c a b"), False)
    add("cycle of 4, three times", names("a b c d a b c d a b c d"), True)
    add("cycle of 4, last one missing", names("a b c d a b c d a b c"), False)
    add("cycle of 4 with a tool twice in it", names("a a b c a a b c a a b c"), True)
    add("cycle of 4, three of a kind in it", names("a a a b a a a b a a a b"), True)
    add("cycle of 3 with two tools", names("a a b a a b a a b"), True)
    add("cycle of 5 is none", names("a b c d e a b c d e a b c d e"), False)
    add("one tool nine times is no cycle", names("a a a a a a a a a"), False)
    add("cycle starts at the third call", names("x y b c b c b c"), True)
    add("25 calls", names(" ".join(f"t{i}" for i in range(25))), False)
    add("26 calls", names(" ".join(f"t{i}" for i in range(26))), True)
    add("25 calls of one tool, all different", names(" ".join(["s"] * 25)), False)
    write("tool-loops.json", BY + "Default limits: 3 identical calls anywhere in the answer, a cycle of 2 to 4 calls by "
          "name three times in direct succession, more than 25 calls.", cases)


# ---------------------------------------------------------------- 7 lambda


def by_pairs(rows, keep):
    """Second way: 1 - (pairs in the same state / pairs), by counting states per group."""
    same = total = 0
    for group in keep(rows):
        n = len(group)
        total += n * (n - 1) // 2
        for s in set(group):
            k = group.count(s)
            same += k * (k - 1) // 2
    return None if total == 0 else 1 - same / total


def check_lambda(rows, out):
    alive = [r for r in rows if r["question"] not in out["errored"] + out["skipped"]]
    ids = list(dict.fromkeys(r["question"] for r in alive))

    def groups(key):
        def keep(mine):
            made = {}
            for r in mine:
                made.setdefault(key(r), []).append(r["state"])
            return made.values()
        return keep

    for kind, key in (("all", lambda r: 0), ("phrasing", lambda r: r["seed"]), ("seed", lambda r: r["phrasing"])):
        rates = [by_pairs([r for r in alive if r["question"] == i], groups(key)) for i in ids]
        rates = [x for x in rates if x is not None]
        if rates:
            assert abs(sum(rates) / len(rates) - out["lambda"]["flip"][kind]) < 1e-12
        else:
            assert kind not in out["lambda"]["flip"]
    for i in ids:  # the mean over a question's calls of the per-call flip is its flip rate
        mine = [r for r in alive if r["question"] == i]
        if len(mine) > 1:
            assert abs(sum(r["flip"] for r in mine) / len(mine) - by_pairs(mine, groups(lambda r: 0))) < 1e-12


def margins(questions, calls, vectors):
    """No value within 1e-5 of the threshold, no two means within 1e-5 unless equal, none near a rounding edge."""
    for q in questions:
        texts = [c["answer"] for c in calls if c["question"] == q["id"] and c.get("answer")]
        for t in texts:
            means = []
            for u in set(texts):
                d = ref.distance(vectors[t], vectors[u])
                assert d is None or abs(d - 0.35) > 1e-5, q["id"]
            for u in texts:
                means.append(ref.mean([ref.distance(vectors[u], vectors[v]) for v in texts]))
            for x in means:
                for y in means:
                    assert abs(x - y) < 1e-12 or abs(x - y) > 3e-6, (q["id"], x, y)
                edge = abs((x * 1e6) % 1 - 0.5)
                assert edge > 1e-4, q["id"]


def lambda_cases():
    cases = []

    def add(name, questions, calls, vectors=None, answers=True, cites=False, reading=None, shuffle=None, check=True):
        vectors = vectors or {}
        rows, out = ref.score_lambda(questions, calls, vectors, answers, cites)
        check_lambda(rows, out)
        if check and answers:
            margins(questions, calls, vectors)
        if shuffle:
            calls = calls[:]
            random.Random(shuffle).shuffle(calls)
        given = {"answers": answers, "cites": cites, "questions": questions, "calls": calls}
        if vectors:
            given["vectors"] = vectors
        case = {"name": name}
        if reading:
            case["reading"] = reading
        cases.append({**case, "input": given, "expected": {"calls": rows, **out}})
        return rows, out

    def call(question, phrasing, seed, answer="yes", cov=1.0, **more):
        out = {"question": question, "phrasing": phrasing, "seed": seed, "outcome": "ok", "answer": answer,
               "refused": False, "tool_loop": False, "coverage": cov,
               "retrieved": [{"snippet_id": "S_1", "section_id": "x"}], "citations": [], **more}
        if answer is None:
            del out["answer"]
        return out

    def fault(question, phrasing, seed, outcome="timeout"):
        return {"question": question, "phrasing": phrasing, "seed": seed, "outcome": outcome}

    Q = lambda i, answerable=True, sections=("s1",): {
        "id": f"Q_{i}", "answerable": answerable, "anchors": [{"section_id": s} for s in sections] if answerable else []}
    axis = lambda i: [1.0 if j == i else 0.0 for j in range(8)]
    three = {"yes": axis(0), "no": axis(1), "maybe": axis(2)}

    add("all convergent", [Q(1)], [call("Q_1", p, s) for p in range(4) for s in (1, 2)], three)
    add("one disagrees: split", [Q(1)], [call("Q_1", p, s, "no" if (p, s) == (2, 1) else "yes") for p in range(4) for s in (1, 2)], three)
    add("one is not anchored: split; one neither: collapsed", [Q(1)], [
        call("Q_1", 0, 1), call("Q_1", 0, 2), call("Q_1", 1, 1, cov=0.2), call("Q_1", 1, 2, "no", cov=0.2)], three)
    add("two answers at right angles: a tie, the earlier call is the medoid", [Q(1)], [
        call("Q_1", 0, 1, "no"), call("Q_1", 0, 2, "yes")], three)
    add("tie of medoids: plan order, not arrival", [Q(1)], [
        call("Q_1", 0, 1, "maybe"), call("Q_1", 0, 2, "no"), call("Q_1", 1, 1, "yes"), call("Q_1", 1, 2, "yes"),
        call("Q_1", 2, 1, "no"), call("Q_1", 2, 2, "maybe")], three, shuffle=3)
    add("two camps of the same size: the earlier wins", [Q(1)], [
        call("Q_1", p, s, "no" if p < 2 else "yes") for p in range(4) for s in (1, 2)], three)

    def at_cos(units):  # a float32-exact vector whose cosine with axis 0 is units / 2^24
        x = units / 2 ** 24
        return [x, float(np.float32(math.sqrt(1 - x * x)))] + [0.0] * 6
    # cos 0.65 is 10905190.4 / 2^24; 1e-6 is 16.8 of these units
    for units, name in ((10905184, "0.3500004 is rounded to 0.35: agrees"), (10905179, "0.3500007 is rounded to 0.350001: does not"),
                        (10905196, "0.3499997 is rounded to 0.35: agrees"), (10905174, "0.350001: does not")):
        vectors = {"yes": axis(0), "far": at_cos(units)}
        d = ref.distance(vectors["yes"], vectors["far"])
        assert abs((d * 1e6) % 1 - 0.5) > 0.05, d
        rows, _ = add(f"distance to the medoid {name}", [Q(1)], [
            call("Q_1", 0, 1), call("Q_1", 0, 2), call("Q_1", 1, 1, "far")], vectors, check=False)
        assert rows[2]["agreeing"] == ("agrees" in name), d
    # the means of q and p are 0.1750003 and 0.1750002: equal once rounded, so the earlier call, q, is the medoid
    rows, _ = add("means are rounded before the medoid is chosen", [Q(1)], [
        call("Q_1", 0, 1, "q"), call("Q_1", 0, 2, "p"), call("Q_1", 1, 1, "r")],
        {"q": at_cos(10905179), "p": at_cos(10905184), "r": axis(0)}, check=False)
    assert [r["agreeing"] for r in rows] == [True, True, False]
    for value, want in ((0.7, True), (0.6999996, True), (0.6999994, False), (0.7000004, True), (0.69, False)):
        rows, _ = add(f"coverage {value}: anchored {want}", [Q(1)], [
            call("Q_1", 0, 1, cov=value), call("Q_1", 0, 2)], three)
        assert rows[0]["anchored"] == want
    low = lambda s, **m: call("Q_1", 0, s, cov=0.1, **m)
    add("anchored by citation: the section id; a retrieved snippet in it; a snippet elsewhere; a snippet not retrieved", [Q(1)], [
        low(1, citations=["s1"]),
        low(2, citations=["S_7"], retrieved=[{"snippet_id": "S_6", "section_id": "x"}, {"snippet_id": "S_7", "section_id": "s1"}]),
        low(3, citations=["S_6"], retrieved=[{"snippet_id": "S_6", "section_id": "x"}, {"snippet_id": "S_7", "section_id": "s1"}]),
        low(4, citations=["S_7"], retrieved=[{"snippet_id": "S_6", "section_id": "x"}]),
        low(5, citations=["x", "S_1"]), low(6, citations=["other", "s1"])], three)
    add("several anchors: a citation of any of their sections", [Q(1, sections=("s1", "s2"))], [
        low(1, citations=["s2"]), low(2, citations=["s3"])], three)
    add("cites: no citations is backward", [Q(1)], [
        call("Q_1", 0, 1, citations=["s1"]), call("Q_1", 0, 2), call("Q_1", 1, 1, citations=["x"]), call("Q_1", 1, 2, citations=[])],
        three, cites=True)
    add("without cites, no citations is nothing", [Q(1)], [call("Q_1", 0, 1), call("Q_1", 0, 2)], three)
    add("backward: faults, tool loop, empty answer, refusal, nothing retrieved", [Q(1)], [
        call("Q_1", 0, 1), call("Q_1", 0, 2), fault("Q_1", 1, 1, "network"), fault("Q_1", 1, 2, "timeout"), fault("Q_1", 2, 1, "status"),
        fault("Q_1", 2, 2, "shape"), call("Q_1", 3, 1, tool_loop=True), call("Q_1", 3, 2, ""), call("Q_1", 4, 1, refused=True),
        call("Q_1", 4, 2, retrieved=[], cov=0.0)], three)
    add("a backward answer is not in the consensus", [Q(1)], [
        call("Q_1", 0, 1, "no", tool_loop=True), call("Q_1", 0, 2, "no", refused=True), call("Q_1", 1, 1, "no", retrieved=[], cov=0.0),
        call("Q_1", 1, 2, "yes"), call("Q_1", 2, 1, "yes"), call("Q_1", 2, 2, "no")], three)
    add("unanswerable: refusal, answer, fault, loop, empty answer, nothing retrieved", [Q(1, False)], [
        call("Q_1", 0, 1, refused=True), call("Q_1", 0, 2), fault("Q_1", 1, 1), call("Q_1", 1, 2, tool_loop=True, refused=True),
        call("Q_1", 2, 1, ""), call("Q_1", 2, 2, refused=True, retrieved=[])], three)
    add("errored: one answer reaches step 4", [Q(1), Q(2)], [
        call("Q_1", 0, 1), fault("Q_1", 0, 2), call("Q_1", 1, 1, ""), call("Q_1", 1, 2, refused=True),
        *[call("Q_2", p, s) for p in (0, 1) for s in (1, 2)]], three, reading="R10")
    add("errored: no answer reaches step 4", [Q(1), Q(2)], [
        *[fault("Q_1", p, s) for p in (0, 1) for s in (1, 2)],
        *[call("Q_2", p, s, "no" if p else "yes") for p in (0, 1) for s in (1, 2)]], three, reading="R11")
    add("errored: everything is", [Q(1)], [fault("Q_1", 0, 1), call("Q_1", 0, 2)], three, reading="R10")
    add("one call a question: errored, no pairs", [Q(1), Q(2, False)], [call("Q_1", 0, 1), call("Q_2", 0, 1, refused=True)], three)
    add("one seed: no pairs across seeds", [Q(1)], [call("Q_1", p, 1, "no" if p == 1 else "yes") for p in range(4)], three)
    add("one phrasing: no pairs across phrasings", [Q(1)], [call("Q_1", 0, s, "no" if s == 3 else "yes") for s in (1, 2, 3)], three)

    # retrieval only
    def got(question, phrasing, seed, ids, cov=1.0, **more):
        return call(question, phrasing, seed, None, cov, retrieved=[{"snippet_id": i, "section_id": "s"} for i in ids.split()], **more)
    add("retrieval only: overlap 1, 0.5, 1/3, 0", [Q(1)], [
        got("Q_1", 0, 1, "a b c"), got("Q_1", 0, 2, "c b a"), got("Q_1", 1, 1, "a b c"), got("Q_1", 1, 2, "a b d"),
        got("Q_1", 2, 1, "a x y"), got("Q_1", 2, 2, "x y z"), got("Q_1", 3, 1, "a b c d e f"), got("Q_1", 3, 2, "a b c a b c")], answers=False)
    add("retrieval only: tie, the earlier list is the medoid", [Q(1)], [
        got("Q_1", 0, 1, "a b"), got("Q_1", 0, 2, "c d"), got("Q_1", 1, 1, "c d"), got("Q_1", 1, 2, "a b")], answers=False, shuffle=5)
    add("retrieval only: nothing retrieved, fault, loop; unanswerable skipped", [Q(1), Q(2, False), Q(3)], [
        got("Q_1", 0, 1, "a b"), got("Q_1", 0, 2, "a b", cov=0.3), got("Q_1", 1, 1, "", cov=0.0), fault("Q_1", 1, 2),
        got("Q_1", 2, 1, "a b", tool_loop=True), got("Q_1", 2, 2, "a c d", cov=0.3),
        got("Q_2", 0, 1, "a b"), got("Q_2", 0, 2, "a c"), fault("Q_2", 1, 1),
        got("Q_3", 0, 1, "p q"), fault("Q_3", 0, 2)], answers=False, reading="R9")

    rng = random.Random(107)
    for k in range(8):
        answers = k % 4 != 3
        cites = k % 4 == 1
        questions, calls, vectors = [], [], {}
        seeds = [1, 2] if k % 2 == 0 else [7, 11, 13]
        phrasings = rng.choice((3, 4))
        for i in range(rng.choice((4, 5, 6))):
            q = Q(i, answerable=not (i == 2), sections=(f"s{i}",))
            questions.append(q)
            while True:
                topic = anywhere(rng)
                said = {f"Q_{i} answer {j}": near(rng, topic, rng.choice((0.12, 0.2, 0.3))) for j in range(5)}
                pool = list(said)
                mine = []
                noise = rng.choice((0.0, 0.15, 0.4))
                for p in range(phrasings):
                    for s in seeds:
                        r = rng.random()
                        if r < noise * 0.4:
                            mine.append(fault(q["id"], p, s, rng.choice(ref.FAULTS)))
                            continue
                        ids = [f"S_{i}_{x}" for x in rng.sample(range(8), 4)] if rng.random() < noise else [f"S_{i}_{x}" for x in (0, 1, 2, 3)]
                        found = [{"snippet_id": x, "section_id": f"s{i}" if x.endswith(("0", "3")) else "t"} for x in ids]
                        cov = rng.choice((0.0, 0.25, 0.5, 0.6, 2 / 3, 0.7, 0.75, 0.875, 1.0, 1.0, 1.0, 1.0))
                        c = call(q["id"], p, s, rng.choice(pool[:2] if rng.random() > noise else pool), cov, retrieved=found,
                                 citations=rng.choice(([], [ids[0]], [ids[1]], [f"s{i}"])))
                        if not q["answerable"]:
                            del c["coverage"]
                            c["refused"] = rng.random() < 0.7
                        elif rng.random() < noise * 0.3:
                            c["refused"] = True
                        elif rng.random() < noise * 0.3:
                            c["answer"] = ""
                        elif rng.random() < noise * 0.2:
                            c["retrieved"], c["coverage"] = [], 0.0
                        if rng.random() < noise * 0.2:
                            c["tool_loop"] = True
                        if not answers:
                            del c["answer"]
                            c["refused"], c["citations"] = False, []
                        mine.append(c)
                try:
                    margins([q], mine, said)
                    break
                except AssertionError:
                    continue
            calls += mine
            vectors.update({t: v for t, v in said.items() if any(c.get("answer") == t for c in mine)})
        _, out = add(f"random {k}{'' if answers else ', retrieval only'}{', cites' if cites else ''}", questions, calls,
                     vectors if answers else None, answers, cites, shuffle=200 + k if k % 3 == 0 else None)
        print("  ", k, out["lambda"]["states"], out["questions"])
    write("lambda.json", BY + "Coverage, tool loops and refusals are given; `answers` false is an arm that returns no "
          "answers; `vectors` maps an answer to its vector (exact in float32, length 1 within 1e-7). Expected calls "
          "stand in plan order, the order of `questions`, then phrasing, then seed; some inputs are in another order. "
          "Absent keys are not measured. `errored` and `skipped` list question ids. Unless a case is about a threshold, "
          "distances keep at least 1e-5 from 0.35. Flip rates checked by counting states. random.Random(107).", cases)


# ---------------------------------------------------------------- 8 retrieval


def trec(qrel, run):
    e = pytrec_eval.RelevanceEvaluator({"q": {d: 1 for d in qrel}}, {"P_5", "recall_5", "recip_rank", "ndcg_cut_10"})
    scored = {d: float(len(run) - i) for i, d in enumerate(run)}
    return e.evaluate({"q": scored})["q"]


def retrieval_cases():
    rng = random.Random(108)
    cases = []

    def add(name, ranked, relevant):
        out = ref.retrieval(ranked, relevant)
        distinct = list(dict.fromkeys(ranked))
        if distinct:
            t = trec(relevant, distinct)
            for mine, theirs in (("recall_at_5", "recall_5"), ("precision_at_5", "P_5"), ("mrr", "recip_rank"), ("ndcg_at_10", "ndcg_cut_10")):
                assert abs(out[mine] - t[theirs]) < 1e-12, (name, mine)
        cases.append({"name": name, "input": {"ranked": ranked, "relevant": relevant}, "expected": out})

    add("first", ["a", "b", "c"], ["a"])
    add("third", ["x", "y", "a"], ["a"])
    add("not there", ["x", "y", "z"], ["a"])
    add("nothing retrieved", [], ["a", "b"])
    add("fewer than five: precision still divides by 5", ["a", "b"], ["a", "b"])
    add("each section at its first rank", ["x", "x", "x", "x", "a", "a", "b"], ["a", "b"])
    add("relevant at 6: not in the first five, counts for MRR and nDCG", ["u", "v", "w", "x", "y", "a"], ["a"])
    add("relevant at 11: counts for MRR only", [f"x{i}" for i in range(10)] + ["a"], ["a"])
    add("duplicates move a section from 7 to 5", ["u", "u", "u", "v", "w", "x", "a"], ["a", "b"])
    add("more relevant than ten", [f"r{i}" for i in range(12)], [f"r{i}" for i in range(14)])
    add("relevant listed twice", ["a", "b"], ["b"])
    for i in range(30):
        ids = [f"s{j}" for j in range(rng.choice((6, 12, 25)))]
        add(f"random {i}", [rng.choice(ids) for _ in range(rng.randrange(1, 20))], sorted(rng.sample(ids, rng.randrange(1, 5))))
    cases = [c for c in cases if c["name"] != "relevant listed twice"]
    write("retrieval.json", BY + "Ranked section ids, one per snippet; binary relevance. Every case with a retrieval "
          "agrees with trec_eval through pytrec_eval within 1e-12. random.Random(108).", cases)


def cranfield(folder):
    relevant = {}
    for line in (folder / "queries.jsonl").read_text().splitlines():
        q = json.loads(line)
        relevant[q["id"]] = [d for d, grade in q["relevant"].items() if grade > 0]
    cases = []
    for line in (folder / "ranking-reference.jsonl").read_text().splitlines():
        r = json.loads(line)
        t = trec(relevant[r["query"]], r["ranked"])
        mine = ref.retrieval(r["ranked"], relevant[r["query"]])
        assert len(set(r["ranked"])) == len(r["ranked"])
        assert abs(t["P_5"] - r["P_5"]) < 1e-8 and abs(t["recip_rank"] - r["recip_rank"]) < 1e-8
        assert abs(mine["ndcg_at_10"] - t["ndcg_cut_10"]) < 1e-12 and abs(mine["recall_at_5"] - t["recall_5"]) < 1e-12
        cases.append({"name": f"query {r['query']}", "input": {"ranked": r["ranked"], "relevant": relevant[r["query"]]},
                      "expected": {k: t[k] for k in ("P_5", "recall_5", "recip_rank", "ndcg_cut_10")}})
    write("cranfield-metrics.json", "Cranfield 1400: its questions with odd numbers, a BM25 top 10 for each; values of trec_eval "
          "through pytrec_eval with every judged-relevant document counted alike (binary relevance).", cases)


# ---------------------------------------------------------------- 9 seeds


def seed_cases():
    cases = []

    def add(name, calls, reading=None):
        case = {"name": name}
        if reading:
            case["reading"] = reading
        out = ref.seed_effect(calls)
        cases.append({**case, "input": {"calls": calls}, "expected": out})
        return out

    def call(q, p, s, answer="yes", texts=("t1", "t2"), outcome="ok"):
        out = {"question": q, "phrasing": p, "seed": s, "outcome": outcome}
        if outcome == "ok":
            if answer is not None:
                out["answer"] = answer
            out["retrieved_texts"] = list(texts)
        return out

    def many(pairs, differing, **change):
        out = []
        for i in range(pairs):
            out.append(call(f"Q_{i // 4}", i % 4, 1))
            out.append(call(f"Q_{i // 4}", i % 4, 2, **(change if i < differing else {})))
        return out

    add("all the same", many(8, 0))
    add("all answers differ", many(8, 8, answer="no"))
    add("all answers the same, all texts differ", many(8, 8, texts=("t1", "t3")))
    assert add("19 of 20: exactly 95 %", many(20, 1, answer="no"))["seed_without_effect"]
    assert not add("18 of 20", many(20, 2, answer="no"))["seed_without_effect"]
    add("37 of 39: just below", many(39, 2, texts=("t9",)))
    add("38 of 40: exactly 95 %", many(40, 2, texts=("t1",)))
    add("one seed: no pairs, no finding", [call("Q_1", p, 1) for p in range(4)])
    add("no calls", [])
    add("faults are in no pair", [call("Q_1", 0, 1), call("Q_1", 0, 2, outcome="timeout"), call("Q_1", 1, 1), call("Q_1", 1, 2),
                                  call("Q_1", 2, 1, outcome="status"), call("Q_1", 2, 2, outcome="status")])
    add("only faults: no pairs", [call("Q_1", 0, s, outcome="network") for s in (1, 2)])
    add("other phrasings and questions are no pairs", [call("Q_1", 0, 1), call("Q_1", 1, 2), call("Q_2", 0, 2)])
    add("three seeds: three pairs a cell", [call("Q_1", p, s, "no" if s == 3 and p == 0 else "yes") for p in range(2) for s in (1, 2, 3)])
    add("four seeds, one cell, all the same", [call("Q_1", 0, s) for s in (1, 2, 3, 4)])
    add("retrieval only: no answers, same texts", [call("Q_1", p, s, None) for p in range(4) for s in (1, 2)])
    add("retrieval only: texts differ by seed", [call("Q_1", p, s, None, (f"t{s}",)) for p in range(4) for s in (1, 2)])
    add("nothing retrieved, same answers", [call("Q_1", p, s, "yes", ()) for p in range(4) for s in (1, 2)])
    add("same texts in another order are not the same", many(8, 8, texts=("t2", "t1")), reading="R13")
    add("answers that differ in case", many(8, 8, answer="Yes"))
    write("seed-effect.json", BY + "`retrieved_texts` in rank order. pairs: unordered pairs of answered calls (outcome ok) of one question "
          "and phrasing with different seeds, over the whole run (R13).", cases)


# ---------------------------------------------------------------- 10 identity


def identity_cases():
    cases = []

    def canon(name, value, reading=None):
        text = ref.canonical(value)
        case = {"name": "canonical: " + name}
        if reading:
            case["reading"] = reading
        cases.append({**case, "input": {"kind": "canonical", "value": value},
                      "expected": {"canonical": text, "sha256": ref.sha256(text)}})

    canon("empty object", {})
    canon("empty list", [])
    canon("null, booleans, numbers", [None, True, False, 0, 1, -1, 42, 0.1, 0.5, -2.25, 1234567890, 0.001])
    canon("text at the top", "a \"quoted\" back\\slash / slash")
    canon("keys sorted, nested", {"b": 1, "a": {"z": [3, 2, {"y": 1, "x": 2}], "c": None}, "C": 3, "_": 4})
    canon("keys that look like numbers", {"10": "a", "9": "b", "1": "c", "a": "d", "01": "e", "": "f"})
    canon("control characters", "tab\t newline\n return\r backspace\b formfeed\f bell\u0007 nul\u0000 del\u007f")
    canon("line separators and non-ASCII stay as they are", "\u2028\u2029 \u00e9 \u4e2d \U0001f680")
    canon("text is NFC", ["cafe\u0301", "caf\u00e9", "\u212b", "\ufb01", "\u1112\u1161\u11ab"])
    canon("keys are NFC", {"e\u0301": 1, "z": 2, "a\u0308": 3})
    canon("keys in code unit order: outside the BMP before U+E000..U+FFFF", {"\uff21": 1, "\U0001f600": 2, "z": 3, "\ue000": 4, "\u00e9": 5})
    canon("keys are sorted after NFC", {"e\u0301": 1, "f": 2}, reading="R14")

    for qid, text, seed, arm in (("Q_0007", "Why do old answers keep coming back after a flip?", 1, "green"),
                                 ("Q_0007", "Why do old answers keep coming back after a flip?", 2, "green"),
                                 ("Q_0007", "Why do old answers keep coming back after a flip?", 1, "blue"),
                                 ("Q_8", "Was hei\u00dft \u201eflip\u201c?\nUnd \"hold\"?", 0, "green-2"),
                                 ("Q_9", "Ou\u0300 est le cafe\u0301 ?", 123456789, "blue"),
                                 ("\u554f_1", "\u4f55\u6642\u5207\u6362\uff1f \U0001f680", -5, "blue")):
        run_id = "20261122T213000Z-green-3f9a1c"
        key = ref.call_key(qid, text, seed, arm)
        cases.append({"name": f"call key: {qid} {seed} {arm}".encode("ascii", "backslashreplace").decode(),
                      "input": {"kind": "call", "question": qid, "phrasing_text": text, "seed": seed, "arm": arm, "run_id": run_id},
                      "expected": {"canonical": ref.canonical([qid, text, seed, arm]), "key": key,
                                   "idempotency_key": ref.sha256(run_id + key)}})
    full = {"INDEX_HASH": "7c1f", "EMBED_SCHEMA": "minilm-384", "RERANK_CONF": "none", "PROMPT_VER": "41", "MODEL_VER": "m-1"}
    for name, fields in (("all five", full), ("one missing", {k: v for k, v in full.items() if k != "RERANK_CONF"}), ("none", {}),
                         ("another order", dict(sorted(full.items(), reverse=True))), ("not ASCII", {**full, "PROMPT_VER": "gru\u0308n"})):
        cases.append({"name": "artifact: " + name, "input": {"kind": "artifact", "versions": fields}, "expected": {
            "canonical": ref.canonical({k: fields.get(k) for k in ref.VERSION_FIELDS}), "sha256": ref.artifact(fields),
            "complete": all(k in fields for k in ref.VERSION_FIELDS)}})
    sets = {
        "one question, only the needed keys": [{"id": "Q_1", "question": "What is a flip?"}],
        "defaults written out give the same": [{"id": "Q_1", "question": "What is a flip?", "answerable": True, "paraphrases": [], "anchors": [], "tags": []}],
        "sorted by id, unknown keys kept": [
            {"id": "Q_2", "question": "Second?", "owner": "ops", "zeta": {"b": 1, "a": [True, None]}},
            {"id": "Q_10", "question": "Tenth?", "tags": ["b", "a"]},
            {"id": "Q_1", "question": "First?", "answerable": False, "answer": "none"}],
        "anchors as written": [{"id": "Q_1", "question": "How?", "paraphrases": ["In what way?", "How so?", "By what means?"], "anchors": [
            {"text": "By flipping.", "section_id": "flip", "source_url": "a.md"}, {"offsets": [10, 20], "source_url": "a.md"}]}],
        "decomposed text": [{"question": "Ou\u0300 est le cafe\u0301 ?", "id": "Q_1", "paraphrases": ["\u5207\u6362 \U0001f680"], "tags": ["cafe\u0301"]}],
        "not sorted by locale": [{"id": "a", "question": "1"}, {"id": "B", "question": "2"}, {"id": "_c", "question": "3"}, {"id": "\u00e9", "question": "4"}],
    }
    for name, questions in sets.items():
        text = ref.gold_canonical(questions)
        cases.append({"name": "gold: " + name, "input": {"kind": "gold", "questions": questions},
                      "expected": {"canonical": text, "sha256": ref.sha256(text)}})
    golds = [c["expected"]["sha256"] for c in cases if c["input"]["kind"] == "gold"]
    assert golds[0] == golds[1]
    write("identity.json", BY + "Canonical JSON: compact, keys sorted by UTF-16 code units, NFC, other characters as JSON.stringify "
          "writes them, UTF-8 before hashing; hashes in lower-case hex.", cases)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cranfield", type=Path, help="folder with queries.jsonl and ranking-reference.jsonl")
    options = parser.parse_args()
    percentiles()
    distances()
    window_cases()
    token_cases()
    coverage_cases()
    loop_cases()
    lambda_cases()
    retrieval_cases()
    if options.cranfield:
        cranfield(options.cranfield)
    seed_cases()
    identity_cases()
    summary_runs.make(OUT / "summary", near, anywhere, margins)
