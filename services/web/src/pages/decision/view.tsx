// The answer and its reasons in words, then part by part; a warning where it rests on an input that drifts.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { reportQuery } from '../../api/drift';
import { localQuery } from '../../api/explanations';
import type { Contribution, FeatureDrift, LocalExplanation } from '../../api/types';
import { paths, withSearch } from '../../app/paths';
import { printMoment } from '../../app/url';
import { left, type Part, Waterfall } from '../../charts/waterfall';
import { DataTable } from '../../ui/data-table';
import { Field } from '../../ui/field';
import { Button } from '../../ui/button';
import { number, signed } from '../../ui/format';
import { Loaded } from '../../ui/loaded';
import { Panel } from '../../ui/panel';
import { Notice } from '../../ui/problem-view';
import { Segments } from '../../ui/segments';
import { StatusMark, WORD } from '../../ui/status';
import { HowExplained } from '../explain/how';
import { printAnswer, SPACE } from '../explain/space';
import type { DecisionUrl } from './page';
import styles from './view.module.css';
import { WhatIfPanel } from './what-if';

interface Props {
  model: string;
  row: string;
  found: LocalExplanation;
  url: DecisionUrl;
}

const MOST = 12;

export function DecisionView({ model, row, found, url }: Props) {
  const report = useQuery({ ...reportQuery(model, found.batch ?? ''), enabled: found.batch !== null }).data;
  const drift = new Map(report?.features.map((one) => [one.feature, one]));
  const resting = found.contributions.filter(({ feature }) => isDrifting(drift.get(feature))).slice(0, 5);
  const since = report && (report.start ?? report.end ?? report.created_at);
  const at = since && printMoment(Date.parse(since));
  const to = (feature: string) => withSearch(paths.feature(model, feature), { at });
  const unsure = found.contributions.some(({ std_error }) => std_error !== null);
  return (
    <>
      <section className={styles.answer} aria-label="Answer">
        <div className={styles.figure}>
          <span className="bw-muted">Answer</span>
          <b>{printAnswer(found, found.output)}</b>
          {found.answer !== null && found.answer !== found.prediction && found.prediction !== null && (
            <span className="bw-muted">{`${number(found.prediction)} in ${SPACE[found.output]}`}</span>
          )}
        </div>
        <div>
          <h2>{found.reasons.length ? 'Mainly because' : 'No reason stands out'}</h2>
          {found.reasons.length > 0 && (
            <ol className={styles.reasons}>
              {found.reasons.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ol>
          )}
          {found.reason !== null && <p>{found.reason}</p>}
        </div>
      </section>
      {resting.length > 0 && (
        <section className={styles.warning} aria-label="Drift warning">
          <StatusMark
            status={resting.some(({ feature }) => drift.get(feature)?.status === 'act') ? 'act' : 'watch'}
          />
          <p>
            <b>Treat this explanation with care.</b> It rests on inputs that drift:{' '}
            {resting.map(({ feature }, i) => (
              <span key={feature}>
                {i > 0 && ', '}
                <Link to={to(feature)}>{feature}</Link>
              </span>
            ))}
            . The model may never have learnt from values like these.
          </p>
        </section>
      )}
      {found.warnings.map((one) => (
        <Notice key={one}>{one}</Notice>
      ))}
      <Contributions model={model} found={found} drift={drift} to={to} unsure={unsure} url={url} />
      <WhatIfPanel model={model} row={row} found={found} url={url} />
      <HowExplained found={found} />
    </>
  );
}

const isDrifting = (one: FeatureDrift | undefined) => one?.status === 'act' || one?.status === 'watch';

interface ContributionsProps extends Omit<Props, 'row'> {
  drift: ReadonlyMap<string, FeatureDrift>;
  /** The way to an input, at the time of the batch. */
  to: (feature: string) => string;
  unsure: boolean;
}

function Contributions({ model, found, drift, to, unsure, url }: ContributionsProps) {
  if (found.base_value === null || found.prediction === null) return null;
  const { compare, parts: view } = url.values;
  const space = SPACE[found.output];
  return (
    <Panel
      title={compare ? `Compared with ${compare}` : 'How the answer came about'}
      lead={
        unsure
          ? `From the usual answer, in ${space}. Estimated: a line shows where a part lies with 95 % confidence.`
          : `From the usual answer, in ${space}. The parts add up to the answer exactly.`
      }
      aside={
        !compare && (
          <Segments
            label="Show the parts as"
            value={view}
            options={[
              ['fall', 'Waterfall'],
              ['table', 'Table'],
            ]}
            onChange={(parts) => url.set({ parts })}
          />
        )
      }
    >
      {compare ? (
        <Beside model={model} found={found} other={compare} url={url} />
      ) : view === 'fall' ? (
        <Waterfall
          label={`From ${number(found.base_value)} to ${number(found.prediction)}, input by input`}
          from={{ name: 'The usual answer', value: found.base_value }}
          to={{ name: 'This answer', value: found.prediction }}
          parts={partsOf(found, to, drift)}
          format={number}
          signed={signed}
        />
      ) : (
        <ContributionTable found={found} />
      )}
      {!compare && <Compare url={url} />}
    </Panel>
  );
}

const Z95 = 1.96;

function partsOf(
  found: LocalExplanation,
  to: ContributionsProps['to'],
  drift: ReadonlyMap<string, FeatureDrift>,
): Part[] {
  const order = sorted(found.contributions);
  const rest = order.slice(MOST).reduce((sum, one) => sum + one.contribution, found.other);
  const parts: Part[] = order.slice(0, MOST).map((one) => {
    const status = drift.get(one.feature)?.status;
    const isMoved = status === 'act' || status === 'watch';
    return {
      key: one.feature,
      name: (
        <>
          {isMoved && (
            <span className={styles.moved} title={`drifts: ${WORD[status]}`}>
              <StatusMark status={status} size={14} />
            </span>
          )}
          <Link to={to(one.feature)}>{one.feature}</Link>
        </>
      ),
      note: said(one.value),
      change: one.contribution,
      interval:
        one.std_error === null
          ? null
          : [one.contribution - Z95 * one.std_error, one.contribution + Z95 * one.std_error],
    };
  });
  const others = order.length - MOST;
  return [...parts, ...left(rest, parts, others > 0 ? `${others} others` : 'all others')];
}

const sorted = (list: readonly Contribution[]) =>
  [...list].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));

export const said = (value: Contribution['value']): string =>
  value === null ? 'missing' : typeof value === 'number' ? number(value) : String(value);

function ContributionTable({ found }: { found: LocalExplanation }) {
  return (
    <DataTable caption="Contributions of all inputs" tall>
      <thead>
        <tr>
          <th scope="col">Input</th>
          <th scope="col">Value</th>
          <th scope="col" data-number>
            Contribution
          </th>
          <th scope="col" data-number>
            Standard error
          </th>
        </tr>
      </thead>
      <tbody>
        {sorted(found.contributions).map((one) => (
          <tr key={one.feature}>
            <th scope="row">{one.feature}</th>
            <td>{said(one.value)}</td>
            <td data-number title={String(one.contribution)}>
              {signed(one.contribution)}
            </td>
            <td data-number>{one.std_error === null ? 'exact' : number(one.std_error)}</td>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}

function Compare({ url }: { url: DecisionUrl }) {
  const [id, setId] = useState('');
  return (
    <form
      className={`${styles.compare} bw-screen`}
      onSubmit={(event) => {
        event.preventDefault();
        if (id.trim()) url.set({ compare: id.trim() }, { push: true });
      }}
    >
      <Field
        label="Id of another prediction"
        bare
        placeholder="Compare with another id"
        value={id}
        onChange={(event) => setId(event.currentTarget.value)}
      />
      <Button type="submit" disabled={!id.trim()}>
        Compare
      </Button>
    </form>
  );
}

/** Two decisions input by input: what of the difference lies where. */
function Beside({
  model,
  found,
  other,
  url,
}: {
  model: string;
  found: LocalExplanation;
  other: string;
  url: DecisionUrl;
}) {
  const query = useQuery(localQuery(model, other));
  return (
    <Loaded query={query} what={`the explanation of ${other}`} height={240}>
      {(second) => {
        const theirs = new Map(second.contributions.map((one) => [one.feature, one]));
        const rows = found.contributions
          .map((one) => ({ one, two: theirs.get(one.feature) }))
          .sort((a, b) => Math.abs(gap(b)) - Math.abs(gap(a)));
        return (
          <>
            <p className={styles.both}>
              {`This answer ${shown(found)}, the other ${shown(second)}. `}
              <Button kind="quiet" onClick={() => url.set({ compare: '' })}>
                Compare no longer
              </Button>
            </p>
            <DataTable
              stack
              caption={`Contributions of this row and of ${other}, the largest difference first`}
            >
              <thead>
                <tr>
                  <th scope="col">Input</th>
                  <th scope="col">This value</th>
                  <th scope="col">{`Of ${other}`}</th>
                  <th scope="col" data-number>
                    This contribution
                  </th>
                  <th scope="col" data-number>
                    The other
                  </th>
                  <th scope="col" data-number>
                    Difference
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.slice(0, 30).map(({ one, two }) => (
                  <tr key={one.feature}>
                    <th scope="row">{one.feature}</th>
                    <td data-label="This value">{said(one.value)}</td>
                    <td data-label={`Of ${other}`}>{two ? said(two.value) : 'not known'}</td>
                    <td data-number data-label="This contribution">
                      {signed(one.contribution)}
                    </td>
                    <td data-number data-label="The other">
                      {two ? signed(two.contribution) : 'not known'}
                    </td>
                    <td data-number data-label="Difference">
                      {signed(gap({ one, two }))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </DataTable>
          </>
        );
      }}
    </Loaded>
  );
}

const gap = ({ one, two }: { one: Contribution; two: Contribution | undefined }) =>
  one.contribution - (two?.contribution ?? 0);

const shown = ({ answer, prediction }: LocalExplanation) =>
  answer === null && prediction === null ? 'is unknown' : number(answer ?? prediction!);
