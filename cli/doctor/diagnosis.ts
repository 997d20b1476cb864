interface Disease {
  /** Matches the error's name, code and message. */
  readonly symptom: RegExp;
  remedy(permission: string | undefined): string;
}

const SIGN_IN =
  'sign in with "aws configure sso" and "aws sso login" and name the profile in AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (for temporary keys AWS_SESSION_TOKEN too)';

/** The first that matches counts. */
const DISEASES: readonly Disease[] = [
  {
    symptom: /aws sso login|SSO session|token is expired/i,
    remedy: () => 'sign in again: "aws sso login", with --profile if it is not the default one',
  },
  { symptom: /ExpiredToken/, remedy: () => `the keys were temporary and have expired: ${SIGN_IN}` },
  { symptom: /CredentialsProviderError|TokenProviderError/, remedy: signInRemedy },
  {
    symptom: /InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature/,
    remedy: () => `AWS does not know these keys, or the secret is another's: ${SIGN_IN}`,
  },
  {
    symptom: /TimeTooSkewed|RequestExpired|Signature expired/,
    remedy: () => "set this machine's clock: requests are signed with the time",
  },
  {
    symptom: /AccessDenied|NotAuthorized|Unauthorized|Forbidden/,
    remedy: (permission) =>
      `allow ${permission ?? 'this'} to the identity of "credentials", or use one that may deploy`,
  },
  {
    symptom: /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/,
    remedy: () => 'AWS asks for fewer requests: run this again in a minute',
  },
  {
    symptom: /no answer within/,
    remedy: () => `${networkRemedy()}; where the profile has a credential_process, it must end`,
  },
  {
    symptom: /ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT|TimeoutError|fetch failed|CERT|SSL/i,
    remedy: networkRemedy,
  },
];

/** What an error says, in one line, and what to do about it. */
export function diagnose(error: unknown, permission?: string): [found: string, remedy: string] {
  const found = describe(error);
  const disease = DISEASES.find(({ symptom }) => symptom.test(found));
  return [found, disease?.remedy(permission) ?? 'run this again; if it stays, look the message up'];
}

/** Name or code and message of an error and of what caused it, in one line. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, cause } = error;
  const { code, $metadata } = error as NodeJS.ErrnoException & { $metadata?: { httpStatusCode?: number } };
  const title = typeof code === 'string' ? code : name;
  const said = message.includes(title) || title === 'Error' ? message : `${title}: ${message}`;
  const text = name === 'UnknownError' ? `HTTP ${$metadata?.httpStatusCode}, without a message` : said;
  return [text.replace(/\s+/g, ' ').trim(), ...(cause === undefined ? [] : [describe(cause)])].join('; ');
}

function signInRemedy(): string {
  const [profile] = assigned(/^AWS_PROFILE$/);
  return profile === undefined ? SIGN_IN : `${profile} must be one of "aws configure list-profiles"; ${SIGN_IN}`;
}

function networkRemedy(): string {
  const endpoints = assigned(/^AWS_ENDPOINT_URL/);
  if (endpoints.length > 0) return `start what should answer at ${endpoints.join(', ')}, or unset it to reach AWS`;
  // Only the name: its value may hold a password.
  const [proxy] = assigned(/^https?_proxy$/i).map((assignment) => assignment.split('=', 1)[0]);
  if (proxy !== undefined)
    return `the proxy in ${proxy} is not used by this check, though it is by Terraform: run this where AWS can be reached directly`;
  return 'check the connection, the name server and the firewall: this machine must reach *.amazonaws.com by HTTPS';
}

function assigned(name: RegExp): string[] {
  return Object.entries(process.env).flatMap(([key, value]) => (name.test(key) && value ? [`${key}=${value}`] : []));
}
