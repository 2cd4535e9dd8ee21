/** A URL without its user and password, and the header that carries them in their place. */
export function withCredentials(text: string): {
  readonly url: string;
  readonly headers: Record<string, string>;
} {
  const url = new URL(text);
  const { username, password } = url;
  if (username === '' && password === '') return { url: url.href, headers: {} };
  [url.username, url.password] = ['', ''];
  const pair = `${decoded(username)}:${decoded(password)}`;
  return {
    url: url.href,
    headers: { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` },
  };
}

/** A `%` that encodes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
