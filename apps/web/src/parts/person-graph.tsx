import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";

import { placeOnRings } from "../core/ring-layout.ts";
import { peopleApi, type WireGraph } from "../data/people-api.ts";
import { Loading, Name, ProblemNote } from "./basics.tsx";
import { Section } from "./page.tsx";
import { Segmented } from "./segmented.tsx";

type Node = WireGraph["nodes"][number];
type Edge = WireGraph["edges"][number];

const WORDS: Readonly<Record<Edge["type"], string>> = {
  family: "family",
  colleague: "works with",
  friend: "friend",
  neighbour: "neighbour",
  attends: "at",
  scheduled_for: "on",
  owes: "owes",
  owns: "has",
  works_at: "works at",
  studies_at: "studies at",
  lives_in: "lives in",
  member_of: "member of",
  allergic_to: "allergic to",
  together: "named together",
};

const FILL: Readonly<Record<string, string>> = {
  me: "fill-own stroke-accent",
  person: "fill-accent-soft stroke-accent",
  place: "fill-surface stroke-confidential",
  organisation: "fill-surface stroke-secret",
};

const HEIGHT = 320;
const NAME_LENGTH_MAX = 20;

function short(name: string): string {
  return name.length <= NAME_LENGTH_MAX ? name : `${name.slice(0, NAME_LENGTH_MAX - 1)}…`;
}

function useWidth(): readonly [React.RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 640));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}

/** The picture; for the eyes and the mouse alone, its table says the same. */
function Picture({ graph }: { readonly graph: WireGraph }): ReactNode {
  const navigate = useNavigate();
  const [box, width] = useWidth();
  const spots = placeOnRings(graph.nodes, graph.edges, { width, height: HEIGHT });
  return (
    <div ref={box} className="rounded-card border border-line bg-surface">
      <svg aria-hidden="true" width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} className="block w-full">
        {graph.edges.map((edge) => {
          const [from, to] = [spots.get(edge.from), spots.get(edge.to)];
          if (from === undefined || to === undefined) return null;
          const isFaint = edge.until !== null || edge.type === "together";
          return (
            <line
              key={`${edge.from} ${edge.type} ${edge.to}`}
              x1={from.x}
              y1={from.y}
              x2={to.x}
              y2={to.y}
              className="stroke-border"
              strokeWidth={isFaint ? "1" : "1.5"}
              strokeDasharray={isFaint ? "4 4" : undefined}
            >
              <title>{WORDS[edge.type]}</title>
            </line>
          );
        })}
        {graph.nodes.map((node) => {
          const spot = spots.get(node.id);
          if (spot === undefined) return null;
          const isPerson = node.kind === "person";
          return (
            <g
              key={node.id}
              className={isPerson && node.hops > 0 ? "cursor-pointer" : ""}
              onClick={() => isPerson && void navigate(`/people/${node.id}`)}
            >
              <circle
                cx={spot.x}
                cy={spot.y}
                r={node.hops === 0 ? 11 : 7}
                strokeWidth="2"
                className={FILL[node.kind] ?? "fill-surface stroke-border"}
              />
              <text
                x={spot.x}
                y={spot.y + (node.hops === 0 ? 27 : 21)}
                textAnchor="middle"
                paintOrder="stroke"
                strokeWidth="4"
                className={`fill-ink stroke-surface text-12 ${node.hops === 0 ? "font-semibold" : ""}`}
              >
                {short(node.name)}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function NodeName({ node }: { readonly node: Node | undefined }): ReactNode {
  if (node === undefined) return null;
  if (node.kind !== "person") return <Name text={node.name} />;
  return (
    <Link to={`/people/${node.id}`} className="text-accent underline decoration-line underline-offset-4">
      <Name text={node.name} />
    </Link>
  );
}

function Table({ graph }: { readonly graph: WireGraph }): ReactNode {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  return (
    <div
      className="overflow-x-auto rounded-card border border-line bg-surface"
      tabIndex={0}
      role="group"
      aria-label="Connections"
    >
      <table className="w-full text-13" data-testid="graph-table">
        <thead className="text-start text-muted">
          <tr>
            {["Who", "How", "Whom or what", "Since", "Until"].map((title) => (
              <th key={title} scope="col" className="px-3 py-2 text-start font-medium whitespace-nowrap">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line border-t border-line">
          {graph.edges.map((edge) => (
            <tr key={`${edge.from} ${edge.type} ${edge.to}`}>
              <td className="px-3 py-2">
                <NodeName node={nodes.get(edge.from)} />
              </td>
              <td className="px-3 py-2 text-muted">{WORDS[edge.type]}</td>
              <td className="px-3 py-2">
                <NodeName node={nodes.get(edge.to)} />
              </td>
              <td className="px-3 py-2 whitespace-nowrap text-muted">{edge.since}</td>
              <td className="px-3 py-2 whitespace-nowrap text-muted">{edge.until ?? ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const LOOKS = [
  { value: "picture", label: "Picture" },
  { value: "table", label: "Table" },
] as const;
const STEPS = [
  { value: "1", label: "One step" },
  { value: "2", label: "Two steps" },
] as const;

/** What hangs together around somebody, as a picture or as a table that says the same. */
export function PersonGraph({ id, name }: { readonly id: string; readonly name: string }): ReactNode {
  const [look, setLook] = useState<(typeof LOOKS)[number]["value"]>("picture");
  const [steps, setSteps] = useState<(typeof STEPS)[number]["value"]>("1");
  const { data, error, refetch } = peopleApi.useGraphQuery({ id, hops: steps === "2" ? 2 : 1 });
  return (
    <Section title={`Around ${name}`}>
      <p className="mb-2 flex flex-wrap gap-2">
        <Segmented label="How far" value={steps} options={STEPS} onChange={setSteps} testId="graph-steps" />
        <Segmented label="Show as" value={look} options={LOOKS} onChange={setLook} testId="graph-look" />
      </p>
      {error !== undefined && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {error === undefined && data === undefined && <Loading what="Looking around" />}
      {error === undefined && data?.edges.length === 0 && (
        <p className="text-13 text-muted">No memory says yet what they have to do with anybody or any place.</p>
      )}
      {error === undefined &&
        data !== undefined &&
        data.edges.length > 0 &&
        (look === "picture" ? <Picture graph={data} /> : <Table graph={data} />)}
    </Section>
  );
}
