import type { PageAssets } from '../../base/build.ts';

/** What is not as this version writes it: an older version's page, one that was damaged, one that somebody put there. It can be read. */
const readOnly =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox";

/**
 * The `Content-Security-Policy` to serve a page with: a page's own word for what it may counts for nothing. One that begins as the pages of
 * this version begin gets their policy, which runs their one script and no other. What makes pages is loaded when the first one is served.
 */
export async function servedPolicy(page: string, assets: PageAssets): Promise<string> {
  const { documentStart, contentSecurityPolicyOf } = await import('../../reports/html/page.ts');
  return page.startsWith(documentStart(assets)) ? contentSecurityPolicyOf(assets) : readOnly;
}
