import { zodResolver } from "@hookform/resolvers/zod";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useForm, type UseFormReturn } from "react-hook-form";
import { z } from "zod";

import { countOf } from "../core/format.ts";
import { normalizePhone } from "../core/phone.ts";
import { type Problem } from "../core/problem-words.ts";
import { enter } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { client, problemOf } from "../data/connection.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button, ProblemNote, TextLink } from "../parts/basics.tsx";
import { Door } from "../parts/door.tsx";
import { Field } from "../parts/field.tsx";
import { PasskeyButton } from "../parts/passkey-button.tsx";
import { ProviderButtons } from "../parts/provider-buttons.tsx";
import type { TypedCode } from "../parts/code-step.tsx";

/** Loaded only by those who are asked for a code. */
const CodeStep = lazy(async () => ({ default: (await import("../parts/code-step.tsx")).CodeStep }));

const schema = z.object({
  phone: z.string().min(1, "Your phone number"),
  password: z.string().min(1, "Your password"),
});

type Form = UseFormReturn<z.infer<typeof schema>>;

function Fields({ form }: { readonly form: Form }): ReactNode {
  const errors = form.formState.errors;
  return (
    <>
      <Field
        label="Phone"
        error={errors.phone?.message}
        input={{
          ...form.register("phone"),
          type: "tel",
          autoComplete: "username",
          autoFocus: true,
          "data-testid": "phone-input",
        }}
      />
      <Field
        label="Password"
        error={errors.password?.message}
        input={{
          ...form.register("password"),
          type: "password",
          autoComplete: "current-password",
          "data-testid": "password-input",
        }}
      />
    </>
  );
}

/** By a passkey, without typing anything (when the phone was typed, only whose it is); and a new password by mail. */
function OtherWays({ phone: typed }: { readonly phone: () => string }): ReactNode {
  const dispatch = useAppDispatch();
  return (
    <div className="mt-5">
      <p className="mb-5 text-13">
        <TextLink href="/recover">Forgot your password?</TextLink>
      </p>
      <PasskeyButton
        label="Sign in with a passkey"
        options={async () => (await client.call("auth.passkeyOptions")).data}
        onAnswer={async (passkey) => {
          const phone = normalizePhone(typed());
          const body = { passkey, session: "cookie", ...(phone === "" ? {} : { phone }) } as const;
          dispatch(enter((await client.call("auth.passkey", { body })).data));
        }}
      />
      <ProviderButtons />
    </div>
  );
}

function SignUpInstead({ isClaimed }: { readonly isClaimed: boolean }): ReactNode {
  return (
    <p className="mt-7 text-13 text-muted">
      {isClaimed ? (
        <>
          Invited? <TextLink href="/signup">Sign up with your code</TextLink>
        </>
      ) : (
        <TextLink href="/signup">Claim this server</TextLink>
      )}
    </p>
  );
}

/** Sign-in. A wrong phone and a wrong password read the same. */
export function LogIn(): ReactNode {
  const dispatch = useAppDispatch();
  const { data: server } = api.useServerQuery();
  const unsent = useAppSelector((state) => state.thread.sayings.length);
  const [problem, setProblem] = useState<Problem | null>(null);
  /** By which ways a code can be had; null: none was asked for. */
  const [ways, setWays] = useState<readonly string[] | null>(null);
  const [typed, setTyped] = useState<TypedCode>({});
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { phone: "", password: "" } });
  const submit = form.handleSubmit(async ({ phone, password }) => {
    setProblem(null);
    try {
      const body = { phone: normalizePhone(phone), password, session: "cookie", ...typed } as const;
      dispatch(enter((await client.call("auth.logIn", { body })).data));
    } catch (error) {
      const found = problemOf(error);
      if (found.code === "second-factor-needed") setWays(found.ways ?? []);
      else setProblem(found);
    }
  });
  const isWrong = problem?.status === 401 || problem?.status === 422 || problem?.status === 400;
  const isCodeWrong = problem?.code === "code-wrong";
  return (
    <Door
      title="Sign in"
      lead={
        unsent === 0 ? undefined : `${countOf(unsent, "saying")} not sent yet, kept in this tab until you are back.`
      }
    >
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <Fields form={form} />
        {ways !== null && (
          <Suspense>
            <CodeStep
              ways={ways}
              isWrong={isCodeWrong}
              send={async (by) => {
                const { phone, password } = form.getValues();
                const body = { phone: normalizePhone(phone), password, by };
                return (await client.call("auth.logInCode", { body })).data;
              }}
              onChange={setTyped}
            />
          </Suspense>
        )}
        {isWrong && (
          <p role="alert" className="text-danger">
            Phone or password is not right.
          </p>
        )}
        {problem !== null && !isWrong && !isCodeWrong && <ProblemNote problem={problem} />}
        <Button
          look="primary"
          type="submit"
          isDisabled={form.formState.isSubmitting}
          data-testid="login-button"
          className="self-start px-6"
        >
          Sign in
        </Button>
      </form>
      {server?.claimed !== false && <OtherWays phone={() => form.getValues("phone")} />}
      <SignUpInstead isClaimed={server?.claimed !== false} />
    </Door>
  );
}
