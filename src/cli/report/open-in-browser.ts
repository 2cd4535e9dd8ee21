import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { UserError, exitCodes } from '../../base/errors.ts';

const programs: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Shows a file in the person's browser; no shell is between. Throws a `UserError` (exit 4) where there is none. */
export async function openInBrowser(file: string): Promise<void> {
  const [program = 'xdg-open', ...args] = programs[process.platform] ?? [];
  const child = spawn(program, [...args, pathToFileURL(file).href], { detached: true, stdio: 'ignore' });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', () =>
      reject(
        new UserError(`"${program}" cannot be started`, {
          hint: `open ${file} yourself`,
          exitCode: exitCodes.error,
        }),
      ),
    );
  });
  child.unref();
}
