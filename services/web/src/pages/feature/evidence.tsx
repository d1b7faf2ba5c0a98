// What all batches say together about one input: drift too slow for any single batch, with how sure that is.
import type { Feature } from '../../api/types';
import { compact, score } from '../../ui/format';
import { StatusMark } from '../../ui/status';
import { Since } from '../../ui/time';
import styles from './history.module.css';

type Evidence = NonNullable<NonNullable<Feature['history']>['evidence']>;

export function SlowDrift({ evidence }: { evidence: Evidence }) {
  const { alarm, value, threshold, since, score: distance } = evidence;
  // Beyond this nobody tells the numbers apart.
  const odds = (exponent: number) => compact(10 ** Math.min(exponent, 12));
  return (
    <p className={styles.evidence}>
      <StatusMark status={alarm ? 'watch' : 'fine'} size={16} />
      <span>
        <b>All batches together: </b>
        {value > 0 ? (
          <>
            {`had nothing changed, so much evidence would come about in fewer than 1 of ${odds(value)} histories `}
            {`(an alarm from 1 of ${odds(threshold)}). Most of it `}
            <Since time={since} />
            {`, a distance of ${score(distance)} by now.`}
          </>
        ) : (
          'nothing beyond chance.'
        )}
      </span>
    </p>
  );
}
