import { expect, test } from "vitest";

import { dashboardReady, logIn } from "../../web/src/testing/journey.ts";
import { PERSON, runCommand } from "./testing/product.ts";
import { openStage } from "./testing/stage.ts";

// Somebody has forgotten the password where no mail is sent: the terminal of the machine makes a link, on the real product.
const FRESH = "lantern by the pond";
const { dataPath, openOwnersPage, openPage, product } = await openStage();
const page = await openOwnersPage();

/** `kaelix` at the machine's terminal. */
async function terminal(...parameters: string[]): Promise<string> {
  const { code, err, out } = await runCommand([...parameters, "--data", dataPath]);
  expect(code, err).toBe(0);
  return out.trim();
}

test("a link from the terminal sets a new password, and every device hears of it", async () => {
  const other = await openPage();
  await other.goto(`${product.url}/recover`);
  await other.getByText("kaelix users reset").waitFor();
  const [me] = JSON.parse(await terminal("users", "list", "--json"));
  const link = await terminal("users", "reset", me.id);
  await other.goto(link);
  await other.getByTestId("new-password-input").waitFor();
  expect(other.url()).toBe(`${product.url}/reset`);
  await other.getByTestId("new-password-input").fill(FRESH);
  await other.keyboard.press("Enter");
  await other.waitForURL("**/login");

  await page.goto(product.url);
  await page.getByTestId("phone-input").waitFor();
  await logIn(page, product.url, { phone: PERSON.phone, password: FRESH });
  await page.getByTestId("reset-notice").getByRole("button", { name: "I know" }).click();
  await page.getByTestId("reset-notice").waitFor({ state: "detached" });
  await page.reload();
  await dashboardReady(page);
  expect(await page.getByTestId("reset-notice").count()).toBe(0);
});

test("what is above Confidential opens to the password from before alone", async () => {
  await page.getByRole("button", { name: /Open up to/ }).click();
  await page.getByTestId("regain-password").fill(FRESH);
  await page.keyboard.press("Enter");
  await page.getByText("This is not the password from before").waitFor();
  await page.getByTestId("regain-password").fill(PERSON.password);
  await page.keyboard.press("Enter");
  await page.getByTestId("unlock-password").fill(FRESH);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /Open up to Secret until/ }).waitFor();
});
