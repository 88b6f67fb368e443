import { useNavigate } from "react-router";

/** Goes back, or to Today when this page was the first of its tab. */
export function useBack(): () => void {
  const navigate = useNavigate();
  return () => {
    const state: unknown = globalThis.history.state;
    const isFirst = typeof state !== "object" || state === null || !("idx" in state) || state.idx === 0;
    void (isFirst ? navigate("/") : navigate(-1));
  };
}
