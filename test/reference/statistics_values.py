"""Writes ../fixtures/reference/statistics.json: statistics of two arms, on the sample and on given resamples. See README.md.

    python statistics_values.py        (numpy, scipy, statsmodels)

Written from the pages "metrics" and "gates" alone, plainly and slowly: a resample is a list of calls, over which numpy computes.
"""

import itertools
import json
from pathlib import Path

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

OUT = Path(__file__).resolve().parent.parent / "fixtures" / "reference" / "statistics.json"
NAN = float("nan")
CONVERGENT, SPLIT, COLLAPSED, BACKWARD, NO_STATE = 0, 1, 2, 3, -1
ERRORED, JUDGED, SKIPPED = 0, 1, 2
RESAMPLES = 200


# ---------------------------------------------------------------- made-up runs

def make_arm(shape, rng, quality):
    """One dict a call, in plan order. `quality`: the chance of a good call; the rest is refusals, faults and other oddities."""
    calls, standing, answerable = [], [], []
    for q in range(shape["questions"]):
        has_answer = q % 7 != quality["unanswerable_at"]
        lam = JUDGED if has_answer or quality["answers"] else SKIPPED
        if has_answer and rng.random() < quality["errored"]:
            lam = ERRORED
        all_fault = has_answer and lam == ERRORED and rng.random() < 0.5
        open_call = rng.integers(shape["phrasings"] * len(shape["seeds"]))
        for index, (p, s) in enumerate(itertools.product(range(shape["phrasings"]), range(len(shape["seeds"])))):
            fault = all_fault or rng.random() < quality["fault"]
            call = make_call(rng, quality, (has_answer, fault))
            if lam == SKIPPED:
                call["state"] = NO_STATE
            if lam == ERRORED:
                call["state"] = NO_STATE if index == open_call and not fault else BACKWARD
            calls.append({"q": q, "p": p, "s": s, **call})
        standing.append(lam)
        answerable.append(int(has_answer))
    return {"calls": calls, "lambda": standing, "answerable": answerable}


def make_call(rng, quality, kind):
    has_answer, fault = kind
    latency = round(float(rng.lognormal(-0.5, 0.6)) * quality["slower"], 4)
    if fault:
        retried = rng.random() < 0.25
        state = CONVERGENT if retried else BACKWARD
        values = measured(rng, quality, has_answer) if retried else (NAN, NAN)
        return {"distance": values[0], "coverage": values[1], "latency": NAN, "state": state, "faulted": 1, "loop": 0}
    if has_answer and rng.random() < 0.05:  # nothing retrieved
        return {"distance": NAN, "coverage": 0.0, "latency": latency, "state": BACKWARD, "faulted": 0, "loop": 0}
    loop = int(rng.random() < 0.02)
    distance, coverage = measured(rng, quality, has_answer)
    good = rng.random() < quality["good"]
    bad = rng.choice([SPLIT, COLLAPSED, BACKWARD]) if has_answer else COLLAPSED
    state = BACKWARD if loop else CONVERGENT if good else int(bad)
    return {"distance": distance, "coverage": coverage, "latency": latency, "state": state, "faulted": 0, "loop": loop}


def measured(rng, quality, has_answer):
    if not has_answer:
        return NAN, NAN
    coverage = [1.0, 0.7, round(float(rng.beta(8, 2)), 3)][int(rng.choice(3, p=[0.4, 0.1, 0.5]))]
    return round(float(np.clip(rng.normal(quality["distance"], 0.1), 0, 1)), 4), coverage


# ---------------------------------------------------------------- what is missing

def reading(arm, timeout, missing):
    """The calls with what is missing as it is, or at the worst or best it can have been."""
    known = [c["latency"] for c in arm["calls"] if c["latency"] == c["latency"]]
    slowest = max([timeout, *known])
    out = []
    for call in arm["calls"]:
        call = dict(call)
        if missing != "absent":
            worst = missing == "worst"
            if call["latency"] != call["latency"]:
                call["latency"] = slowest if worst else 0.0
            if arm["answerable"][call["q"]]:
                if call["distance"] != call["distance"]:
                    call["distance"] = 1.0 if worst else 0.0
                if call["coverage"] != call["coverage"]:
                    call["coverage"] = 0.0 if worst else 1.0
        out.append(call)
    return {**arm, "calls": out, "missing": missing}


# ---------------------------------------------------------------- statistics of calls

def present(calls, field):
    return np.array([c[field] for c in calls if c[field] == c[field]], float)


def mean(values):
    return float(np.mean(values)) if len(values) else NAN


def rank(values, p):
    return float(np.percentile(values, 100 * p, method="inverted_cdf")) if len(values) else NAN


def worst_phrasing(calls):
    means = [mean(present([c for c in calls if c["p"] == slot], "distance")) for slot in sorted({c["p"] for c in calls}) if slot > 0]
    means = [m for m in means if m == m]
    return max(means) if means else NAN


OF_CALLS = {
    "semantic_distance.question_retrieved.mean": lambda calls: mean(present(calls, "distance")),
    "semantic_distance.question_retrieved.median": lambda calls: rank(present(calls, "distance"), 0.5),
    "semantic_distance.question_retrieved.p95": lambda calls: rank(present(calls, "distance"), 0.95),
    "semantic_distance.question_retrieved.worst_phrasing": worst_phrasing,
    "coverage.mean": lambda calls: mean(present(calls, "coverage")),
    "coverage.p05": lambda calls: rank(present(calls, "coverage"), 0.05),
    "coverage.pass_share": lambda calls: mean(np.round(present(calls, "coverage"), 6) >= 0.70),
    "latency.total.mean": lambda calls: mean(present(calls, "latency")),
    "latency.total.p50": lambda calls: rank(present(calls, "latency"), 0.5),
    "latency.total.p95": lambda calls: rank(present(calls, "latency"), 0.95),
    "latency.total.p99": lambda calls: rank(present(calls, "latency"), 0.99),
    "error_rate": lambda calls: mean(present(calls, "faulted")),
}


# ---------------------------------------------------------------- statistics of questions

def flip_of(arm, q, kind):
    calls = [c for c in arm["calls"] if c["q"] == q]
    missing = arm["missing"]
    if arm["lambda"][q] == SKIPPED or (missing == "absent" and arm["lambda"][q] == ERRORED):
        return NAN
    flips = []
    for a, b in itertools.combinations(calls, 2):
        if (kind == "phrasing" and a["s"] != b["s"]) or (kind == "seed" and a["p"] != b["p"]):
            continue
        unknown = any(c["faulted"] or c["state"] == NO_STATE for c in (a, b))
        flips.append(missing == "worst" if unknown and missing != "absent" else a["state"] != b["state"])
    return mean(np.array(flips, float))


def convergent(arm, q, seed=None):
    standing, missing = arm["lambda"][q], arm["missing"]
    if standing == SKIPPED:
        return NAN
    if standing == ERRORED:
        return {"absent": NAN, "worst": 0.0, "best": 1.0}[missing]
    calls = [c for c in arm["calls"] if c["q"] == q and seed in (None, c["s"])]
    return float(all(c["state"] == CONVERGENT or (missing == "best" and c["faulted"]) for c in calls))


def drawn_mean(per_question, drawn):
    values = np.array([per_question[q] for q in drawn])
    return mean(values[~np.isnan(values)])


def of_questions(arm, shape):
    """For each statistic, drawn questions to value; the questions' own values are computed once."""
    everyone = range(shape["questions"])
    out = {}
    for kind in ("all", "phrasing", "seed"):
        column = [flip_of(arm, q, kind) for q in everyone]
        out[f"lambda.flip.{kind}"] = lambda drawn, column=column: drawn_mean(column, drawn)
    total = [convergent(arm, q) for q in everyone]
    seeds = [[convergent(arm, q, s) for q in everyone] for s in range(len(shape["seeds"]))]
    out["lambda.convergence.all"] = lambda drawn: drawn_mean(total, drawn)
    out["lambda.convergence.worst_seed"] = lambda drawn: min(drawn_mean(column, drawn) for column in seeds)
    return out


def estimators(arm, shape):
    by_question = [[c for c in arm["calls"] if c["q"] == q] for q in range(shape["questions"])]

    def on(formula):
        return lambda drawn: formula([call for q in drawn for call in by_question[q]])

    return {**{name: on(formula) for name, formula in OF_CALLS.items()}, **of_questions(arm, shape)}


# ---------------------------------------------------------------- both arms

PAIRED = [("latency.total.p95", "ratio"), ("latency.total.p50", "ratio"), ("semantic_distance.question_retrieved.p95", "difference"),
          ("coverage.mean", "difference"), ("error_rate", "difference"), ("lambda.convergence.worst_seed", "difference"),
          ("lambda.flip.all", "difference"), ("lambda.flip.phrasing", "difference"), ("lambda.flip.seed", "difference")]


def paired(candidate, baseline, shape):
    after, before = estimators(candidate, shape), estimators(baseline, shape)
    out = {}
    for name, how in PAIRED:
        if name.startswith("lambda.flip."):
            kind = name.split(".")[-1]
            column = [flip_of(candidate, q, kind) - flip_of(baseline, q, kind) for q in range(shape["questions"])]
            out[f"{name} {how}"] = lambda drawn, column=column: drawn_mean(column, drawn)
        elif how == "ratio":
            out[f"{name} {how}"] = lambda drawn, name=name: quotient(after[name](drawn), before[name](drawn))
        else:
            out[f"{name} {how}"] = lambda drawn, name=name: after[name](drawn) - before[name](drawn)
    return out


def quotient(a, b):
    return a / b if b else NAN


# ---------------------------------------------------------------- output

def number(value):
    return None if value != value else float(f"{value:.12g}")


def evaluated(formulas, questions, draws):
    out = {}
    for name, formula in formulas.items():
        values = np.array([formula(drawn) for drawn in draws], float)
        finite = values[~np.isnan(values)]
        interval = None if len(finite) == 0 else [number(rank(finite, 0.025)), number(rank(finite, 0.975))]
        out[name] = {"value": number(formula(range(questions))), "resampled": [number(v) for v in values], "interval": interval}
    return out


def columns(arm):
    names = {"questionRetrieved": "distance", "coverage": "coverage", "latency": "latency", "states": "state", "faulted": "faulted",
             "toolLoop": "loop"}
    cells = {name: [number(c[field]) if isinstance(c[field], float) else int(c[field]) for c in arm["calls"]] for name, field in names.items()}
    return {"answerable": arm["answerable"], "lambda": arm["lambda"], **cells}


def case(name, seed, settings):
    shape, candidate, baseline, timeouts = settings
    rng = np.random.default_rng(seed)
    arms = {"candidate": make_arm(shape, rng, candidate), "baseline": make_arm(shape, rng, baseline)}
    draws = rng.integers(shape["questions"], size=(RESAMPLES, shape["questions"]))
    read = {who: {m: reading(arm, timeouts[who], m) for m in ("absent", "worst", "best")} for who, arm in arms.items()}
    everyone = range(shape["questions"])
    return {
        "name": name, "shape": shape, "timeouts": timeouts, "draws": draws.tolist(),
        "candidate": columns(arms["candidate"]), "baseline": columns(arms["baseline"]),
        "expected": {
            "candidate": {m: evaluated(estimators(read["candidate"][m], shape), shape["questions"], draws) for m in ("absent", "worst")},
            "baseline": {m: {n: number(f(everyone)) for n, f in estimators(read["baseline"][m], shape).items()} for m in ("absent", "worst", "best")},
            "paired": {
                "absent": evaluated(paired(read["candidate"]["absent"], read["baseline"]["absent"], shape), shape["questions"], draws),
                "worst": evaluated(paired(read["candidate"]["worst"], read["baseline"]["best"], shape), shape["questions"], draws),
            },
        },
    }


def shape_of(questions, phrasings, seeds):
    return {"questions": questions, "phrasings": phrasings, "seeds": seeds}


HEALTHY = {"good": 0.95, "fault": 0.0, "errored": 0.0, "distance": 0.25, "slower": 1.0, "unanswerable_at": 5, "answers": True}
FAULTY = {**HEALTHY, "good": 0.8, "fault": 0.1, "errored": 0.15, "distance": 0.4, "slower": 1.3}


def cases():
    limits = {"candidate": 2.0, "baseline": 30.0}  # the candidate's slowest answers are above its own limit
    retrieval = {**FAULTY, "answers": False, "slower": 1.0}
    nothing = {**FAULTY, "fault": 1.0, "errored": 1.0}
    return [
        case("12 x 3 x 2, faulty candidate", 11, (shape_of(12, 3, [1, 2]), FAULTY, HEALTHY, limits)),
        case("40 x 4 x 2, faults on both", 12, (shape_of(40, 4, [3, 7]), FAULTY, {**FAULTY, "fault": 0.03, "good": 0.9}, limits)),
        case("20 x 2 x 3, retrieval only, questions left out", 13, (shape_of(20, 2, [1, 2, 3]), retrieval, retrieval, limits)),
        case("6 x 1 x 1, one call each", 14, (shape_of(6, 1, [1]), FAULTY, FAULTY, limits)),
        case("5 x 2 x 2, nothing but faults", 15, (shape_of(5, 2, [1, 2]), nothing, HEALTHY, limits)),
    ]


# ---------------------------------------------------------------- distributions

def wilson():
    rows = []
    for n in (1, 5, 20, 40, 300):
        for count in sorted({0, 1, n // 3, n - 1, n}):
            low, high = proportion_confint(count, n, alpha=0.05, method="wilson")
            rows.append({"proportion": count / n, "n": n, "interval": [float(low), float(high)]})
    return rows


def binomials():
    rng = np.random.default_rng(16)
    rows = []
    for n in (1, 2, 10, 40, 320, 5000):
        for p in (0.0, 0.001, 0.005, 0.05, 0.3, 0.5, 0.8, 0.999, 1.0):
            ks = sorted({-1, 0, 1, n - 1, n, int(n * p), *(int(k) for k in rng.binomial(n, p, 2))})
            rows.append({"n": n, "p": p, "cdf": [[k, float(binom.cdf(k, n, p))] for k in ks],
                         "quantiles": [[q, int(binom.ppf(q, n, p))] for q in (0.01, 0.0251, 0.2001, 0.4999, 0.8001, 0.9751, 0.9999)] if 0 < p < 1 else []})
    return rows


def probabilities():
    rows = []
    for n, k in ((10, 0), (40, 3), (320, 1), (320, 100), (5000, 25)):
        for share in (0.2, 0.5, 0.8):
            rows.append({"k": k, "n": n, "share": share, "p": float(brentq(lambda p: binom.cdf(k, n, p) - share, 0, 1, xtol=1e-14, rtol=1e-14))})
    return rows


def resolutions():
    """How far beyond the limit the truth is with which a rule does not pass, or fails, in 80 % of runs: every count of bad trials is looked at."""
    rows = []
    for n, limit, direction in ((320, 0.005, "at_most"), (40, 0.8, "at_least"), (20, 0.8, "at_least"), (1000, 0.05, "at_most")):
        bad = limit if direction == "at_most" else 1 - limit
        for evidence in ("point", "balanced", "strict"):
            counts = range(n + 1)
            inside = {k: k / n <= bad + 1e-9 for k in counts}
            upper = {k: 1 - 0.025 ** (1 / n) if k == 0 else binom.ppf(0.975, n, k / n) / n for k in counts}
            lower = {k: binom.ppf(0.025, n, k / n) / n for k in counts}
            passing = max((k for k in counts if inside[k] and (evidence != "strict" or upper[k] <= bad)), default=-1)
            undecided = max(k for k in counts if inside[k] or (evidence != "point" and lower[k] <= bad))
            rows.append({"n": n, "limit": limit, "direction": direction, "evidence": evidence,
                         "resolution": beyond(passing, n, bad), "fail_resolution": beyond(undecided, n, bad)})
    return rows


def beyond(k, n, bad):
    if k < 0:
        return 0.0
    return max(0.0, float(brentq(lambda p: binom.cdf(k, n, p) - 0.2, 0, 1, xtol=1e-14, rtol=1e-14)) - bad)


def main():
    content = {
        "source": "test/reference/statistics_values.py: numpy (percentile, inverted_cdf), scipy.stats.binom, statsmodels proportion_confint; 12 digits.",
        "cases": cases(), "wilson": wilson(), "binomial": binomials(), "probability": probabilities(), "resolution": resolutions(),
    }
    rows = ",\n".join(f' {json.dumps(key)}: {lines(value)}' for key, value in content.items())
    text = "{\n" + rows + "\n}\n"
    assert len(text) < 1_500_000, len(text)
    OUT.write_text(text, encoding="ascii")
    print(len(text), "bytes")


def lines(value):
    """A list one item a line."""
    if not isinstance(value, list):
        return json.dumps(value, allow_nan=False)
    return "[\n" + ",\n".join("  " + json.dumps(item, allow_nan=False, separators=(",", ":")) for item in value) + "\n ]"


if __name__ == "__main__":
    main()
