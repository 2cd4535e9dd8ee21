import { armOptions, type ArmSettings } from '../../arms/options.ts';
import { partSha256 } from '../../scoring/subject.ts';

/** Settings under such names may hold what must not be found in a hash, and say nothing about which stack it is. */
const secretName =
  /authorization|cookie|key|token|secret|password|credential|headers|auth$|environment|^tls$|^proxy$/iu;

/**
 * The hash of what makes an arm this arm: its kind and everything that the kind is told, like method, URL, body and mapping; without secrets,
 * and without what only says how it is asked, like concurrency and time limits.
 */
export function armAddress(settings: ArmSettings): string {
  const own = Object.entries(settings).filter(([name]) => !Object.hasOwn(armOptions, name));
  return partSha256(withoutSecrets(Object.fromEntries(own)));
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return withoutUrlSecrets(value);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !secretName.test(name));
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutSecrets(member)]));
}

function withoutUrlSecrets(text: string): string {
  if (!/^https?:/iu.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  [url.username, url.password] = ['', ''];
  const secret = [...url.searchParams.keys()].filter((name) => secretName.test(name));
  for (const name of secret) url.searchParams.delete(name);
  return url.href;
}
