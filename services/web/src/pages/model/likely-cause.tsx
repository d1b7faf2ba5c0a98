// What likely caused it, in a sentence, with the way to the evidence; nothing while nothing is known.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { causesQuery } from '../../api/causes';
import { paths, withSearch } from '../../app/paths';
import styles from './open-incidents.module.css';

export function LikelyCause({ model }: { model: string }) {
  const { data } = useQuery(causesQuery(model));
  const cause = data?.status === 'found' ? data.causes[0] : undefined;
  if (!cause) return null;
  return (
    <p className={styles.cause}>
      <b>Likely cause:</b> {cause.sentence}.{' '}
      <Link to={withSearch(paths.provenance(model), { node: cause.node })}>See why</Link>
    </p>
  );
}
