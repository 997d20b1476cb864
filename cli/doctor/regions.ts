import { REGION_PATTERN } from '../../core/names';

/** What a region must look like, for messages. */
export const REGION_RULE =
  'a commercial region such as us-east-1 or eu-central-1; "aws ec2 describe-regions" lists those of the account';

/** Whether a text looks like a region that the stack can be deployed to. */
export function isRegion(text: string): boolean {
  return new RegExp(REGION_PATTERN).test(text);
}
