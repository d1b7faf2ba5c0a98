// The chosen step: how it stands, what is known about it and from whom, the ways on, what rests on it, and what was
// different the time before.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { nodeQuery } from '../../api/lineage';
import type { Graph, GraphNode } from '../../api/types';
import { has } from '../../app/has';
import { MarkIcon } from '../../graph/path';
import { MARK_WORD, markStatus } from '../../graph/status';
import { Button } from '../../ui/button';
import { count, dateTime, duration, number } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { Moment } from '../../ui/time';
import { Compared } from './compared';
import { ImpactList } from './impact';
import type { ProvenanceUrl } from './page';
import styles from './step-panel.module.css';
import { KIND, pageOf } from './words';

interface Props {
  model: string;
  graph: Graph;
  node: string;
  url: ProvenanceUrl;
  onChoose: (id: string) => void;
}

/** Said in full above the others. */
const FIRST = ['error', 'error_code', 'message', 'activity'];

export function StepPanel({ model, graph, node, url, onChoose }: Props) {
  const query = useQuery(nodeQuery(model, node));
  const [isImpact, setImpact] = useState(false);
  const before = beforeOf(graph, node);
  const { versus } = url.values;
  const page = pageOf(node);
  return (
    <Panel
      title={query.data ? query.data.label : 'The chosen step'}
      lead={query.data && <Standing node={query.data} />}
      aside={
        <>
          {page && (
            <Link className={styles.page} to={page.to}>
              {page.title}
            </Link>
          )}
          {query.data?.links.map(({ title, href }) => (
            <a key={href} className={styles.page} href={href}>
              {title}
            </a>
          ))}
        </>
      }
    >
      <Loaded query={query} what="this step" height={220}>
        {(found) => (
          <div className={styles.step}>
            {!found.known && (
              <p className="bw-muted">It is only named so far: no source has told of it itself.</p>
            )}
            <Attributes node={found} />
            <div className={styles.ways}>
              {has('/lineage/impact') && (
                <Button aria-expanded={isImpact} onClick={() => setImpact(!isImpact)}>
                  What rests on it
                </Button>
              )}
              {has('/lineage/diff') && before !== null && (
                <Button
                  aria-expanded={versus !== ''}
                  onClick={() => url.set({ versus: versus === '' ? before : '' })}
                >
                  Compare with the one before
                </Button>
              )}
            </div>
            {isImpact && <ImpactList model={model} node={node} onChoose={onChoose} />}
            {versus !== '' && <Compared model={model} a={node} b={versus} onChoose={onChoose} />}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

function Standing({ node }: { node: GraphNode }) {
  const status = markStatus(node);
  const isRun = node.start !== null && node.end !== null && node.end !== node.start;
  return (
    <span className={styles.standing}>
      <MarkIcon status={status} size={16} silent />
      <b>{MARK_WORD[status]}</b>
      <span>{KIND[node.kind]}</span>
      {node.start !== null && <Moment time={node.start} />}
      {isRun && <span>took {duration((Date.parse(node.end!) - Date.parse(node.start!)) / 1000)}</span>}
      {node.clock_skew_s !== null && <span>its clock is {duration(node.clock_skew_s)} off</span>}
    </span>
  );
}

function Attributes({ node }: { node: GraphNode }) {
  const order = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const known = node.attributes
    .filter(({ value, name }) => value !== null && String(value) !== '' && name !== 'url')
    .sort((a, b) => order(a.name) - order(b.name));
  if (!known.length) return null;
  return (
    <dl className={styles.attributes}>
      {known.map(({ name, value, source, time }) => (
        <div key={name} data-error={name === 'error' || undefined}>
          <dt title={`Said by ${source}, ${dateTime(Date.parse(time))}`}>
            {WORDS[name] ?? name.replaceAll('_', ' ')}
          </dt>
          <dd>{shown(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What the services call things, in words. */
const WORDS: Readonly<Record<string, string>> = {
  n_drifted: 'inputs drifting',
  n_features: 'inputs',
  score: 'drift index',
  sentence: 'reading',
  threshold: 'act from',
};

function shown(value: GraphNode['attributes'][number]['value']): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? count(value) : number(value);
  if (Array.isArray(value))
    return value.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(', ');
  return JSON.stringify(value);
}

/** The step of the same kind and name before this one; null where none is drawn. */
function beforeOf(graph: Graph, node: string): string | null {
  for (const { marks } of graph.lanes) {
    const here = marks.find(({ id }) => id === node);
    if (!here) continue;
    const earlier = marks.filter(
      ({ kind, label, start }) =>
        kind === here.kind &&
        (label === here.label || kind === 'batch' || kind === 'report') &&
        (start ?? '') < (here.start ?? ''),
    );
    return earlier.at(-1)?.id ?? null;
  }
  return null;
}
