// What a table of methods says of each: what it is, its value, where it calls for a look, how sure that is.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { catalogueQuery } from '../../api/catalogue';
import type { FeatureDrift, JointDrift } from '../../api/types';
import { number, pValue } from '../../ui/format';
import styles from './reading.module.css';

type Found = FeatureDrift['methods'][number] | JointDrift;

export const READING_HEADS = (
  <>
    <th scope="col">Method</th>
    <th scope="col" data-number>
      Value
    </th>
    <th scope="col" data-number>
      Watch from
    </th>
    <th scope="col" data-number>
      p-value
    </th>
  </>
);

export function Reading({ found, title, more }: { found: Found; title?: string; more?: ReactNode }) {
  const { data } = useQuery(catalogueQuery());
  const known = data?.methods.find(({ slug }) => slug === found.method);
  const { value, threshold, p_value: p } = found;
  return (
    <>
      <th scope="row" data-wide>
        {known?.title ?? title ?? found.method}
        <span className={styles.what}>{known?.definition}</span>
      </th>
      <td data-number data-label="Value" title={value === null ? undefined : String(value)}>
        {value === null ? (found.reason ?? 'unknown') : number(value)}
        {more && <span className={styles.what}>{more}</span>}
      </td>
      <td data-number data-label="Watch from">
        {threshold === null ? 'no line' : number(threshold)}
      </td>
      <td data-number data-label="p-value">
        {p === null ? 'none' : pValue(p)}
      </td>
    </>
  );
}
