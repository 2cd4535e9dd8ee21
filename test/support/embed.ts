import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { EmbedderContext } from '../../src/embed/provider.ts';

export const bundledFolder = fileURLToPath(new URL('../../models/all-MiniLM-L6-v2', import.meta.url));

/** A folder that goes when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'flipgate-embed-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function copyOfBundledModel(): string {
  const folder = path.join(temporaryFolder(), 'model');
  cpSync(bundledFolder, folder, { recursive: true });
  return folder;
}

export function contextIn(folder: string, more: Partial<EmbedderContext> = {}): EmbedderContext {
  return { cacheFolder: path.join(folder, 'cache'), workingDirectory: folder, environment: {}, ...more };
}

export interface ReferencePair {
  readonly a: string;
  readonly b: string;
  readonly cosine: number;
}

/** 405 pairs with the cosine of the original model; their source stands beside the file. */
export function referencePairs(): readonly ReferencePair[] {
  const file = new URL('../fixtures/embed/minilm-reference.jsonl', import.meta.url);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  // The fixture's shape is known.
  return lines.map((line) => JSON.parse(line) as ReferencePair);
}

export function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined || a.length !== b.length) return NaN;
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? NaN), 0);
}

export function lengthOf(vector: Float32Array | undefined): number {
  return Math.sqrt(cosine(vector, vector));
}

/** Every file of this name under a folder. */
export function filesNamed(folder: string, name: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return entries.filter((entry) => path.basename(entry) === name).map((entry) => path.join(folder, entry));
}
