import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { RouterProvider } from "react-aria-components";
import { Navigate, Route, Routes, useLocation, useNavigate } from "react-router";

import { comeBack } from "./data/actions.ts";
import { api } from "./data/api.ts";
import { useAppDispatch, useAppSelector } from "./data/store.ts";
import { Loading, ProblemNote } from "./parts/basics.tsx";
import { Nowhere } from "./parts/nowhere.tsx";
import { Shell } from "./parts/shell.tsx";
import { Today } from "./screens/today.tsx";

const Start = lazy(async () => ({ default: (await import("./screens/start.tsx")).Start }));
const LogIn = lazy(async () => ({ default: (await import("./screens/log-in.tsx")).LogIn }));
const LoginReturn = lazy(async () => ({ default: (await import("./screens/login-return.tsx")).LoginReturn }));
const Authorize = lazy(async () => ({ default: (await import("./screens/authorize.tsx")).Authorize }));
const Recover = lazy(async () => ({ default: (await import("./screens/recover.tsx")).Recover }));
const Reset = lazy(async () => ({ default: (await import("./screens/reset.tsx")).Reset }));
const SignUp = lazy(async () => ({ default: (await import("./screens/sign-up.tsx")).SignUp }));
const Chats = lazy(async () => ({ default: (await import("./screens/chats.tsx")).Chats }));
const Search = lazy(async () => ({ default: (await import("./screens/search.tsx")).Search }));
const MemoryPage = lazy(async () => ({ default: (await import("./screens/memory.tsx")).MemoryPage }));
const People = lazy(async () => ({ default: (await import("./screens/people.tsx")).People }));
const PersonScreen = lazy(async () => ({ default: (await import("./screens/person.tsx")).PersonScreen }));
const Review = lazy(async () => ({ default: (await import("./screens/review.tsx")).Review }));
const Timeline = lazy(async () => ({ default: (await import("./screens/timeline.tsx")).Timeline }));
const Imports = lazy(async () => ({ default: (await import("./screens/imports.tsx")).Imports }));
const Settings = lazy(async () => ({ default: (await import("./screens/settings.tsx")).Settings }));
const Security = lazy(async () => ({ default: (await import("./screens/security.tsx")).Security }));
const Seal = lazy(async () => ({ default: (await import("./screens/seal.tsx")).Seal }));
const Sharing = lazy(async () => ({ default: (await import("./screens/sharing.tsx")).Sharing }));
const Forget = lazy(async () => ({ default: (await import("./screens/forget.tsx")).Forget }));
const RetentionScreen = lazy(async () => ({ default: (await import("./screens/retention.tsx")).RetentionScreen }));
const Users = lazy(async () => ({ default: (await import("./screens/users.tsx")).Users }));
const Organisations = lazy(async () => ({
  default: (await import("./screens/organisations.tsx")).Organisations,
}));
const Audit = lazy(async () => ({ default: (await import("./screens/audit.tsx")).Audit }));
const DaySettings = lazy(async () => ({ default: (await import("./screens/day-settings.tsx")).DaySettings }));
const Provider = lazy(async () => ({ default: (await import("./screens/provider.tsx")).Provider }));
const Status = lazy(async () => ({ default: (await import("./screens/status.tsx")).Status }));

/** Where somebody goes who is not signed in: the start, sign-up or sign-in, as the server stands. */
function Entrance(): ReactNode {
  const { data, error, refetch } = api.useServerQuery();
  const location = useLocation();
  if (error !== undefined) {
    return (
      <main className="mx-auto max-w-form p-6">
        <ProblemNote problem={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  if (data === undefined) return <Waiting />;
  if (!data.ready || !data.claimed) return <Navigate to="/start" replace />;
  return <Navigate to="/login" replace state={{ from: location.pathname + location.search }} />;
}

function Waiting(): ReactNode {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <Loading what="Opening Kaelix" />
    </main>
  );
}

function Inside(): ReactNode {
  return (
    <Shell>
      <Suspense
        fallback={
          <div className="px-4 md:px-8">
            <Loading what="Loading" />
          </div>
        }
      >
        <Routes>
          <Route path="/" element={<Today />} />
          <Route path="/chats" element={<Chats />} />
          <Route path="/chats/:id" element={<Chats />} />
          <Route path="/search" element={<Search />} />
          <Route path="/memories/:id" element={<MemoryPage />} />
          <Route path="/people" element={<People />} />
          <Route path="/people/:id" element={<PersonScreen />} />
          <Route path="/review" element={<Review />} />
          <Route path="/timeline" element={<Timeline />} />
          <Route path="/import" element={<Imports />} />
          <Route path="/import/:id" element={<Imports />} />
          <Route path="/settings" element={<Settings />} />
          <Route path="/settings/day" element={<DaySettings />} />
          <Route path="/settings/security" element={<Security />} />
          <Route path="/settings/security/seal" element={<Seal />} />
          <Route path="/settings/sharing" element={<Sharing />} />
          <Route path="/settings/forget" element={<Forget />} />
          <Route path="/settings/retention" element={<RetentionScreen />} />
          <Route path="/settings/users" element={<Users />} />
          <Route path="/settings/organisations" element={<Organisations />} />
          <Route path="/settings/audit" element={<Audit />} />
          <Route path="/settings/provider" element={<Provider />} />
          <Route path="/status" element={<Status />} />
          <Route path="*" element={<Nowhere />} />
        </Routes>
      </Suspense>
    </Shell>
  );
}

function AfterEntering(): ReactNode {
  const location = useLocation();
  const from: unknown = location.state;
  const target =
    typeof from === "object" &&
    from !== null &&
    "from" in from &&
    typeof from.from === "string" &&
    from.from !== "/settings"
      ? from.from
      : "/";
  return <Navigate to={target} replace />;
}

/** Comes back in when the server answers that did not before. */
function useTryAgain(): void {
  const dispatch = useAppDispatch();
  const isTentative = useAppSelector((all) => all.session.isTentative);
  const { data } = api.useServerQuery(undefined, { skip: !isTentative, pollingInterval: 2_000 });
  const isReady = data?.ready === true;
  useEffect(() => {
    if (isTentative && isReady) void dispatch(comeBack());
  }, [dispatch, isTentative, isReady]);
}

/** The whole app: entrance or inside, as the session stands. */
export function App(): ReactNode {
  const dispatch = useAppDispatch();
  const navigate = useNavigate();
  const state = useAppSelector((all) => all.session.state);
  useEffect(() => {
    void dispatch(comeBack());
  }, [dispatch]);
  useTryAgain();
  const entered = state === "in";
  return (
    <RouterProvider navigate={(path) => void navigate(path)}>
      {state === "unknown" ? (
        <Waiting />
      ) : (
        <Suspense fallback={<Waiting />}>
          <Routes>
            <Route path="/start" element={entered ? <Navigate to="/" replace /> : <Start />} />
            <Route path="/signup" element={entered ? <Navigate to="/" replace /> : <SignUp />} />
            <Route path="/login/with/:provider" element={<LoginReturn />} />
            <Route path="/recover" element={entered ? <Navigate to="/" replace /> : <Recover />} />
            <Route path="/reset" element={<Reset />} />
            <Route path="/login" element={entered ? <AfterEntering /> : <LogIn />} />
            {entered && <Route path="/authorize" element={<Authorize />} />}
            <Route path="*" element={entered ? <Inside /> : <Entrance />} />
          </Routes>
        </Suspense>
      )}
    </RouterProvider>
  );
}
