import { type Loopback, serve } from '../server/loopback';

/** What an account's QuickSight is; no emulator has one. */
export interface QuickSight {
  readonly edition?: string;
  readonly identityRegion: string;
  /** Roles by user name. */
  readonly users: Readonly<Record<string, string>>;
}

/** Answers the two calls that ask about an account and a user. */
export function startQuickSight(quickSight: QuickSight): Promise<Loopback> {
  return serve(({ url = '', headers }, response) => {
    const region = /\/(\w+-\w+-\d)\/quicksight\//.exec(headers.authorization ?? '')?.[1];
    const [code, answer] = accountAnswer(quickSight, url, region);
    const type = code === 200 ? {} : { 'x-amzn-errortype': answer.type };
    response.writeHead(code, { 'content-type': 'application/json', ...type }).end(JSON.stringify(answer));
  });
}

/** What QuickSight answers to a question about the account or a user. */
export function accountAnswer(
  { edition, identityRegion, users }: QuickSight,
  url: string,
  region = 'none',
): [code: number, answer: { readonly type?: string; readonly [member: string]: unknown }] {
  const absent = { type: 'ResourceNotFoundException', Message: `${url} is not there` };
  if (/^\/accounts\/\d+\/(dashboards|data-sets)\//.test(url)) return [404, absent]; // these are where they were deployed
  if (region !== identityRegion) {
    const Message = `Operation is being called from endpoint ${region}, but your identity region is ${identityRegion}. Please use the ${identityRegion} endpoint.`;
    return [403, { type: 'AccessDeniedException', Message }];
  }
  if (/^\/account\/\d+$/.test(url))
    return edition === undefined
      ? [404, absent]
      : [200, { AccountInfo: { Edition: edition, AccountSubscriptionStatus: 'ACCOUNT_CREATED' } }];
  const UserName = decodeURIComponent(/^\/accounts\/\d+\/namespaces\/default\/users\/([^/]+)$/.exec(url)?.[1] ?? '');
  const Role = users[UserName];
  const Arn = `arn:aws:quicksight:${identityRegion}:${url.split('/')[2]}:user/default/${UserName}`;
  return Role === undefined
    ? [404, absent]
    : [
        200,
        {
          User: {
            Arn,
            UserName,
            Role,
            Active: true,
            Email: 'someone@example.com',
            IdentityType: 'QUICKSIGHT',
            PrincipalId: 'p',
          },
        },
      ];
}
