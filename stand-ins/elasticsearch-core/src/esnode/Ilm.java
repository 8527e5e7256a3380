package esnode;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

import org.elasticsearch.ResourceNotFoundException;
import org.elasticsearch.action.support.IndicesOptions;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.metadata.IndexMetadata;
import org.elasticsearch.cluster.metadata.Metadata;
import org.elasticsearch.common.Strings;
import org.elasticsearch.common.regex.Regex;
import org.elasticsearch.core.TimeValue;
import org.elasticsearch.rest.RestUtils;
import org.elasticsearch.rest.action.RestChunkedToXContentListener;
import org.elasticsearch.rest.action.RestToXContentListener;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xpack.core.ilm.*;
import org.elasticsearch.xpack.core.ilm.action.GetLifecycleAction;
import org.elasticsearch.xpack.core.ilm.action.GetStatusAction;
import org.elasticsearch.xpack.core.ilm.action.PutLifecycleRequest;

/** Policies are parsed, checked, stored in the cluster state and rendered by x-pack-core; nothing ever runs them. */
final class Ilm {
    static List<Endpoint> endpoints(Server server) {
        return List.of(put(server), get(server), delete(server), explain(server), status(server));
    }

    private static Endpoint put(Server server) {
        return new Endpoint(rest -> {
            PutLifecycleRequest request;
            try (XContentParser parser = rest.contentParser()) {
                request = Parsers.lifecycle(rest.param("name"), parser, RestUtils.getMasterNodeTimeout(rest), RestUtils.getAckTimeout(rest));
            }
            return channel -> server.update("put policy", request.masterNodeTimeout(), request.ackTimeout(),
                new RestToXContentListener<>(channel), state -> stored(state, request.getPolicy()));
        }, "PUT /_ilm/policy/{name}");
    }

    private static ClusterState stored(ClusterState state, LifecyclePolicy policy) {
        LifecyclePolicyMetadata before = policies(state).get(policy.getName());
        if (before != null && before.getPolicy().equals(policy)) return state;
        long version = before == null ? 1 : before.getVersion() + 1;
        return changed(state, all -> all.put(policy.getName(),
            new LifecyclePolicyMetadata(policy, Map.of(), version, System.currentTimeMillis())));
    }

    private static Endpoint get(Server server) {
        return new Endpoint(rest -> {
            RestUtils.getMasterNodeTimeout(rest);
            RestUtils.getTimeout(rest);
            String[] names = Strings.splitStringByCommaToArray(rest.param("name", "*"));
            ClusterState state = server.state();
            SortedMap<String, LifecyclePolicyMetadata> all = policies(state);
            for (String name : names) {
                if (Regex.isSimpleMatchPattern(name) == false && all.containsKey(name) == false) throw notFound(name);
            }
            List<String> found = all.keySet().stream().filter(name -> Regex.simpleMatch(names, name)).toList();
            var usage = found.isEmpty() ? null : new LifecyclePolicyUsageCalculator(server.resolver, state, found); // it does not accept an empty list
            return channel -> new RestChunkedToXContentListener<>(channel).onResponse(new GetLifecycleAction.Response(found.stream()
                .map(all::get)
                .map(p -> new GetLifecycleAction.LifecyclePolicyResponseItem(p.getPolicy(), p.getVersion(), p.getModifiedDateString(),
                    usage.retrieveCalculatedUsage(p.getName())))
                .toList()));
        }, "GET /_ilm/policy", "GET /_ilm/policy/{name}");
    }

    private static Endpoint delete(Server server) {
        return new Endpoint(rest -> {
            String name = rest.param("name");
            TimeValue masterTimeout = RestUtils.getMasterNodeTimeout(rest), ackTimeout = RestUtils.getAckTimeout(rest);
            return channel -> server.update("delete policy", masterTimeout, ackTimeout, new RestToXContentListener<>(channel), state -> {
                if (policies(state).containsKey(name) == false) throw notFound(name);
                Set<String> users = new LifecyclePolicyUsageCalculator(server.resolver, state, List.of(name)).retrieveCalculatedUsage(name)
                    .getIndices(); // null if nothing uses any of the policies
                if (users != null && users.isEmpty() == false) {
                    throw new IllegalArgumentException(
                        "Cannot delete policy [" + name + "]. It is in use by one or more indices: " + new TreeSet<>(users));
                }
                return changed(state, all -> all.remove(name));
            });
        }, "DELETE /_ilm/policy/{name}");
    }

    /** IMITATION: returns the policy of an index, but never a phase or step. */
    private static Endpoint explain(Server server) {
        return new Endpoint(rest -> {
            RestUtils.getMasterNodeTimeout(rest);
            boolean onlyManaged = rest.paramAsBoolean("only_managed", false);
            boolean onlyErrors = rest.paramAsBoolean("only_errors", false);
            IndicesOptions options = IndicesOptions.fromRequest(rest, IndicesOptions.strictExpandOpen());
            String[] names = Strings.splitStringByCommaToArray(rest.param("index"));
            SortedMap<String, IndexLifecycleExplainResponse> answers = new TreeMap<>();
            for (String name : onlyErrors ? new String[0] : server.resolver.concreteIndexNames(server.state(), options, true, names)) {
                IndexMetadata index = server.state().metadata().index(name);
                String policy = index.getLifecyclePolicyName();
                if (policy != null) {
                    answers.put(name, IndexLifecycleExplainResponse.newManagedIndexResponse(name, index.getCreationDate(), policy,
                        index.getCreationDate(), null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                        false));
                } else if (onlyManaged == false) {
                    answers.put(name, IndexLifecycleExplainResponse.newUnmanagedIndexResponse(name));
                }
            }
            return Endpoint.reply(new ExplainLifecycleResponse(answers));
        }, "GET /{index}/_ilm/explain");
    }

    private static Endpoint status(Server server) {
        return new Endpoint(rest -> {
            RestUtils.getMasterNodeTimeout(rest);
            return Endpoint.reply(new GetStatusAction.Response(metadata(server.state()).getOperationMode()));
        }, "GET /_ilm/status");
    }

    private static SortedMap<String, LifecyclePolicyMetadata> policies(ClusterState state) {
        return new TreeMap<>(metadata(state).getPolicyMetadatas());
    }

    private static IndexLifecycleMetadata metadata(ClusterState state) {
        return state.metadata().custom(IndexLifecycleMetadata.TYPE, IndexLifecycleMetadata.EMPTY);
    }

    private static ClusterState changed(ClusterState state, Consumer<Map<String, LifecyclePolicyMetadata>> change) {
        Map<String, LifecyclePolicyMetadata> all = policies(state);
        change.accept(all);
        var custom = new IndexLifecycleMetadata(all, metadata(state).getOperationMode());
        return ClusterState.builder(state).metadata(Metadata.builder(state.metadata()).putCustom(IndexLifecycleMetadata.TYPE, custom)).build();
    }

    private static ResourceNotFoundException notFound(String name) {
        return new ResourceNotFoundException("Lifecycle policy not found: {}", name);
    }
}
