import { tableOf, write } from '../core/terminal/output';
import { info } from '../core/terminal/progress';
import { report } from '../core/terminal/report';
import { priceListUrl, ratesAgainstPriceList } from './price-list';

/**
 * Compares rates with AWS's public price list, which needs no account; ends with exit code 1 if one differs. Not those of EC2, whose
 * list has hundreds of megabytes, and of QuickSight, which has none. `AWS_PRICE_LIST_URL` names another place.
 */
main().catch(report);

async function main(): Promise<void> {
  const checked = await ratesAgainstPriceList(priceListUrl(), (list) => info(`${list} …`));
  const differing = checked.filter(({ verdict }) => verdict !== 'same');
  if (differing.length > 0)
    await write(
      `${tableOf(
        ['rate', 'region', 'here', 'price list', 'verdict'],
        differing.map(({ rate, region, here, listed, verdict }) => [
          rate,
          region,
          String(here),
          listed.join(', '),
          verdict,
        ]),
        { width: 120 },
      )}\n`,
    );
  await write(`${checked.length - differing.length} of ${checked.length} are as AWS lists them\n`);
  if (differing.length > 0) process.exitCode = 1;
}
