// The way from an incident to what it is about: its first day, its inputs, the path of its rows.
import { Link } from 'react-router';
import type { Incident } from '../../api/types';
import { has } from '../../app/has';
import { paths, withSearch } from '../../app/paths';
import { printMoment } from '../../app/url';
import styles from './page.module.css';

const MOST = 3;

export function WhereFrom({ incident: { model, since, findings } }: { incident: Incident }) {
  const at = printMoment(Date.parse(since));
  const features = [...new Set(findings.flatMap((one) => one.features))].slice(0, MOST);
  return (
    <p className={styles.links}>
      <Link to={withSearch(paths.model(model), { at })}>The day it began</Link>
      {features.map((feature) => (
        <Link key={feature} to={withSearch(paths.feature(model, feature), { at })}>
          {feature}
        </Link>
      ))}
      {has('/lineage/graph') && <Link to={withSearch(paths.provenance(model), { at })}>Provenance</Link>}
    </p>
  );
}
