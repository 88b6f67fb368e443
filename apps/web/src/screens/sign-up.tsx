import { zodResolver } from "@hookform/resolvers/zod";
import { type ReactNode, useState } from "react";
import { useForm, type UseFormReturn } from "react-hook-form";
import { useSearchParams } from "react-router";
import { z } from "zod";

import { isPhone, normalizePhone } from "../core/phone.ts";
import type { Problem } from "../core/problem-words.ts";
import { enter } from "../data/actions.ts";
import { api } from "../data/api.ts";
import { forgetClaimCode } from "../data/claim-code.ts";
import { client, problemOf } from "../data/connection.ts";
import { useAppDispatch, useAppSelector } from "../data/store.ts";
import { Button, ProblemNote, TextLink } from "../parts/basics.tsx";
import { Door } from "../parts/door.tsx";
import { Field } from "../parts/field.tsx";

/** What every server asks for at least; one that asks for more says so itself. */
const PASSWORD_LENGTH_MIN = 8;

const schema = z.object({
  phone: z.string().refine(isPhone, "Start with + and the country code, like +41 79 123 45 67"),
  name: z.string().trim().min(1, "What shall we call you?").max(200, "At most 200 letters"),
  password: z
    .string()
    .min(PASSWORD_LENGTH_MIN, `At least ${PASSWORD_LENGTH_MIN} letters`)
    .max(1_024, "At most 1,024 letters"),
  code: z.string().trim().max(200),
});

type Values = z.infer<typeof schema>;
type Form = UseFormReturn<Values>;

/** `isReplaceable`: a password that is lost can be replaced, since this server sends mail. */
function PersonFields({ form, isReplaceable }: { readonly form: Form; readonly isReplaceable: boolean }): ReactNode {
  const errors = form.formState.errors;
  return (
    <>
      <Field
        label="Phone"
        hint="Nobody is texted. It is your sign-in name."
        error={errors.phone?.message}
        input={{
          ...form.register("phone"),
          type: "tel",
          autoComplete: "tel",
          autoFocus: true,
          placeholder: "+41 79 123 45 67",
          "data-testid": "phone-input",
        }}
      />
      <Field
        label="Name"
        error={errors.name?.message}
        input={{ ...form.register("name"), autoComplete: "name", "data-testid": "name-input" }}
      />
      <Field
        label="Password"
        hint={
          isReplaceable
            ? "Long beats clever. A few words you will remember."
            : "Long beats clever. A few words you will remember: this server sends no mail, and cannot replace it."
        }
        error={errors.password?.message}
        input={{
          ...form.register("password"),
          type: "password",
          autoComplete: "new-password",
          "data-testid": "password-input",
        }}
      />
    </>
  );
}

function CodeField({ form, isClaimed }: { readonly form: Form; readonly isClaimed: boolean }): ReactNode {
  return (
    <Field
      label={isClaimed ? "Invite code" : "Claim code from the terminal"}
      hint={
        isClaimed
          ? "Without one, ask the owner of this server."
          : "It stands in the address that the start printed, after #c="
      }
      error={form.formState.errors.code?.message}
      input={{
        ...form.register("code"),
        autoComplete: "off",
        spellCheck: false,
        "data-testid": isClaimed ? "invite-input" : "claim-input",
      }}
    />
  );
}

/** Signs up and takes over the session; the claim code is spent by it. */
function useSubmit(form: Form, isClaimed: boolean) {
  const dispatch = useAppDispatch();
  const claimCode = useAppSelector((state) => state.session.claimCode);
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = form.handleSubmit(async ({ phone, name, password, code }) => {
    setProblem(null);
    const proof = isClaimed ? { invite_code: code } : { claim_code: code === "" ? (claimCode ?? "") : code };
    try {
      const body = { phone: normalizePhone(phone), name, password, session: "cookie", ...proof } as const;
      const { data } = await client.call("auth.signUp", { body });
      forgetClaimCode();
      dispatch(enter(data));
    } catch (error) {
      const refused = problemOf(error);
      // What is wrong with the password is said at its field.
      if (refused.code.startsWith("identity-password-"))
        form.setError("password", { message: refused.detail }, { shouldFocus: true });
      else setProblem(refused);
    }
  });
  return { submit, problem, asksCode: isClaimed || claimCode === null || problem?.status === 403 };
}

/** Sign-up: the first person claims the server, later ones bring an invite. */
export function SignUp(): ReactNode {
  const [search] = useSearchParams();
  const { data: server } = api.useServerQuery();
  const defaultValues = { phone: "", name: "", password: "", code: search.get("invite") ?? "" };
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues });
  const isClaimed = server?.claimed === true;
  const { submit, problem, asksCode } = useSubmit(form, isClaimed);
  const lead = isClaimed
    ? "Somebody gave you an invite code."
    : "The first person to sign up owns this server. After that it is closed, save for those you invite.";
  return (
    <Door title={isClaimed ? "Join this server" : "Make it yours"} lead={lead}>
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <PersonFields form={form} isReplaceable={server?.recovery !== false} />
        {server !== undefined && asksCode && <CodeField form={form} isClaimed={isClaimed} />}
        {problem !== null && <ProblemNote problem={problem} safe="What you typed is kept" />}
        <Button
          look="primary"
          type="submit"
          isDisabled={form.formState.isSubmitting}
          data-testid="signup-button"
          className="self-start px-6"
        >
          Sign up
        </Button>
      </form>
      {isClaimed && (
        <p className="mt-7 text-13 text-muted">
          Already here? <TextLink href="/login">Sign in</TextLink>
        </p>
      )}
    </Door>
  );
}
