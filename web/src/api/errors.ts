interface ErrorBody {
  error: { code: string; message: string; where?: string | null };
}

/** One sentence for whatever went wrong on the way to the hub. */
export function sentence(error: unknown): string {
  if (isErrorBody(error)) return error.error.message;
  if (error instanceof TypeError) return "The hub does not answer. Is it running?";
  if (error instanceof Error) return error.message;
  return "The hub answered in a way this page does not understand.";
}

function isErrorBody(error: unknown): error is ErrorBody {
  if (typeof error !== "object" || error === null || !("error" in error)) return false;
  const detail = error.error;
  return (
    typeof detail === "object" && detail !== null && "message" in detail && typeof detail.message === "string"
  );
}

/** The field of a request that an error is about, if it says one. */
export function whereOf(error: unknown): string | null {
  return isErrorBody(error) ? (error.error.where ?? null) : null;
}
