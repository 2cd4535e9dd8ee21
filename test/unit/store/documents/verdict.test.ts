import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { storeVerdict, verdictsAbout } from '../../../../src/store/documents/verdict.ts';
import { readEvents } from '../../../../src/store/event-log.ts';
import { inFolder } from '../../../support/cli.ts';
import { failed } from '../../../support/verdicts.ts';

test('a line of the history that a kill cut does not swallow the next verdict', () =>
  inFolder(async (store) => {
    const history = path.join(store, 'verdicts', 'history.jsonl');
    await storeVerdict(store, { ...failed, reason: 'one' });
    await appendFile(history, '{"schema":"flipgate.verdict/1","gate":"acc');
    await storeVerdict(store, { ...failed, reason: 'two' });
    await storeVerdict(store, { ...failed, gate: 'other', reason: 'three' });
    const lines = [...readEvents(history)].map((line) =>
      line.kind === 'event' ? line.event['reason'] : 'torn',
    );
    expect(lines).toEqual(['one', 'torn', 'two', 'three']);
    expect((await verdictsAbout(store, failed.runs)).map(({ reason }) => reason)).toEqual(['two', 'three']);
  }));
