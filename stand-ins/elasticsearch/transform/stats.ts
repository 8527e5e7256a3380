import { type JsonObject, toDouble } from '../json/exact.ts';

// share of the newest value in the average
const SMOOTHING = 2 / 11;

/** The work of a transform since it was created or reset. */
export class Stats {
  triggers = 0;
  pages = 0;
  documentsProcessed = 0;
  documentsIndexed = 0;
  documentsDeleted = 0;
  bulks = 0;
  indexFailures = 0;
  indexMs = 0;
  searches = 0;
  searchFailures = 0;
  searchMs = 0;
  deleteMs = 0;
  #averages: { ms: number; indexed: number; processed: number } | null = null;

  /** The first checkpoint is not counted, because it reads everything. */
  noteCheckpoint(ms: number, indexed: number, processed: number): void {
    const old = this.#averages ?? { ms, indexed, processed };
    this.#averages = {
      ms: smooth(old.ms, ms),
      indexed: smooth(old.indexed, indexed),
      processed: smooth(old.processed, processed),
    };
  }

  show(): JsonObject {
    return {
      pages_processed: this.pages,
      documents_processed: this.documentsProcessed,
      documents_indexed: this.documentsIndexed,
      documents_deleted: this.documentsDeleted,
      trigger_count: this.triggers,
      index_time_in_ms: Math.round(this.indexMs),
      index_total: this.bulks,
      index_failures: this.indexFailures,
      search_time_in_ms: Math.round(this.searchMs),
      search_total: this.searches,
      search_failures: this.searchFailures,
      processing_time_in_ms: 0,
      processing_total: this.searches,
      delete_time_in_ms: Math.round(this.deleteMs),
      exponential_avg_checkpoint_duration_ms: toDouble(this.#averages?.ms ?? 0),
      exponential_avg_documents_indexed: toDouble(this.#averages?.indexed ?? 0),
      exponential_avg_documents_processed: toDouble(this.#averages?.processed ?? 0),
    };
  }
}

function smooth(old: number, value: number): number {
  return old + SMOOTHING * (value - old);
}
