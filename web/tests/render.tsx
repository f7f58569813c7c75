import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { SelectionProvider } from "../src/app/selection";

/** What the hub answers, by `METHOD path`; a function sees the request's body. */
export type Answers = Record<string, unknown | ((body: unknown) => unknown)>;

/** What the page asked of the hub, in order. */
export type Asked = { what: string; body: unknown }[];

/** Draw a part of the screen in front of a hub that gives these answers. */
export function renderWithHub(part: ReactNode, answers: Answers): Asked {
  const asked: Asked = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const what = `${request.method} ${new URL(request.url).pathname}`;
    const text = await request.text();
    const body = text === "" ? undefined : JSON.parse(text);
    asked.push({ what, body });
    const answer = answers[what];
    if (answer === undefined)
      return Response.json({ error: { code: "not_found", message: `no ${what}` } }, { status: 404 });
    return Response.json(typeof answer === "function" ? answer(body) : answer);
  });
  render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <SelectionProvider>{part}</SelectionProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return asked;
}
