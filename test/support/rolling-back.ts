import { rollback } from '../../src/app/rollback/rollback.ts';
import { rollbackSetting } from './rollback-setting.ts';

/** A process that rolls back when its parent says where and how, and tells when it has. */
interface Message {
  readonly folder: string;
  readonly command: string;
}

process.on('message', ({ folder, command }: Message) => {
  const setting = rollbackSetting(folder, { command, now: Date.now });
  void rollback({ trigger: 'alertmanager', causes: ['f1'] }, setting).then(({ outcome }) =>
    process.send?.(outcome),
  );
});
process.send?.('ready');
