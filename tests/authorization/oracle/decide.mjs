// An evaluator of IAM policies that is not ours, as the oracle of test_oracle.py. Each line of stdin is a simulation
// in JSON, each line of stdout what the evaluator says to it: the result, and of each kind of policy its own result,
// and the statements that allowed and denied, as pairs of the policy's name and the statement's position.

import { createInterface } from "node:readline";
import { runSimulation } from "@cloud-copilot/iam-simulate";

const KINDS = {
  identity: "identityAnalysis",
  resource: "resourceAnalysis",
  boundary: "permissionBoundaryAnalysis",
  session: "sessionAnalysis",
};

const positions = (statements) => statements.map((one) => [one.policyId ?? "", one.statement.index() - 1]);

const told = (analysis) => ({
  result: analysis?.result ?? "NotApplicable",
  allowing: positions(analysis?.allowStatements ?? []),
  denying: positions(analysis?.denyStatements ?? []),
});

const decide = async (simulation) => {
  const { resultType, overallResult, errors, result } = await runSimulation(simulation, {});
  if (resultType !== "single") return { refused: errors ?? resultType };
  const kinds = Object.entries(KINDS).map(([kind, name]) => [kind, told(result.analysis[name])]);
  return { result: overallResult, kinds: Object.fromEntries(kinds), ignored: result.ignoredContextKeys };
};

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await decide(JSON.parse(line)).catch((error) => ({ refused: String(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
