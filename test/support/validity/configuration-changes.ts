import { startEmbeddings } from '../embedding-server.ts';
import { startArm, versions } from '../arm-server.ts';
import { configured, type Case, type Site } from './site.ts';

type Edit = (config: Record<string, any>, site: Site) => void;

const edited = (what: string, edit: Edit): Case => ({ what, change: configured(edit) });

/** What an arm with a `versionsUrl` says now. */
const reporting =
  (arm: 'blue' | 'green', told: Record<string, string> | 'silent'): Case['change'] =>
  async (site) => {
    const server = await startArm();
    if (told === 'silent') await server.close();
    else {
      server.versions = told;
      site.after(() => server.close());
    }
    await configured((config) => (config['arms'][arm].versionsUrl = server.versionsUrl))(site);
  };

/** After each of these the configuration is about something else than the verdict. */
export const configurationChanges: readonly Case[] = [
  edited('a scoring option was changed', (config) => (config['scoring'] = { anchoredCoverage: 0.8 })),
  edited(
    'refusal phrases were changed',
    (config) => (config['scoring'] = { refusalPhrases: ['not at all'] }),
  ),
  edited(
    'the limits of tool loops were changed',
    (config) => (config['scoring'] = { toolLoop: { repeats: 9 } }),
  ),
  {
    what: 'the embedder was changed',
    async change(site) {
      const service = await startEmbeddings();
      site.after(() => service.close());
      await configured((config) => (config['embedder'] = { url: service.url, model: 'tiny' }))(site);
    },
  },
  edited('the view was changed', (config) => (config['view'] = 'pooled')),
  edited('seeds were added to the plan', (config) => (config['plan'] = { seeds: [1, 2, 3] })),
  {
    ...edited('paraphrases were taken from the plan', (config) => (config['plan'] = { paraphrases: 2 })),
    except: { gate: 'pass' },
    because: 'judged again, the run asked all of the plan and more',
  },
  edited(
    'Green was pinned to another version',
    (config) => (config['arms'].green.pins = { PROMPT_VER: 'p9' }),
  ),
  {
    ...edited(
      'a limit was made stricter',
      (config) => (config['gates'].acceptance.rules.coverage = { limit: 0.99 }),
    ),
    except: { gate: 'pass' },
    because: 'judged again, Green is within that limit too',
  },
  edited(
    'a limit was made stricter than Green',
    (config) => (config['gates'].acceptance.rules.semantic_distance = { limit: 0.1 }),
  ),
  edited(
    'the watch gate would stop Green',
    (config) => (config['gates'].watch.rules.latency_p95 = { limit: 0.0001 }),
  ),
  edited('Green is of another kind', (config) => {
    config['arms'].green = { kind: 'openai', baseUrl: config['arms'].green.url, model: 'm' };
  }),
  edited("Green's URL was changed", (config) => (config['arms'].green.url += '/v2')),
  edited("Blue's URL was changed", (config) => (config['arms'].blue.url += '/v2')),
  edited(
    "Green's body was changed",
    (config) => (config['arms'].green.body = { question: '{{question}}', seed: '{{seed}}', top: 3 }),
  ),
  edited('the baseline is another arm', (config, { kit }) => {
    config['arms'].live = { kind: 'http', url: kit.servers.blue.url };
    config['baseline'] = 'live';
  }),
  edited('Green is not configured any more', (config) => {
    config['arms'].violet = config['arms'].green;
    delete config['arms'].green;
    config['candidate'] = 'violet';
  }),
  { what: 'Green does not report its versions', change: reporting('green', 'silent') },
  {
    what: 'Green reports another artifact',
    change: reporting('green', { ...versions, PROMPT_VER: 'p9' }),
  },
  {
    what: 'Blue reports another artifact',
    change: reporting('blue', { ...versions, PROMPT_VER: 'p9' }),
  },
];
