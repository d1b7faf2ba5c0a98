// A step of the provenance in a few lines: what it was, how it ended, its error, and the ways on.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { nodeQuery } from '../../api/lineage';
import { paths, withSearch } from '../../app/paths';
import { MarkIcon } from '../../graph/path';
import { MARK_WORD, markStatus } from '../../graph/status';
import { Button } from '../../ui/button';
import { Loaded } from '../../ui/loaded';
import { Moment } from '../../ui/time';
import { KIND, pageOf } from '../provenance/words';
import styles from './provenance-row.module.css';

interface Props {
  model: string;
  node: string;
  onClose: () => void;
}

export function ChosenStep({ model, node, onClose }: Props) {
  const query = useQuery(nodeQuery(model, node));
  const page = pageOf(node);
  return (
    <section className={styles.step} role="region" aria-label="Chosen step">
      <Loaded query={query} what="this step" height={72}>
        {(found) => {
          const status = markStatus(found);
          const error = found.attributes.find(({ name }) => name === 'error')?.value;
          return (
            <>
              <p className={styles.what}>
                <MarkIcon status={status} size={18} silent />
                <b>{found.label}</b>
                <span>{MARK_WORD[status]}</span>
                <span className="bw-muted">{KIND[found.kind]}</span>
                {found.start !== null && <Moment time={found.start} />}
              </p>
              {typeof error === 'string' && <p className={styles.error}>{error}</p>}
              <p className={styles.ways}>
                {page && <Link to={page.to}>{page.title}</Link>}
                <Link to={withSearch(paths.provenance(model), { node })}>See its way</Link>
                {found.links.map(({ title, href }) => (
                  <a key={href} href={href}>
                    {title}
                  </a>
                ))}
                <Button kind="quiet" className="bw-screen" onClick={onClose}>
                  Close
                </Button>
              </p>
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
