import { context, propagation } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResourcesSync, envDetectorSync, Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry';
import type { ActivityInterceptorsFactory, Logger } from '@temporalio/worker';

/** The last spans are sent while a worker ends, and there is little time. */
const SEND_MS = 3_000;

/** Tracing of both workers. Call `close` after they have ended. */
export type Tracing = {
  /** Must be the outermost interceptor, so that it sees failures only after secrets are removed from them. */
  interceptor: ActivityInterceptorsFactory;
  sinks: { exporter: ReturnType<typeof makeWorkflowExporter> };
  close(): Promise<void>;
};

/**
 * Sends spans of runs, activities and the calls between them to an OTLP collector over HTTP. The libraries read the
 * address and the service name from the standard variables. Import this file only if tracing is on: it takes memory.
 * The SDK's plugin does the same, but its interceptor is the innermost.
 */
export function startTracing(log: Logger): Tracing {
  setGlobalErrorHandler((error) => {
    const reason = error instanceof Error ? error.message : JSON.stringify(error);
    log.warn('spans are lost', { reason });
  });
  // so that a log line of an activity has its trace's id
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  // from a run to its activities
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const resource = new Resource({ 'service.name': 'tcsync' }).merge(
    detectResourcesSync({ detectors: [envDetectorSync] }),
  );
  // the exporter gives spans up if a kept connection breaks, and a collector may close it just when the next batch is due
  const exporter = new OTLPTraceExporter({ keepAlive: false });
  const processor = new BatchSpanProcessor(exporter, { exportTimeoutMillis: SEND_MS });
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  const tracer = provider.getTracer('tcsync');
  return {
    interceptor: (activity) => ({
      inbound: new OpenTelemetryActivityInboundInterceptor(activity, { tracer }),
      outbound: new OpenTelemetryActivityOutboundInterceptor(activity),
    }),
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
    close: () => provider.shutdown(),
  };
}
