/** The documentation's page on refusals, built in, so that a hub without the internet can explain itself. */
const pages = import.meta.glob<string>("../../../docs/refusals.md", { query: "?raw", import: "default" });

/** One section of the page: paragraphs of plain words. */
export type Section = readonly string[];

/** The sections of a Markdown page by their headings, without its markup. */
export function sectionsOf(markdown: string): Map<string, Section> {
  const sections = new Map<string, Section>();
  for (const part of markdown.split(/^#{2,} +/m).slice(1)) {
    const [heading = "", ...rest] = part.split("\n");
    const paragraphs = rest.join("\n").split(/\n\s*\n/);
    const words = paragraphs.map((one) =>
      one
        .replace(/[*`]|\{#[^}]*\}/g, "")
        .replace(/\s+/g, " ")
        .trim(),
    );
    sections.set(plainWord(heading), words.filter(Boolean));
  }
  return sections;
}

export async function loadSections(): Promise<Map<string, Section>> {
  const [load] = Object.values(pages);
  return load === undefined ? new Map() : sectionsOf(await load());
}

function plainWord(heading: string): string {
  return heading.replace(/[`*]|\{#[^}]*\}/g, "").trim();
}
