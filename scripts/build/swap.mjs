import {
  cpSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import path from 'node:path';

/** So many builds are kept: a program that runs may still load from its own. */
const kept = 10;
/** What was left unfinished for so long belongs to nobody. */
const abandonedMilliseconds = 3_600_000;

/** Lets `dist` name a build, in one step. */
export function pointAt(root, folder) {
  const dist = path.join(root, 'dist');
  const target = path.relative(root, folder);
  const found = kindOf(dist);
  if (found === 'link' && readlinkSync(dist) === target) return;
  const link = path.join(mkdtempSync(path.join(root, '.builds/unfinished-')), 'dist');
  // As seen from where it will be.
  symlinkSync(target, link, 'dir');
  if (found === 'folder') setAside(dist, link);
  renameSync(link, dist);
  rmSync(path.dirname(link), { recursive: true });
}

/** Makes `dist` a real folder with what was built. */
export function copyInto(root, folder) {
  const dist = path.join(root, 'dist');
  const place = mkdtempSync(path.join(root, '.builds/unfinished-'));
  const copy = path.join(place, 'dist');
  cpSync(folder, copy, { recursive: true });
  if (kindOf(dist) !== undefined) setAside(dist, copy);
  renameSync(copy, dist);
  rmSync(place, { recursive: true });
}

/** A folder cannot be replaced in one step; it goes with the place in which its successor waits. */
function setAside(dist, successor) {
  renameSync(dist, `${successor}-before`);
}

function kindOf(place) {
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isSymbolicLink() ? 'link' : 'folder';
}

/** Removes all but the newest builds, by when they were last wanted. */
export function removeOldBuilds(builds, current) {
  const now = new Date();
  utimesSync(current, now, now);
  const entries = readdirSync(builds).flatMap((name) => entryOf(path.join(builds, name)));
  const isUnfinished = ({ place }) => path.basename(place).startsWith('unfinished-');
  const finished = entries.filter((entry) => !isUnfinished(entry)).sort((a, b) => b.time - a.time);
  const abandoned = entries.filter(
    (entry) => isUnfinished(entry) && now - entry.time > abandonedMilliseconds,
  );
  for (const { place } of [...finished.slice(kept), ...abandoned])
    rmSync(place, { recursive: true, force: true });
}

/** None where another build removed it meanwhile. */
function entryOf(place) {
  const found = statSync(place, { throwIfNoEntry: false });
  return found === undefined ? [] : [{ place, time: found.mtimeMs }];
}
