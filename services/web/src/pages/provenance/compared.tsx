// How two steps came about differently.
import { useQuery } from '@tanstack/react-query';
import { diffQuery, type Diff } from '../../api/lineage';
import { DataTable } from '../../ui/data-table';
import { Loaded } from '../../ui/loaded';
import styles from './impact.module.css';
import { KIND } from './words';

interface Props {
  model: string;
  a: string;
  b: string;
  onChoose: (id: string) => void;
}

export function Compared({ model, a, b, onChoose }: Props) {
  const query = useQuery(diffQuery(model, a, b));
  return (
    <section className={styles.impact} aria-label="Compared with the one before">
      <Loaded query={query} what="the comparison" height={80}>
        {(found) => (
          <>
            <p>{found.sentence}</p>
            <Changes found={found} />
            <Alone words="Only this one" roles={found.only_a} side="a" onChoose={onChoose} />
            <Alone words="Only the one before" roles={found.only_b} side="b" onChoose={onChoose} />
            <p className="bw-muted">{`${found.same} steps are the same.`}</p>
          </>
        )}
      </Loaded>
    </section>
  );
}

function Changes({ found }: { found: Diff }) {
  if (!found.changed.length) return null;
  return (
    <DataTable caption="What differs between the two" stack>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">What</th>
          <th scope="col">Before</th>
          <th scope="col">This one</th>
        </tr>
      </thead>
      <tbody>
        {found.changed.flatMap(({ role, kind, label, changes }) =>
          changes.map(({ field, a, b }) => (
            <tr key={`${role} ${field}`}>
              <th scope="row">{`${KIND[kind]} ${label}`}</th>
              <td data-label="What">{field.replaceAll('_', ' ')}</td>
              <td data-label="Before">{said(b)}</td>
              <td data-label="This one">{said(a)}</td>
            </tr>
          )),
        )}
      </tbody>
    </DataTable>
  );
}

function Alone({
  words,
  roles,
  side,
  onChoose,
}: {
  words: string;
  roles: Diff['only_a'];
  side: 'a' | 'b';
  onChoose: (id: string) => void;
}) {
  if (!roles.length) return null;
  return (
    <>
      <p>{words}:</p>
      <ul>
        {roles.map((one) => (
          <li key={one.role}>
            <button
              type="button"
              onClick={() => onChoose(one[side]!)}
            >{`${KIND[one.kind]} ${one.label}`}</button>
          </li>
        ))}
      </ul>
    </>
  );
}

const said = (value: unknown) =>
  value === null || value === undefined
    ? 'not known'
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
