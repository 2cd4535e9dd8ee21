import { UserError } from '../base/errors.ts';
import { commands } from './commands.ts';

/** Commands that people look for, and how the same is done today. One that comes leaves this list. */
const today: Readonly<Record<string, string>> = {
  flip: 'move your pointer by its own means once "flipgate gate acceptance" ends with 0; examples/consumers has kits',
  pointer: 'pointers belong to your own tooling; examples/consumers has kits',
  promote: 'name the other arm as "baseline" and "candidate" in flipgate.yaml',
  rollback:
    'move your pointer back by its own means; "flipgate serve" does it when Alertmanager calls (docs/serve.md)',
  status: '"flipgate runs" lists the runs, "flipgate serve" shows verdicts and runs in a browser',
  switch:
    'move your pointer by its own means once "flipgate gate acceptance" ends with 0; examples/consumers has kits',
  watch:
    'run again from time to time, each time followed by "flipgate gate watch"; docs/alerts.md has what calls for a rollback',
};

/** Throws a `UserError` (exit 2) for a command that is not in this version but has another way. */
export function refuseNotHereYet(named: string | undefined): void {
  const hint = named !== undefined && Object.hasOwn(today, named) ? today[named] : undefined;
  if (hint === undefined || commands.some(({ name }) => name === named)) return;
  throw new UserError(`"${named}" is not in this version`, { hint: `today: ${hint}` });
}
