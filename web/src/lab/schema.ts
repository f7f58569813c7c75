/** From a JSON schema, as the hub writes it, to the fields of a form and back to what is sent. */

export interface Field {
  name: string;
  label: string;
  description: string;
  kind: "whole" | "number" | "choice" | "flag" | "text";
  choices: readonly string[];
  /** What holds where nothing is given, as text; empty: nothing does. */
  standard: string;
  least: number | undefined;
  most: number | undefined;
  /** `least` itself is not allowed. */
  isAbove: boolean;
}

export type Values = Readonly<Record<string, string>>;

type Node = Readonly<Record<string, unknown>>;

export function fieldsOf(schema: unknown): Field[] {
  if (!isNode(schema) || !isNode(schema.properties)) return [];
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    const field = fieldOf(schema, name, property);
    return field === undefined ? [] : [field];
  });
}

/** The words that a schema defines under a name, such as `Objective`. */
export function wordsOf(schema: unknown, name: string): string[] {
  const definitions = isNode(schema) ? schema.$defs : undefined;
  const found = isNode(definitions) ? definitions[name] : undefined;
  return isNode(found) && Array.isArray(found.enum) ? found.enum.map(String) : [];
}

/** A field that takes a text as one that takes one of these. */
export function chosenFrom(field: Field, choices: readonly string[]): Field {
  return { ...field, kind: "choice", choices };
}

/** What the fields say, as the hub takes it: only what is given and differs from what holds anyway. */
export function given(fields: readonly Field[], values: Values): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const field of fields) {
    const text = values[field.name]?.trim() ?? "";
    if (text === "" || text === field.standard) continue;
    said[field.name] = meant(field, text);
  }
  return said;
}

/** A text that is no number goes as it is: the hub says what is wrong with it. */
function meant(field: Field, text: string): unknown {
  if (field.kind === "flag") return text === "true";
  if (field.kind !== "whole" && field.kind !== "number") return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function fieldOf(root: Node, name: string, property: unknown): Field | undefined {
  if (!isNode(property)) return undefined;
  const node = resolved(root, property);
  const choices = Array.isArray(node.enum) ? node.enum.map(String) : [];
  const kind = choices.length > 0 ? "choice" : KINDS[String(node.type)];
  if (kind === undefined) return undefined;
  return {
    name,
    label: worded(name),
    description: sentence(property.description),
    kind,
    choices,
    standard: property.default == null ? "" : String(property.default),
    least: numberIn(node, "minimum", "exclusiveMinimum"),
    most: numberIn(node, "maximum", "exclusiveMaximum"),
    isAbove: typeof node.exclusiveMinimum === "number",
  };
}

const KINDS: Readonly<Record<string, Field["kind"] | undefined>> = {
  integer: "whole",
  number: "number",
  boolean: "flag",
  string: "text",
};

/** The schema behind a reference, or the one of several that is not null. */
function resolved(root: Node, node: Node): Node {
  if (Array.isArray(node.anyOf)) {
    const other = node.anyOf.filter(isNode).find((one) => one.type !== "null");
    return other === undefined ? node : resolved(root, other);
  }
  if (typeof node.$ref !== "string") return node;
  const definitions = root.$defs;
  const found = isNode(definitions) ? definitions[node.$ref.split("/").at(-1) ?? ""] : undefined;
  return isNode(found) ? resolved(root, found) : node;
}

const LABELS: Readonly<Record<string, string>> = {
  sl: "Stop",
  tp: "Target",
  tsl: "Trailing stop",
  be: "Breakeven",
  hold: "Longest time",
  start: "From",
  end: "To",
  fill: "Orders fill at",
  fills: "Inside a bar",
  stops_active: "Stops act from",
  inside: "Lower timeframe",
  eod: "End of session",
  session: "Session of",
  qty_step: "Quantity step",
  min_qty: "Smallest quantity",
  max_qty: "Largest quantity",
  min_notional: "Smallest value",
  tick: "Tick",
  latency: "Latency (ms)",
};

export function worded(name: string): string {
  const words = LABELS[name] ?? name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function sentence(text: unknown): string {
  return typeof text === "string" ? text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, "") : "";
}

function numberIn(node: Node, ...names: string[]): number | undefined {
  const found = names.map((name) => node[name]).find((value) => typeof value === "number");
  return typeof found === "number" ? found : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
