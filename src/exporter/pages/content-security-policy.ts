import type { PageAssets } from '../../base/build.ts';

/** What is not as this version writes it: an older version's page, one that was damaged, one that somebody put there. It can be read. */
const readOnly =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox";

/** What our pages do not have behind their start, since every text in them is escaped: what loads, leads away by itself, or changes what does. */
const strange = /<(?:meta|base|link|i?frame|object|embed|area|animate|set|portal)[\s/>]/iu;
/** Every link of ours leads to a place in the page, or on this server. */
const link = /<a\b/giu;
const ownLink =
  /<a(?:\s+(?!href)[a-z-]+(?:="[^"]*")?)*\s+href="(?:#|\/(?![/\\]))[^"]*"(?:\s+[a-z-]+(?:="[^"]*")?)*\s*>/uy;

/**
 * The `Content-Security-Policy` to serve a page with: a page's own word for what it may counts for nothing. One that begins as the pages of
 * this version begin, and has nothing in it that could lead elsewhere, gets their policy, which runs their one script and no other. What makes pages is
 * loaded when the first one is served.
 */
export async function servedPolicy(page: string, assets: PageAssets): Promise<string> {
  const { documentStart, contentSecurityPolicyOf } = await import('../../reports/html/page.ts');
  const start = documentStart(assets);
  return page.startsWith(start) && staysHere(ownPartOf(page.slice(start.length), assets))
    ? contentSecurityPolicyOf(assets)
    : readOnly;
}

/** What is left without the script and the style, which are every page's. */
function ownPartOf(rest: string, { script, style }: PageAssets): string {
  return rest.replace(`<script>${script}</script>`, () => '').replace(`<style>${style}</style>`, () => '');
}

function staysHere(rest: string): boolean {
  if (strange.test(rest)) return false;
  for (const { index } of rest.matchAll(link)) {
    ownLink.lastIndex = index;
    if (!ownLink.test(rest)) return false;
  }
  return true;
}
