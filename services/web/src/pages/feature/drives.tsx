// What drives the change: the parts of the distribution it sits in, and how much of the decisions rests on the
// input, then and now.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { globalQuery } from '../../api/explanations';
import { Problem } from '../../api/problem';
import type { FeatureDrift } from '../../api/types';
import { has } from '../../app/has';
import { paths, withSearch } from '../../app/paths';
import { percent, points as pp, tidy } from '../../ui/format';
import { Panel } from '../../ui/panel';
import styles from './drives.module.css';

const MOST = 6;

interface Props {
  model: string;
  batch: string;
  drift: FeatureDrift;
  /** The moment of the batch, as addresses write it. */
  at: string;
}

export function Drives({ model, batch, drift, at }: Props) {
  const parts = drift.contributions.filter(({ share }) => share >= 0.005).slice(0, MOST);
  return (
    <Panel title="What drives it">
      <div className={styles.drives}>
        {parts.length > 0 && (
          <section aria-label="Where the change sits">
            <h3>Where the change sits</h3>
            <ul className={styles.parts}>
              {parts.map(({ bin, share }) => (
                <li key={bin}>
                  <span>{bin === 'missing' ? 'missing values' : tidy(bin)}</span>
                  <span className={styles.track} aria-hidden="true">
                    <i style={{ width: percentOf(share) }} />
                  </span>
                  <b>{percent(share)}</b>
                </li>
              ))}
            </ul>
            <p className="bw-muted">Shares of the drift by range of values.</p>
          </section>
        )}
        {has('/models/{model}/explanations/global') && (
          <Weight model={model} batch={batch} feature={drift.feature} at={at} />
        )}
      </div>
    </Panel>
  );
}

const percentOf = (share: number) => `${(100 * Math.min(1, share)).toFixed(1)}%`;

function Weight({
  model,
  batch,
  feature,
  at,
}: {
  model: string;
  batch: string;
  feature: string;
  at: string;
}) {
  const query = useQuery({ ...globalQuery(model, batch, {}), retry: false });
  const isUnknown = query.error instanceof Problem && query.error.status === 404;
  const one = query.data?.features.find((each) => each.feature === feature);
  const before = query.data?.against_reference?.features.find((each) => each.feature === feature);
  if (query.isPending) return null;
  return (
    <section aria-label="What rests on it">
      <h3>What rests on it</h3>
      {one ? (
        <>
          <p>
            <b>{percent(one.share)}</b> of the decisions in this batch, rank {one.rank} of{' '}
            {query.data!.features.length} inputs.
            {before &&
              (Math.abs(one.share - before.reference_share) < 0.005
                ? ' As on the reference.'
                : ` On the reference it was ${percent(before.reference_share)} (${pp(one.share - before.reference_share)}).`)}
          </p>
          <p>
            <Link to={withSearch(paths.explain(model), { at })}>What the model looks at</Link>
          </p>
        </>
      ) : (
        <p className="bw-muted">
          {isUnknown || !query.error
            ? 'The answers of this batch are not explained, so it is not known how much rests on this input.'
            : 'How much rests on it could not be loaded just now.'}
        </p>
      )}
    </section>
  );
}
