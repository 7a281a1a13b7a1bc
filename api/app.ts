/** The API as one app: middleware in order, routes by chapter, and one place where failures become answers. */
import { HTTPException } from 'hono/http-exception';
import type { ApiDeps, AppContext } from './deps.ts';
import { limitAddresses } from './middleware/address-limit.ts';
import { securityHeaders } from './middleware/headers.ts';
import { limitHeaders } from './middleware/limits.ts';
import { createRateLimit } from './middleware/rate-limit.ts';
import { requestContext } from './middleware/request-context.ts';
import { CryptoError } from '../platform/crypto/errors.ts';
import { KeyServiceError } from '../platform/key-service/port.ts';
import { PERMISSIONS } from './permissions.ts';
import { ApiProblem, problemResponse } from './problem-response.ts';
import { type App, createOpenApiApp } from './route.ts';
import { registerAmendments } from './routes/amendments.ts';
import { registerApprovalMatrix } from './routes/approval-matrix.ts';
import { registerApplications } from './routes/applications.ts';
import { registerAuthorisations } from './routes/authorisations.ts';
import { registerBacktests } from './routes/backtests.ts';
import { registerBankWebhook } from './routes/bank-webhook.ts';
import { registerCalculations } from './routes/calculations.ts';
import { registerCases } from './routes/cases.ts';
import { registerCollection } from './routes/collection.ts';
import { registerLoanActs } from './routes/loan-acts.ts';
import { registerMetrics } from './routes/metrics.ts';
import { registerConditions } from './routes/conditions.ts';
import { registerContracts } from './routes/contracts.ts';
import { registerDecisionReviews } from './routes/decision-reviews.ts';
import { registerDecisions } from './routes/decisions.ts';
import { registerConflicts } from './routes/conflicts.ts';
import { registerDeskPeople } from './routes/desk-people.ts';
import { registerDocs } from './routes/docs.ts';
import { registerDrafts } from './routes/drafts.ts';
import { registerFraud } from './routes/fraud.ts';
import { registerCoSigners } from './routes/co-signers.ts';
import { registerDisclosures } from './routes/disclosures.ts';
import { registerEvidence } from './routes/evidence.ts';
import { registerExperiments } from './routes/experiments.ts';
import { registerHealth } from './routes/health.ts';
import { registerKillSwitch } from './routes/kill-switch.ts';
import { registerLedger } from './routes/ledger.ts';
import { registerLedgerPeriods } from './routes/ledger-periods.ts';
import { registerListHits } from './routes/list-hits.ts';
import { registerLists } from './routes/lists.ts';
import { registerIssuedPapers } from './routes/issued-papers.ts';
import { registerLoans } from './routes/loans.ts';
import { registerServicing } from './routes/servicing.ts';
import { registerMonitoring } from './routes/monitoring.ts';
import { registerOffers } from './routes/offers.ts';
import { registerCorrections } from './routes/corrections.ts';
import { registerDeskTasks } from './routes/desk-tasks.ts';
import { registerOperations } from './routes/operations.ts';
import { registerOperatorCases } from './routes/operator-cases.ts';
import { registerPrefill } from './routes/prefill.ts';
import { registerPayouts } from './routes/payouts.ts';
import { registerTranches } from './routes/tranches.ts';
import { registerUnmatchedMoney } from './routes/unmatched-money.ts';
import { registerEntrustedPayees } from './routes/entrusted-payees.ts';
import { registerReconciliations } from './routes/reconciliations.ts';
import { registerRecordingDesk } from './routes/recording-desk.ts';
import { registerRecordings } from './routes/recordings.ts';
import { registerBureauQueries } from './routes/bureau-queries.ts';
import { registerObjections } from './routes/objections.ts';
import { registerRights } from './routes/rights.ts';
import { registerRightsData } from './routes/rights-data.ts';
import { registerReviews } from './routes/reviews.ts';
import { registerRuleDrafts } from './routes/rule-drafts.ts';
import { registerRules } from './routes/rules.ts';
import { registerSignIn } from './routes/sign-in.ts';
import { registerApplicantSignIn } from './routes/sign-in-applicants.ts';
import { registerClientSignIn } from './routes/sign-in-clients.ts';
import { registerSubmission } from './routes/submission.ts';
import { registerTrail } from './routes/trail.ts';
import { registerUnmask } from './routes/unmask.ts';

/** What Hono itself refuses, under our codes. */
function problemOf(error: Error): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof HTTPException) {
    if (error.status === 400) return new ApiProblem('MALFORMED_JSON', { cause: error });
    if (error.status === 415) return new ApiProblem('CONTENT_TYPE_UNSUPPORTED', { cause: error });
    if (error.status === 413) return new ApiProblem('BODY_TOO_LARGE', { cause: error });
  }
  if (error instanceof CryptoError && error.code === 'SUBJECT_ERASED') {
    return new ApiProblem('PERSONAL_DATA_ERASED', { cause: error });
  }
  if (error instanceof KeyServiceError && error.code === 'UNAVAILABLE') {
    return new ApiProblem('UNAVAILABLE', { retryAfterSeconds: 5, cause: error });
  }
  if (isDatabaseAway(error))
    return new ApiProblem('UNAVAILABLE', { cause: error, retryAfterSeconds: 5 });
  return new ApiProblem('INTERNAL', { cause: error });
}

/** Connection exceptions (class 08), a server that shuts down or starts (57P01–03), too many connections (53300). */
const AWAY_STATES = /^(08...|57P0[123]|53300)$/;
const AWAY_CODES = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'];

/** Whether PostgreSQL cannot be reached now: the caller may come again, and nothing of the request was recorded. */
function isDatabaseAway(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  if (AWAY_STATES.test(code) || AWAY_CODES.includes(code)) return true;
  return /timeout exceeded when trying to connect|Connection terminated/.test(error.message);
}

/** An id is any one segment here: what it may be is the route's business. */
const pathPattern = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);

const PATHS = Object.keys(PERMISSIONS).map((key) => {
  const [method = '', path = ''] = key.split(' ');
  return { method, pattern: pathPattern(path) };
});

/** No route for this method and path: another method may have one. */
function notFoundProblem(path: string): ApiProblem {
  const allowed = PATHS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  if (allowed.length === 0) return new ApiProblem('NO_SUCH_ROUTE');
  return new ApiProblem('METHOD_NOT_ALLOWED', {
    headers: { Allow: [...new Set(allowed)].join(', ') },
  });
}

function answer(c: AppContext, problem: ApiProblem): Response {
  return problemResponse(problem, c.get('language'), c.get('requestId'));
}

function registerRoutes(app: App): void {
  registerHealth(app);
  registerDocs(app);
  registerSignIn(app);
  registerApplicantSignIn(app);
  registerClientSignIn(app);
  registerApplications(app);
  registerDrafts(app);
  registerPrefill(app);
  registerTrail(app);
  registerSubmission(app);
  registerUnmask(app);
  registerAuthorisations(app);
  registerOffers(app);
  registerContracts(app);
  registerCoSigners(app);
  registerDisclosures(app);
  registerIssuedPapers(app);
  registerRecordings(app);
  registerRecordingDesk(app);
  registerEvidence(app);
  registerLoans(app);
  registerServicing(app);
  registerLedger(app);
  registerLedgerPeriods(app);
  registerCollection(app);
  registerLoanActs(app);
  registerMetrics(app);
  registerDecisions(app);
  registerDecisionReviews(app);
  registerReviews(app);
  registerCases(app);
  registerConditions(app);
  registerApprovalMatrix(app);
  registerDeskPeople(app);
  registerConflicts(app);
  registerAmendments(app);
  registerExperiments(app);
  registerMonitoring(app);
  registerRules(app);
  registerRuleDrafts(app);
  registerBacktests(app);
  registerKillSwitch(app);
  registerFraud(app);
  registerLists(app);
  registerListHits(app);
  registerPayouts(app);
  registerTranches(app);
  registerEntrustedPayees(app);
  registerUnmatchedMoney(app);
  registerReconciliations(app);
  registerOperatorCases(app);
  registerCorrections(app);
  registerOperations(app);
  registerDeskTasks(app);
  registerBureauQueries(app);
  registerObjections(app);
  registerRights(app);
  registerRightsData(app);
  registerBankWebhook(app);
  registerCalculations(app);
}

/** Builds the app. It listens to nothing by itself; server.ts does. */
export function createApp(deps: ApiDeps): App {
  const app = createOpenApiApp();
  const rateLimit = createRateLimit(deps.newLimit, deps.requestsPerMinute);
  app.use('*', securityHeaders(deps.publicUrl.startsWith('https:')));
  app.use('*', requestContext(deps));
  app.use('*', limitHeaders());
  app.use('*', limitAddresses(deps.newLimit, deps.requestsPerMinute.address));
  app.use('*', async (c, next) => {
    c.set('rateLimit', rateLimit);
    await next();
  });
  app.onError((error, c) => {
    const problem = problemOf(error);
    if (problem.status >= 500) {
      deps.log.error(
        { err: problem.cause ?? problem, 'http.request.id': c.get('requestId') },
        problem.code,
      );
    }
    return answer(c, problem);
  });
  app.notFound((c) => answer(c, notFoundProblem(c.req.path)));
  registerRoutes(app);
  return app;
}
