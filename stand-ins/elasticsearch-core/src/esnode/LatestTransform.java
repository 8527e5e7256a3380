package esnode;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

import org.elasticsearch.action.admin.indices.alias.IndicesAliasesRequest;
import org.elasticsearch.action.admin.indices.alias.IndicesAliasesRequest.AliasActions;
import org.elasticsearch.action.admin.indices.create.CreateIndexRequest;
import org.elasticsearch.action.admin.indices.refresh.RefreshRequest;
import org.elasticsearch.action.bulk.BulkRequest;
import org.elasticsearch.action.bulk.BulkResponse;
import org.elasticsearch.action.index.IndexRequest;
import org.elasticsearch.action.search.SearchRequest;
import org.elasticsearch.action.search.SearchResponse;
import org.elasticsearch.action.support.IndicesOptions;
import org.elasticsearch.action.support.WriteRequest.RefreshPolicy;
import org.elasticsearch.cluster.metadata.IndexMetadata;
import org.elasticsearch.common.hash.MessageDigests;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.health.HealthStatus;
import org.elasticsearch.index.query.BoolQueryBuilder;
import org.elasticsearch.index.query.QueryBuilder;
import org.elasticsearch.index.query.QueryBuilders;
import org.elasticsearch.index.reindex.BulkByScrollResponse;
import org.elasticsearch.index.reindex.DeleteByQueryRequest;
import org.elasticsearch.logging.LogManager;
import org.elasticsearch.logging.Logger;
import org.elasticsearch.search.aggregations.bucket.composite.*;
import org.elasticsearch.search.aggregations.metrics.InternalTopHits;
import org.elasticsearch.search.aggregations.metrics.TopHitsAggregationBuilder;
import org.elasticsearch.search.builder.SearchSourceBuilder;
import org.elasticsearch.threadpool.Scheduler;
import org.elasticsearch.xpack.core.transform.TransformMessages;
import org.elasticsearch.xpack.core.transform.transforms.*;

/**
 * IMITATION of the engine that runs a "latest" transform. No part of it comes from Elasticsearch, and its results do not show
 * what a real transform does. At each interval it finds the keys of the documents that arrived since the last checkpoint, writes
 * the newest document of the whole source for each key to the destination, and applies the retention policy. It repeats a look
 * that fails.
 */
final class LatestTransform {
    /** Replaces the delay and the frequency of every transform, so that tests need not wait for a minute. */
    private static final Optional<TimeValue> QUICK = Optional.ofNullable(System.getenv("ES_TRANSFORM_DELAY_MS"))
        .map(ms -> TimeValue.timeValueMillis(Long.parseLong(ms)));
    private static final TimeValue DEFAULT_FREQUENCY = TimeValue.timeValueMinutes(1);
    private static final int DEFAULT_PAGE_SIZE = 500;
    private static final Logger LOG = LogManager.getLogger(LatestTransform.class);

    private final Server server;
    private final TransformIndexerStats counters = new TransformIndexerStats();
    private volatile TransformConfig config;
    private volatile TransformCheckpoint last = TransformCheckpoint.EMPTY;
    private volatile Scheduler.Cancellable schedule; // null: stopped
    private volatile boolean working;
    private volatile String failure;
    private volatile int failuresInRow;
    private volatile Instant lastSearch, lastChange;

    /** A key with the document that represents it. */
    private record Row(Map<String, Object> key, Map<String, Object> document) {}

    LatestTransform(Server server, TransformConfig config) {
        this.server = server;
        this.config = config;
    }

    TransformConfig config() {
        return config;
    }

    synchronized void replaceConfig(TransformConfig changed) {
        boolean reschedule = isStarted() && Objects.equals(changed.getFrequency(), config.getFrequency()) == false;
        config = changed;
        if (reschedule) {
            schedule.cancel();
            schedule();
        }
    }

    boolean isStarted() {
        return schedule != null;
    }

    synchronized void start() {
        String id = config.getId();
        if (config.getLatestConfig() == null) throw new IllegalArgumentException("[" + id + "]: this node runs only [latest] transforms");
        if (failure != null) {
            throw Transforms.conflict(Transforms.message(TransformMessages.CANNOT_START_FAILED_TRANSFORM, id, failure));
        }
        if (isStarted()) throw Transforms.conflict("Cannot start transform [" + id + "] as it is already started");
        createDestination(config.getDestination());
        schedule();
        runSoon();
    }

    synchronized void stop(boolean force) {
        if (failure != null && force == false) {
            throw Transforms.conflict(Transforms.message(TransformMessages.CANNOT_STOP_SINGLE_FAILED_TRANSFORM, config.getId(), failure));
        }
        if (isStarted()) schedule.cancel();
        schedule = null;
        failure = null;
        failuresInRow = 0;
    }

    void runSoon() {
        server.threads.generic().execute(this::run);
    }

    private void schedule() {
        TimeValue pause = QUICK.orElse(config.getFrequency() == null ? DEFAULT_FREQUENCY : config.getFrequency());
        long atLeast = Math.max(pause.millis(), 20);
        schedule = server.threads.scheduleWithFixedDelay(this::run, TimeValue.timeValueMillis(atLeast), server.threads.generic());
    }

    private void createDestination(DestConfig dest) {
        if (server.resolver.hasIndexAbstraction(dest.getIndex(), server.state())) return;
        server.client.admin().indices().create(new CreateIndexRequest(dest.getIndex()).mapping(
            Map.of("_doc", Map.of("_meta", Map.of("created_by", "transform", "_transform", Map.of("transform", config.getId())))))
            .settings(Map.of(IndexMetadata.SETTING_AUTO_EXPAND_REPLICAS, "0-1"))).actionGet();
        if (dest.getAliases() == null || dest.getAliases().isEmpty()) return;
        IndicesAliasesRequest request = new IndicesAliasesRequest();
        for (DestAlias alias : dest.getAliases()) {
            if (alias.isMoveOnCreation()) {
                server.state().metadata().indices().values().stream()
                    .filter(index -> index.getAliases().containsKey(alias.getAlias()))
                    .forEach(index -> request.addAliasAction(AliasActions.remove().index(index.getIndex().getName()).alias(alias.getAlias())));
            }
            request.addAliasAction(AliasActions.add().index(dest.getIndex()).alias(alias.getAlias()));
        }
        server.client.admin().indices().aliases(request).actionGet();
    }

    private synchronized void run() {
        if (isStarted() == false || failure != null) return;
        working = true;
        counters.incrementNumInvocations(1);
        try {
            checkpoint();
            failuresInRow = 0;
            if (config.getSyncConfig() == null) stop(false); // a batch transform ends with its first checkpoint
        } catch (Exception e) { // such as a shard that is just being created, or a node that is short of memory for a moment
            failuresInRow++;
            LOG.warn("[" + config.getId() + "] failure " + failuresInRow + " in a row: " + e.getMessage());
            if (failuresInRow <= FailureRetries.limit(config.getSettings())) return; // the next look starts the same checkpoint again
            failure = e.getMessage() == null ? e.toString() : e.getMessage();
            schedule.cancel();
        } finally {
            working = false;
        }
    }

    private void checkpoint() {
        long now = System.currentTimeMillis();
        long delay = config.getSyncConfig() instanceof TimeSyncConfig sync ? QUICK.orElse(sync.getDelay()).millis() : 0;
        TransformCheckpoint next = new TransformCheckpoint(config.getId(), now, last.isEmpty() ? 1 : last.getCheckpoint() + 1, Map.of(),
            now - delay);
        if (QUICK.isPresent()) { // such a short delay can end before the source is refreshed, and the documents would be lost
            server.client.admin().indices()
                .refresh(new RefreshRequest(config.getSource().getIndex()).indicesOptions(IndicesOptions.LENIENT_EXPAND_OPEN)).actionGet();
        }
        boolean changed = false;
        Map<String, Object> after = null;
        do {
            InternalComposite keys = changedKeys(next, after);
            if (keys == null) break;
            if (keys.getBuckets().isEmpty() == false) {
                changed = true;
                write(latest(next, keys));
            }
            after = keys.afterKey();
        } while (after != null);
        if (changed) lastChange = Instant.ofEpochMilli(now);
        if (changed == false && last.isEmpty() == false) return; // nothing new: no checkpoint
        if (config.getRetentionPolicyConfig() instanceof TimeRetentionPolicyConfig retention) {
            discard(QueryBuilders.rangeQuery(retention.getField()).lt(now - retention.getMaxAge().millis()).format("epoch_millis"));
        }
        last = next;
    }

    /** One page of the keys of documents that arrived between the last and the next checkpoint. */
    private InternalComposite changedKeys(TransformCheckpoint next, Map<String, Object> after) {
        CompositeAggregationBuilder keys = byKey();
        if (after != null) keys.aggregateAfter(after);
        SyncConfig sync = config.getSyncConfig();
        BoolQueryBuilder query = source();
        if (sync != null) query.filter(last.isEmpty() ? sync.getRangeQuery(next) : sync.getRangeQuery(last, next));
        return search(query, keys);
    }

    /** For each key of the page the newest document of the source that arrived before the checkpoint. */
    private List<Row> latest(TransformCheckpoint next, InternalComposite keys) {
        BoolQueryBuilder query = source();
        if (config.getSyncConfig() != null) query.filter(config.getSyncConfig().getRangeQuery(next));
        BoolQueryBuilder anyKey = QueryBuilders.boolQuery();
        keys.getBuckets().forEach(bucket -> anyKey.should(hasKey(bucket.getKey())));
        CompositeAggregationBuilder newest = byKey().subAggregation(
            new TopHitsAggregationBuilder("newest").size(1).sorts(config.getLatestConfig().getSorts()));
        List<Row> rows = new ArrayList<>();
        for (var bucket : search(query.filter(anyKey), newest).getBuckets()) {
            InternalTopHits hits = bucket.getAggregations().get("newest");
            rows.add(new Row(bucket.getKey(), hits.getHits().getAt(0).getSourceAsMap()));
            counters.incrementNumDocuments(bucket.getDocCount());
        }
        return rows;
    }

    private BoolQueryBuilder source() {
        return QueryBuilders.boolQuery().filter(config.getSource().getQueryConfig().getQuery());
    }

    private CompositeAggregationBuilder byKey() {
        List<CompositeValuesSourceBuilder<?>> fields = new ArrayList<>();
        config.getLatestConfig().getUniqueKey().forEach(name -> fields.add(new TermsValuesSourceBuilder(name).field(name).missingBucket(true)));
        Integer size = config.getSettings().getMaxPageSearchSize();
        return new CompositeAggregationBuilder("keys", fields).size(size == null ? DEFAULT_PAGE_SIZE : size);
    }

    private static QueryBuilder hasKey(Map<String, Object> key) {
        BoolQueryBuilder query = QueryBuilders.boolQuery();
        key.forEach((field, value) -> {
            if (value == null) query.mustNot(QueryBuilders.existsQuery(field));
            else query.filter(QueryBuilders.termQuery(field, value));
        });
        return query;
    }

    /** Null if the source has no index yet. */
    private InternalComposite search(QueryBuilder query, CompositeAggregationBuilder keys) {
        SearchSourceBuilder body = new SearchSourceBuilder().size(0).query(query).aggregation(keys)
            .runtimeMappings(config.getSource().getRuntimeMappings());
        counters.markStartSearch();
        lastSearch = Instant.now();
        SearchResponse response = server.client.search(
            new SearchRequest(config.getSource().getIndex(), body).indicesOptions(IndicesOptions.LENIENT_EXPAND_OPEN)).actionGet();
        counters.markEndSearch();
        counters.incrementNumPages(1);
        try {
            if (response.getFailedShards() > 0) throw new IllegalStateException(response.getShardFailures()[0].reason());
            return response.hasAggregations() ? response.getAggregations().get("keys") : null;
        } finally {
            response.decRef();
        }
    }

    private void write(List<Row> rows) {
        if (rows.isEmpty()) return;
        DestConfig dest = config.getDestination();
        BulkRequest bulk = new BulkRequest().setRefreshPolicy(RefreshPolicy.IMMEDIATE);
        for (Row row : rows) {
            bulk.add(new IndexRequest(dest.getIndex()).id(idOf(row.key())).source(row.document()).setPipeline(dest.getPipeline()));
        }
        counters.markStartIndexing();
        BulkResponse done = server.client.bulk(bulk).actionGet();
        counters.markEndIndexing();
        if (done.hasFailures()) {
            counters.incrementIndexingFailures();
            throw new IllegalStateException(done.buildFailureMessage());
        }
        counters.incrementNumOutputDocuments(rows.size());
    }

    private void discard(QueryBuilder expired) {
        counters.markStartDelete();
        BulkByScrollResponse done = DeleteByQuery.run(server.client,
            new DeleteByQueryRequest(config.getDestination().getIndex()).setQuery(expired).setRefresh(true));
        counters.markEndDelete();
        counters.incrementNumDeletedDocuments(done.getDeleted());
    }

    private static String idOf(Map<String, Object> key) {
        byte[] text = new TreeMap<>(key).toString().getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(MessageDigests.sha1().digest(text));
    }

    TransformStats stats() {
        TransformStats.State state = failure != null ? TransformStats.State.FAILED
            : isStarted() == false ? TransformStats.State.STOPPED
            : working ? TransformStats.State.INDEXING : TransformStats.State.STARTED;
        TransformCheckpoint done = last;
        TransformCheckpointStats lastStats = done.isEmpty() ? TransformCheckpointStats.EMPTY
            : new TransformCheckpointStats(done.getCheckpoint(), null, null, done.getTimestamp(), done.getTimeUpperBound());
        return new TransformStats(config.getId(), state, failure, null, new TransformIndexerStats(counters),
            new TransformCheckpointingInfo(lastStats, TransformCheckpointStats.EMPTY, 0, lastChange, lastSearch),
            failure != null ? new TransformHealth(HealthStatus.RED, List.of())
                : failuresInRow > 0 ? new TransformHealth(HealthStatus.YELLOW, List.of())
                : TransformHealth.GREEN);
    }
}
