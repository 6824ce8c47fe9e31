const { URL, URLSearchParams } = globalThis;
export { URL, URLSearchParams };
/** The old form, as far as addresses of Redis need it. */
export function parse(text, withQuery) {
  const it = URL.canParse(text) ? new URL(text) : new URL(text, 'x://');
  const auth = it.username || it.password ? `${decodeURIComponent(it.username)}:${decodeURIComponent(it.password)}` : null;
  const isRelative = it.protocol === 'x:';
  return {
    protocol: isRelative ? null : it.protocol,
    slashes: text.includes('//'),
    auth,
    hostname: isRelative ? null : it.hostname,
    host: isRelative ? null : it.host,
    port: it.port || null,
    pathname: it.pathname || null,
    path: it.pathname + it.search,
    query: withQuery ? Object.fromEntries(it.searchParams) : it.search.slice(1) || null,
    href: text,
  };
}
export default { URL, URLSearchParams, parse };
