import { describe, expect, it } from 'vitest';
import { defaultCacheFolder } from '../../../src/embed/cache-folder.ts';
import { defaultEmbedder, embedderSchema } from '../../../src/embed/schema.ts';

const problemsOf = (value: unknown): readonly string[] =>
  embedderSchema.safeParse(value).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ??
  [];

describe('the configuration of the embedder', () => {
  it.each([
    defaultEmbedder,
    { model: './folder', threads: 2 },
    { model: '../folder' },
    { model: '/folder', cache: false },
    { model: '~/folder' },
    { model: 'Xenova/bge-small-en-v1.5', cache: '.cache' },
    { model: 'owner/name@0123abc' },
    {
      model: 'anything goes',
      url: 'http://127.0.0.1:11434/v1',
      apiKey: 'k',
      batch: 16,
      timeoutSeconds: 5,
      retries: 0,
    },
  ])('takes %j', (value) => {
    expect(problemsOf(value)).toEqual([]);
  });

  it.each<[unknown, string]>([
    [{ model: 'all-MiniLM-L6-v3' }, 'model: embedder model "all-MiniLM-L6-v3" is not known'],
    [{ model: 'a/b/c' }, 'model: embedder model "a/b/c" is not known'],
    [{ model: '' }, 'model: '],
    [{}, 'model: '],
    [{ model: 'all-MiniLM-L6-v2', apiKey: 'k' }, 'apiKey: applies to a service only'],
    [{ model: 'm', url: 'ftp://host' }, 'url: '],
    [{ model: 'm', url: 'http://host', threads: 2 }, 'threads: applies to local models only'],
    [{ model: 'all-MiniLM-L6-v2', modle: 1 }, ': '],
  ])('refuses %j', (value, message) => {
    expect(problemsOf(value)).toEqual([expect.stringContaining(message)]);
  });
});

describe('the cache folder', () => {
  it.each<[Record<string, string>, string]>([
    [{ FLIPGATE_CACHE: '/own', XDG_CACHE_HOME: '/xdg', HOME: '/home/me' }, '/own'],
    [{ XDG_CACHE_HOME: '/xdg', HOME: '/home/me' }, '/xdg/flipgate'],
    [{ FLIPGATE_CACHE: '', XDG_CACHE_HOME: 'relative', HOME: '/home/me' }, '/home/me/.cache/flipgate'],
  ])('for %j is %s', (environment, folder) => {
    expect(defaultCacheFolder(environment)).toBe(folder);
  });
});
