import { chmod, cp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { flipgate, inFolder, json } from '../support/cli.ts';
import { forgeryKit } from '../support/forgeries/kit.ts';

const forgery = forgeryKit();

async function inCopy(of: string, use: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    await cp(of, folder, { recursive: true });
    await use(folder);
  });
}

test('keys new writes a key that its owner alone can read, prints the public half, and overwrites nothing', () =>
  inFolder(async (folder) => {
    const made = await flipgate(folder, ['keys', 'new', '--out', 'a.key']);
    expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^ed25519:[\w+/=]{60}\n$/u)]);
    expect((await stat(path.join(folder, 'a.key'))).mode & 0o777).toBe(0o600);
    const before = await readFile(path.join(folder, 'a.key'), 'utf8');
    const again = await flipgate(folder, ['keys', 'new', '--out', 'a.key']);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('"a.key" is there already')]);
    expect(await readFile(path.join(folder, 'a.key'), 'utf8')).toBe(before);
    const secret = await flipgate(folder, ['keys', 'new', '--hmac', '--out', 'secret']);
    expect([secret.code, secret.stdout]).toEqual([0, '']);
  }));

describe('flipgate verify', () => {
  test('says pass where all is signed', () =>
    inCopy(forgery.kit.signed.failed, async (folder) => {
      const { code, stdout } = await flipgate(folder, ['verify']);
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(/^pass: all \d+ documents are what a trusted key has signed\n$/u),
      ]);
    }));

  test('is inconclusive where nothing is signed, and where there is nothing', async () => {
    await inCopy(forgery.kit.unsigned.failed, async (folder) => {
      const { code, stdout } = await flipgate(folder, ['verify', '--json']);
      expect(code).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining('no key is trusted'),
      });
    });
    await inFolder(async (folder) => {
      expect(await flipgate(folder, ['verify', '.'])).toMatchObject({
        code: 3,
        stdout: 'inconclusive: there is nothing to check\n',
      });
    });
  });

  test.each([
    ['a call', 'calls.jsonl', 'run.json'],
    ['a verdict', 'verdicts/acceptance.green.json', 'verdicts/acceptance.green.json'],
    ['an envelope', 'verdicts/acceptance.green.dsse.json', 'verdicts/acceptance.green.dsse.json'],
    ['the history', 'verdicts/history.jsonl', 'verdicts/history.jsonl:'],
    ['a drill', 'drills/edge.json', 'drills/edge.json'],
  ])('names what was changed: %s', (_, file, named) =>
    inCopy(forgery.kit.signed.failed, async (folder) => {
      const { runs } = forgery.kit.signed;
      const place = path.join(folder, 'reports', file === 'calls.jsonl' ? path.join(runs.good, file) : file);
      const text = await readFile(place, 'utf8');
      await writeFile(
        place,
        text.replace(/\d(?=\D*$)/u, (digit) => String((Number(digit) + 1) % 10)),
      );
      const { code, stdout } = await flipgate(folder, ['verify']);
      expect([code, stdout]).toEqual([1, expect.stringContaining(named)]);
    }),
  );

  test.each(['{', ''])('names a verdict that was cut to "%s", and the envelope beside it', (rest) =>
    inCopy(forgery.kit.signed.failed, async (folder) => {
      await writeFile(path.join(folder, 'reports/verdicts/acceptance.green.json'), rest);
      const { code, stdout } = await flipgate(folder, ['verify']);
      expect(code).toBe(1);
      expect(stdout).toContain('verdicts/acceptance.green.json is no verdict');
      expect(stdout).toContain('verdicts/acceptance.green.dsse.json is not about the verdict beside it');
    }),
  );

  test('tells a line that was taken out of the history', () =>
    inCopy(forgery.kit.signed.failed, async (folder) => {
      const { code } = await flipgate(folder, ['gate', 'acceptance', '--json']);
      expect(code).toBe(1);
      const file = path.join(folder, 'reports/verdicts/history.jsonl');
      const lines = (await readFile(file, 'utf8')).split('\n');
      await writeFile(file, lines.filter((_, index) => index !== 1).join('\n'));
      const { stdout } = await flipgate(folder, ['verify']);
      expect(stdout).toContain('follows a verdict that is not there: lines were taken out');
    }));
});

test('the envelope is a verification summary of the verdict beside it, and gate --attest prints it', () =>
  inCopy(forgery.kit.signed.failed, async (folder) => {
    const { code, stdout } = await flipgate(folder, ['gate', 'acceptance', '--attest']);
    expect(code).toBe(1);
    const stored = await json(path.join(folder, 'reports/verdicts/acceptance.green.dsse.json'));
    expect(JSON.parse(stdout)).toEqual(stored);
    const verdict = await json(path.join(folder, 'reports/verdicts/acceptance.green.json'));
    const statement = JSON.parse(Buffer.from(stored.payload, 'base64').toString('utf8'));
    expect(statement).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'green', digest: { sha256: verdict.artifact } }],
      predicateType: 'https://slsa.dev/verification_summary/v1',
      predicate: {
        verificationResult: 'FAILED',
        timeVerified: verdict.evaluated_at,
        policy: { digest: { sha256: verdict.policy } },
        flipgate_verdict: verdict,
      },
    });
    expect(verdict).toMatchObject({
      store: 'production',
      sequence: expect.any(Number),
      previous: expect.any(String),
    });
  }));

test('a judging that was begun leaves no envelope of before', () =>
  inCopy(forgery.kit.signed.passed, async (folder) => {
    await writeFile(path.join(folder, 'reports', forgery.kit.signed.runs.blue, 'run.json'), '{');
    const { code } = await flipgate(folder, ['gate', 'acceptance', '--json']);
    expect(code).toBe(4);
    await expect(stat(path.join(folder, 'reports/verdicts/acceptance.green.dsse.json'))).rejects.toThrow(
      'ENOENT',
    );
  }));

describe('a key', () => {
  const edited = async (folder: string, edit: (signing: Record<string, any>) => void): Promise<void> => {
    const file = path.join(folder, 'flipgate.yaml');
    const config = await json(file);
    edit(config.signing);
    await writeFile(file, JSON.stringify(config));
  };

  test('in the environment signs too, and stands nowhere in the store', () =>
    inCopy(forgery.kit.signed.passed, async (folder) => {
      const pem = await readFile((await json(path.join(folder, 'flipgate.yaml'))).signing.key, 'utf8');
      await edited(folder, (signing) => (signing.key = '${SIGNING_KEY}'));
      const { code } = await flipgate(folder, ['gate', 'acceptance', '--json'], { SIGNING_KEY: pem });
      expect(code).toBe(0);
      const body = pem.split('\n')[1]!;
      const { stdout, stderr } = await flipgate(folder, ['gate', body, '--json'], { SIGNING_KEY: pem });
      expect(stdout + stderr).not.toContain(body);
      const without = await flipgate(folder, ['gate', 'acceptance', '--json']);
      expect([without.code, without.stderr]).toEqual([
        2,
        expect.stringContaining('"SIGNING_KEY" is not set'),
      ]);
      expect((await flipgate(folder, ['report', '--format', 'json'])).code).toBe(0);
    }));

  test('that anybody can read is refused before anything is asked', () =>
    inCopy(forgery.kit.signed.passed, async (folder) => {
      const { key } = (await json(path.join(folder, 'flipgate.yaml'))).signing;
      await cp(key, path.join(folder, 'own.key'));
      await chmod(path.join(folder, 'own.key'), 0o644);
      await edited(folder, (signing) => (signing.key = 'own.key'));
      const { code, stderr } = await flipgate(folder, ['run', '--quiet']);
      expect([code, stderr]).toEqual([2, expect.stringContaining('can be used by anybody on this machine')]);
    }));

  test('is needed to score a run again, and the calls have to be those that were signed', () =>
    inCopy(forgery.kit.signed.passed, async (folder) => {
      const run = path.join(folder, 'reports', forgery.kit.signed.runs.good);
      await writeFile(
        path.join(run, 'calls.jsonl'),
        (await readFile(path.join(run, 'calls.jsonl'), 'utf8')).replace('topic', 'subject'),
      );
      const edit = await flipgate(folder, ['runs', 'score', forgery.kit.signed.runs.good]);
      expect([edit.code, edit.stderr]).toEqual([
        4,
        expect.stringContaining('is not what the record was written with'),
      ]);
      await rm(path.join(run, 'run.json'));
      const none = await flipgate(folder, ['runs', 'score', forgery.kit.signed.runs.good]);
      expect([none.code, none.stderr]).toEqual([4, expect.stringContaining("its calls may be anybody's")]);
    }));
});
