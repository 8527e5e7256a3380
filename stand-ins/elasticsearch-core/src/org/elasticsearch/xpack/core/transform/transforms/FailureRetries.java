package org.elasticsearch.xpack.core.transform.transforms;

/** Gives access to a setting of a transform that is visible only in this package. */
public final class FailureRetries {
    private static final int DEFAULT = 10; // as in Elasticsearch

    /** How often in a row a transform may fail before it gives up. */
    public static int limit(SettingsConfig settings) {
        Integer given = settings.getNumFailureRetries();
        if (given == null) return DEFAULT;
        return given < 0 ? Integer.MAX_VALUE : given;
    }
}
