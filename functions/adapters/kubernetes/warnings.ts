import type { IncomingHttpHeaders } from 'node:http';

/** The texts of `Warning: 299 - "…"` headers, each once (KUBERNETES.md CL5). */
export function warningsOf(headers: IncomingHttpHeaders): readonly string[] {
  const header: unknown = headers.warning;
  const text = Array.isArray(header) ? header.join(', ') : typeof header === 'string' ? header : '';
  const found = [...text.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, quoted = '']) =>
    quoted.replace(/\\(.)/g, '$1'),
  );
  return [...new Set(found)];
}
