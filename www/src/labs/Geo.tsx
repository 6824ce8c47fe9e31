/** Cities on a map and what GEOSEARCH looks at; the experiment is playground/src/labs/geo.rs. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Choice, Controls, Fact, Slider } from './Controls';
import { openLink } from './link';
import { coasts } from './coasts';
import './geo.css';

type Form = 'circle' | 'box';
type Ask = { kind: 'add'; longitude: number; latitude: number } | { kind: 'restart' } | { kind: 'search'; search: { longitude: number; latitude: number; shape: Form; km: number } };

interface Place {
  name: string;
  longitude: number;
  latitude: number;
  bits: string;
  geohash: string;
  distance: string | null;
  measured: boolean;
}

interface View {
  places: Place[];
  command: string;
  found: string[];
  cells: { prefix: string; west: number; south: number; east: number; north: number; places: number }[];
  outline: [number, number][];
}

const map = { west: -12, east: 32, south: 35, north: 61.5 };
/** A degree to the east is shorter than one to the north, here by as much as in the middle of the map. */
const narrow = Math.cos((48 * Math.PI) / 180);
const x = (longitude: number) => (longitude - map.west) * narrow;
const y = (latitude: number) => map.north - latitude;
const [width, height] = [x(map.east), y(map.south)];
const forms = [['circle', 'BYRADIUS'], ['box', 'BYBOX']] as const;
const clicks = [['centre', 'moves the centre'], ['add', 'adds a place (GEOADD)']] as const;
const degrees = (value: number) => `${value.toFixed(1)}°`;
const path = (points: readonly (readonly [number, number])[]) => points.map(([longitude, latitude]) => `${x(longitude).toFixed(2)},${y(latitude).toFixed(2)}`).join(' ');

export default function Geo() {
  const link = useMemo(() => openLink<Ask, View>('geo', 1n), []);
  useEffect(() => link.close, []);
  const shape = useSignal<Form>('circle');
  const km = useSignal(500);
  const longitude = useSignal(10);
  const latitude = useSignal(50);
  const click = useSignal<'centre' | 'add'>('centre');
  const cells = useSignal(true);
  const view = link.view.value;
  if (link.failed.value) return <p class="failed" role="alert">{link.failed.value}</p>;
  const search = () => void link.ask({ kind: 'search', search: { longitude: longitude.value, latitude: latitude.value, shape: shape.value, km: km.value } });
  const clicked = (east: number, north: number) => {
    if (click.value === 'add') {
      void link.ask({ kind: 'add', longitude: east, latitude: north });
    } else {
      longitude.value = east;
      latitude.value = north;
      search();
    }
  };
  const measured = view?.places.filter((place) => place.measured).length ?? 0;
  return (
    <div class="lab-body">
      <Controls>
        <Choice label="Search" options={forms} value={shape.value} onChange={(chosen) => { shape.value = chosen; search(); }} />
        <Slider label={shape.value === 'circle' ? 'Radius' : 'Half the width'} value={Math.log10(km.value)} min={1.7} max={3.2} step={0.02} show={(value) => `${Math.round(10 ** value)} km`} onInput={(value) => { km.value = Math.round(10 ** value); search(); }} />
        <Slider label="Centre, longitude" value={longitude.value} min={-10} max={30} step={0.1} show={degrees} onInput={(value) => { longitude.value = value; search(); }} />
        <Slider label="Centre, latitude" value={latitude.value} min={36} max={61} step={0.1} show={degrees} onInput={(value) => { latitude.value = value; search(); }} />
      </Controls>
      <Controls>
        <Choice label="A click on the map" options={clicks} value={click.value} onChange={(chosen) => (click.value = chosen)} />
        <button type="button" class="quiet" disabled={!view} onClick={() => void link.ask({ kind: 'add', longitude: longitude.value, latitude: latitude.value })}>Add a place at the centre</button>
        <button type="button" class="quiet" disabled={!view} onClick={() => void link.ask({ kind: 'restart' })}>Only the cities</button>
        <label class="show-cells"><input type="checkbox" checked={cells.value} onChange={(event) => (cells.value = event.currentTarget.checked)} /> Show cells</label>
      </Controls>
      <p class="asked"><code>{view?.command ?? ' '}</code></p>
      <dl class="lab-facts">
        <Fact label="Places">{view?.places.length ?? 0}</Fact>
        <Fact label="Cells looked into">{view?.cells.length ?? 0}</Fact>
        <Fact label="Distances measured">{measured}</Fact>
        <Fact label="Found">{view?.found.length ?? 0}</Fact>
      </dl>
      <div class="atlas">
        <Atlas view={view} cells={cells.value} centre={[longitude.value, latitude.value]} onClick={clicked} />
        <Found view={view} />
      </div>
      <p class="dim">
        A place is a member of a sorted set, and its score is its place: 52 bits, cut by cut the half of the map that it is in, by longitude and
        by latitude in turn. Places in one rectangle share their first bits, so a rectangle is a range of scores. A search looks into the
        cell of its middle and those neighbours that the area reaches, as ranges of scores, and measures the distance of every place in them: those
        outside the area are thrown away. Distances are along a ball with the radius of the Earth. The coasts are drawn by hand, so that one knows
        where one is; the store has only the points.
      </p>
    </div>
  );
}

function Atlas({ view, cells, centre, onClick }: { view: View | undefined; cells: boolean; centre: [number, number]; onClick(longitude: number, latitude: number): void }) {
  const clicked = (event: MouseEvent & { currentTarget: SVGSVGElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const east = map.west + ((event.clientX - box.left) / box.width) * (map.east - map.west);
    const north = map.north - ((event.clientY - box.top) / box.height) * height;
    onClick(Math.round(east * 10) / 10, Math.round(north * 10) / 10);
  };
  const says = view ? `Map of Europe: ${view.found.length} of ${view.places.length} places are in the area, ${view.cells.length} cells are looked into` : 'Map of Europe';
  return (
    <svg class="map" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={says} onClick={clicked}>
      {coasts.map((coast, number) => <polygon key={number} class="land" points={path(coast)} />)}
      {[-10, 0, 10, 20, 30].map((longitude) => <line key={longitude} class="degree" x1={x(longitude)} x2={x(longitude)} y1={0} y2={height} />)}
      {[40, 50, 60].map((latitude) => <line key={latitude} class="degree" x1={0} x2={width} y1={y(latitude)} y2={y(latitude)} />)}
      {cells && view?.cells.map((cell) => (
        <g key={cell.prefix}>
          <rect class="cell" x={x(cell.west)} y={y(cell.north)} width={x(cell.east) - x(cell.west)} height={cell.north - cell.south}>
            <title>{`${cell.prefix}…: ${cell.places} places`}</title>
          </rect>
        </g>
      ))}
      <polygon class="area" points={path(view?.outline ?? [])} />
      <path class="centre" d={`M${x(centre[0]) - 0.4} ${y(centre[1])}h.8m-.4-.4v.8`} />
      {view?.places.map((place) => (
        <g key={place.name} class={place.distance !== null ? 'place in' : place.measured ? 'place measured' : 'place'}>
          <circle cx={x(place.longitude)} cy={y(place.latitude)} r="0.22" />
          <text x={x(place.longitude) + 0.35} y={y(place.latitude) + 0.25}>{place.name}</text>
        </g>
      ))}
    </svg>
  );
}

/** What is found, then what was measured in vain. */
function Found({ view }: { view: View | undefined }) {
  const places = new Map(view?.places.map((place) => [place.name, place]));
  const found = (view?.found ?? []).flatMap((name) => places.get(name) ?? []);
  const others = view?.places.filter((place) => place.measured && place.distance === null) ?? [];
  const common = view?.cells[0]?.prefix.length ?? 0;
  return (
    <section class="near" aria-label="Places found" tabIndex={0}>
      <table>
        <thead><tr><th scope="col">Place</th><th scope="col">km</th><th scope="col">Score in bits, geohash</th></tr></thead>
        <tbody>
          {[...found, ...others].map((place) => (
            <tr key={place.name} class={place.distance === null ? 'outside' : ''}>
              <th scope="row">{place.name}</th>
              <td>{place.distance === null ? 'outside' : Number(place.distance).toFixed(1)}</td>
              <td title={place.bits}><code><b>{place.bits.slice(0, common)}</b>{place.bits.slice(common, Math.max(14, common + 2))}…</code> <code class="dim">{place.geohash}</code></td>
            </tr>
          ))}
          {found.length + others.length === 0 && <tr><td colSpan={3}>No place is in any of the cells.</td></tr>}
        </tbody>
      </table>
    </section>
  );
}
