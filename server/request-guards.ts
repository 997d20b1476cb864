import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';

/** Address that a server listens on unless it is told another. */
export const LOOPBACK = '127.0.0.1';

/** Whether only programs of this machine reach an address. */
export function isLoopback(host: string): boolean {
  return /^(127(\.\d{1,3}){3}|localhost|::1)$/i.test(host);
}

/**
 * Refuses a request under a name that is none of the server's: it was led here from somebody else's page (DNS rebinding), and the
 * browser takes the answer for that page's own.
 *
 * @param host what the server listens on; at all addresses of the machine, any address and the machine's name will do
 */
export function requireOwnHost(host: string): MiddlewareHandler {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const names = ['localhost', LOOPBACK, '::1', host, ...(isEverywhere ? [hostname()] : [])].map((name) =>
    name.toLowerCase(),
  );
  return async (c, next) => {
    const name = hostOf(c.req.header('host') ?? '');
    if (!names.includes(name) && !(isEverywhere && isIP(name)))
      throw new HTTPException(403, {
        message: 'this server does not answer to that name: open the address that it printed',
      });
    await next();
  };
}

/** The name or address of a Host header, in small letters and without port and brackets. */
function hostOf(header: string): string {
  const [, v6, other] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(header.toLowerCase()) ?? [];
  return v6 ?? other ?? '';
}

/**
 * Refuses what a page of another site asks for, another port of this machine included; browsers say so, other programs don't. A
 * link to the page itself may be followed from anywhere.
 */
export const requireOwnSite: MiddlewareHandler = async (c, next) => {
  const site = c.req.header('sec-fetch-site');
  const isLink =
    c.req.path === '/' &&
    c.req.header('sec-fetch-mode') === 'navigate' &&
    c.req.header('sec-fetch-dest') === 'document';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isLink)
    throw new HTTPException(403, { message: 'this server answers to its own page alone, not to those of other sites' });
  await next();
};

/**
 * Lets in who has the token: in the address, which gives the browser a cookie and is left for the same without the token; as that
 * cookie; or as `Authorization: Bearer`.
 */
export function requireToken(token: string): MiddlewareHandler {
  // Cookies are for all ports of a host, so that another server with a token needs one of another name.
  const cookie = `clickstream-${createHash('sha256').update(token).digest('hex').slice(0, 8)}`;
  return async (c, next) => {
    const given = c.req.path === '/' ? c.req.query('token') : undefined;
    if (given !== undefined && isSame(given, token)) {
      setCookie(c, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
      return c.redirect(withoutToken(c), 303);
    }
    const [, bearer] = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
    if (![bearer, getCookie(c, cookie)].some((text) => text !== undefined && isSame(text, token)))
      throw new HTTPException(401, {
        message: 'this server needs its token: open the address with ?token= that it printed in the terminal',
      });
    await next();
  };
}

function withoutToken(c: Context): string {
  const { searchParams } = new URL(c.req.url);
  searchParams.delete('token');
  return searchParams.size > 0 ? `/?${searchParams}` : '/';
}

/** Takes as long wherever they differ. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
