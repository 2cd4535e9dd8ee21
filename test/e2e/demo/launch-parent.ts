import { launchReferenceArms } from '../../../src/demo/launch.ts';

/** A program that launches the arms, says where they are, and waits: for tests that kill it. */
const [goldFolder = '', cacheFolder = ''] = process.argv.slice(2);
const { arms } = await launchReferenceArms({ scenario: 'healthy', goldFolder, cacheFolder });
process.stdout.write(`${JSON.stringify(arms)}\n`);
setInterval(() => undefined, 60_000);
