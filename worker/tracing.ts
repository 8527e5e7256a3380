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

/** The last spans are sent while a worker ends, whose time is short. */
const SEND_MS = 3_000;

/** For both workers, and `close` when they have ended. */
export type Tracing = {
  /** To be the outermost, so that it sees failures only after secrets were taken out of them. */
  interceptor: ActivityInterceptorsFactory;
  sinks: { exporter: ReturnType<typeof makeWorkflowExporter> };
  close(): Promise<void>;
};

/**
 * Sends a span for each run, activity and what lies between them to an OTLP collector over HTTP. The standard
 * variables say where and under which name; the libraries read them. Import it only where it is wanted: it takes
 * memory. The plugin of the SDK would do the same with the interceptor innermost.
 */
export function startTracing(log: Logger): Tracing {
  setGlobalErrorHandler((error) => {
    const reason = error instanceof Error ? error.message : JSON.stringify(error);
    log.warn('spans are lost', { reason });
  });
  // a log line of an activity then has its trace's id
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  // from a run to its activities
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const resource = new Resource({ 'service.name': 'tcsync' }).merge(
    detectResourcesSync({ detectors: [envDetectorSync] }),
  );
  const processor = new BatchSpanProcessor(new OTLPTraceExporter(), {
    exportTimeoutMillis: SEND_MS,
  });
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
