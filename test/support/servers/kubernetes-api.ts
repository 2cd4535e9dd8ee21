import { request } from 'node:https';

/** Who the API server takes for its administrator. */
export const administrator = 'test-administrator';

export interface ApiRequest {
  readonly port: number;
  readonly path: string;
  readonly method?: 'GET' | 'PATCH';
  /** A merge patch. */
  readonly body?: object;
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/** Asks the API server itself: the certificate is one that it just made, and Debian's kubectl cannot patch a status. */
export function askApi({ port, path, method = 'GET', body }: ApiRequest): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${administrator}`,
      'content-type': 'application/merge-patch+json',
    };
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers, rejectUnauthorized: false },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
