import { defineErrors } from "@kaelix/base";

/** What loading and steering interceptors throws. Faults of an interceptor at work are its status, not errors. */
export const interceptorErrors = defineErrors({
  "interceptor-missing": { kind: "missing", retry: false, status: 404, text: "There is no interceptor of this name" },
  "interceptor-exists": {
    kind: "conflict",
    retry: false,
    status: 409,
    text: "An interceptor of this name is loaded already",
  },
  "interceptor-invalid": {
    kind: "input",
    retry: false,
    status: 400,
    text: "Cannot load interceptor: its module must export an object named interceptor",
  },
});
