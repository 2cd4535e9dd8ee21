import { expect } from 'vitest';
import { analyse, analysisRun } from '../analysis-runs.ts';
import { images, releaseAll, type CanaryOf, type Switch } from '../canaries.ts';
import type { Kubernetes, KubernetesObject } from '../servers/kubernetes.ts';
import type { Prometheus } from '../servers/prometheus.ts';
import type { Shown } from './cases.ts';

export const nowhere = 'http://127.0.0.1:1';

/** The cases as they stand, by name. */
export type Standing = ReadonlyMap<string, Shown & { readonly prometheus: readonly Prometheus[] }>;
/** What a switch decided, by case and column. */
export type Decided = ReadonlyMap<string, Readonly<Record<string, string>>>;

interface Asked {
  readonly name: string;
  /** The name as the API takes it. */
  readonly key: string;
  /** Whom the switch asks over HTTP. */
  readonly gates: string;
  readonly prometheus: string;
}

function askedOf(standing: Standing): readonly Asked[] {
  return [...standing].map(([name, { gate, beside = gate ?? nowhere, prometheus }]) => ({
    name,
    key: name.replaceAll(' ', '-').toLowerCase(),
    gates: beside,
    prometheus: prometheus[0]?.url ?? nowhere,
  }));
}

/** One analysis a case with each of the two templates, all side by side. */
export async function analyseAll(
  cluster: Kubernetes,
  standing: Standing,
  artifact: string,
): Promise<Decided> {
  const [both, alone]: [Record<string, KubernetesObject>, Record<string, KubernetesObject>] = [{}, {}];
  for (const { key, gates, prometheus } of askedOf(standing)) {
    both[key] = await analysisRun('flipgate-acceptance', {
      flipgate: gates,
      prometheus,
      artifact,
      patience: '0',
    });
    alone[key] = await analysisRun('flipgate-acceptance-prometheus', { prometheus });
  }
  const [ofBoth, ofOne] = [await analyse(cluster, both, 'both'), await analyse(cluster, alone, 'alone')];
  const row = (key: string): Readonly<Record<string, string>> => ({
    'Argo Rollouts': String(ofBoth[key]?.['phase']),
    'Argo Rollouts, Prometheus alone': String(ofOne[key]?.['phase']),
  });
  return new Map(askedOf(standing).map(({ name, key }) => [name, row(key)]));
}

/** One Canary a case with the whole kit, and one with its metric alone, all side by side. */
export async function releaseAllCases(on: Switch, standing: Standing, artifact: string): Promise<Decided> {
  const canaries: Record<string, CanaryOf> = {};
  for (const { name, key, gates, prometheus } of askedOf(standing)) {
    // A busy machine makes a scrape late, and the gate shut for a moment: what is to open waits.
    const threshold = name === 'pass' ? 20 : 2;
    canaries[`kit-${key}`] = { prometheus, artifact, threshold, gates };
    canaries[`metric-${key}`] = { prometheus, artifact, threshold };
  }
  const ends = await releaseAll(on, canaries);
  for (const [name, { phase, image }] of ends)
    expect([name, image]).toEqual([name, phase === 'Succeeded' ? images.green : images.blue]);
  const row = (key: string): Readonly<Record<string, string>> => {
    const kit = ends.get(`kit-${key}`);
    return {
      Flagger: kit?.rejected === true ? 'rolled back' : String(kit?.phase),
      'Flagger, Prometheus alone': String(ends.get(`metric-${key}`)?.phase),
    };
  };
  return new Map(askedOf(standing).map(({ name, key }) => [name, row(key)]));
}
